using System.Buffers.Binary;
using System.Text.Json;
using Depth2Img.Server.Jobs;
using RabbitMQ.Client;

namespace Depth2Img.Server.Queue;

/// <summary>
/// A job on its way to a worker. Its body is the length of a JSON header in four bytes (big-endian), that header, and the
/// files that the header lists, one behind the other as they are: base64 would be a third more.
/// </summary>
internal sealed record JobMessage
{
    /// <summary>The header that names the server, which dead letters find their way by.</summary>
    public const string ServerHeader = "depth2img-server";

    /// <summary>The header that counts earlier tries of this job, those apart that the broker counts.</summary>
    public const string TriesHeader = "depth2img-tries";

    /// <summary>The header that says why the last try failed.</summary>
    public const string ReasonHeader = "depth2img-reason";

    /// <summary>The broker's own count of deliveries that came to nothing, for quorum queues.</summary>
    public const string DeliveriesHeader = "x-delivery-count";

    /// <summary>Rises with the form of the body.</summary>
    private const int Version = 1;

    private const int LengthBytes = 4;

    /// <summary>The job's name.</summary>
    public required string Id { get; init; }

    /// <summary>What to do.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>The request without its pictures, as JSON.</summary>
    public required string Parameters { get; init; }

    /// <summary>The inputs by name; empty where they are in the shared folder.</summary>
    public IReadOnlyDictionary<string, byte[]> Inputs { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Whether inputs and results go through the shared folder.</summary>
    public bool Shared { get; init; }

    /// <summary>The job as executors know it. Who asked for it stays with the server.</summary>
    public JobRecord ToRecord() => new() { Id = Id, Kind = Kind, Parameters = Parameters, Owner = "", Client = "", Created = DateTimeOffset.UnixEpoch };

    /// <summary>The model that a job needs, by which it is routed.</summary>
    /// <param name="parameters">Any kind's parameters, as JSON.</param>
    public static string ModelOf(string parameters)
    {
        using JsonDocument document = JsonDocument.Parse(parameters);
        return document.RootElement.GetProperty("model").GetString()!;
    }

    /// <summary>Whether a text can be a job's name, and with that a folder's.</summary>
    public static bool IsId(string? id) => id is { Length: 32 } && id.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether a text can be a file's name within a job.</summary>
    public static bool IsFileName(string? name) =>
        name is { Length: > 0 and <= 100 } && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The message's properties.</summary>
    /// <param name="server">The server that it comes from.</param>
    public BasicProperties PropertiesFrom(string server) => new()
    {
        MessageId = Id,
        Type = MessageTypes.Job,
        DeliveryMode = DeliveryModes.Persistent,
        ReplyTo = QueueTopology.ResultsQueue(server),
        Headers = new Dictionary<string, object?> { [ServerHeader] = server },
    };

    /// <summary>The message's body.</summary>
    public byte[] Encode()
    {
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(
            new Header(Version, Id, Kind, Parameters, Shared, [.. Inputs.Select(file => new HeaderFile(file.Key, file.Value.Length))]), ServerJson.Options);
        byte[] body = new byte[LengthBytes + header.Length + Inputs.Values.Sum(file => file.Length)];
        BinaryPrimitives.WriteInt32BigEndian(body, header.Length);
        header.CopyTo(body, LengthBytes);
        int at = LengthBytes + header.Length;
        foreach (byte[] file in Inputs.Values)
        {
            file.CopyTo(body, at);
            at += file.Length;
        }
        return body;
    }

    /// <summary>Reads a message's body.</summary>
    /// <exception cref="InvalidDataException">It is none of this program's, or of a later one's.</exception>
    public static JobMessage Decode(ReadOnlySpan<byte> body)
    {
        Header header;
        int at;
        try
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(body);
            at = LengthBytes + length;
            header = JsonSerializer.Deserialize<Header>(body.Slice(LengthBytes, length), ServerJson.Options) ?? throw new InvalidDataException("The message's header is null.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException("The message is no job of this program.", e);
        }
        if (header.Version != Version) throw new InvalidDataException($"The message has version {header.Version}, and this program knows {Version}: servers and workers of one version are needed.");
        if (!IsId(header.Id) || header.Parameters is null || header.Files is null) throw new InvalidDataException("The message's header lacks a part.");
        Dictionary<string, byte[]> files = [];
        foreach (HeaderFile file in header.Files)
        {
            if (!IsFileName(file.Name) || file.Length < 0 || file.Length > body.Length - at) throw new InvalidDataException("The message's files are not as its header says.");
            files[file.Name] = body.Slice(at, file.Length).ToArray();
            at += file.Length;
        }
        return at == body.Length
            ? new JobMessage { Id = header.Id, Kind = header.Kind, Parameters = header.Parameters, Shared = header.Shared, Inputs = files }
            : throw new InvalidDataException("The message's files are not as its header says.");
    }

    private sealed record Header(int Version, string Id, JobKind Kind, string Parameters, bool Shared, IReadOnlyList<HeaderFile> Files);

    private sealed record HeaderFile(string Name, int Length);
}
