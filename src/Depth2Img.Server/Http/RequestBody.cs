using System.Text.Json.Nodes;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Depth2Img.Server.Http;

/// <summary>A request's body: fields, and files beside them.</summary>
/// <param name="Fields">The JSON object, or the form's fields as texts.</param>
/// <param name="Files">A form's files by name.</param>
/// <param name="IsForm">Whether it was a form.</param>
internal sealed record RequestBody(JsonObject Fields, IReadOnlyDictionary<string, byte[]> Files, bool IsForm)
{
    /// <summary>The form field that may hold all other fields as one JSON object.</summary>
    private const string JsonPart = "request";

    private const int MostParts = 64;

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">It is of another type, malformed or too large.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context, ServerLimits limits)
    {
        string type = context.Request.ContentType ?? "";
        bool isJson = IsJson(type);
        bool isForm = type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!isJson && !isForm)
        {
            throw new ProblemException(new Problem(StatusCodes.Status415UnsupportedMediaType, "Another content type is needed",
                $"The body's content type is '{(type.Length <= 100 ? type : type[..100])}'; application/json or multipart/form-data is expected."));
        }
        return isJson ? await ReadJsonAsync(context, limits).ConfigureAwait(false) : await ReadFormAsync(context, limits).ConfigureAwait(false);
    }

    /// <summary>Reads a body that must be JSON.</summary>
    /// <exception cref="ProblemException">It is of another type, malformed or too large.</exception>
    public static async Task<RequestBody> ReadJsonAsync(HttpContext context, ServerLimits limits)
    {
        string type = context.Request.ContentType ?? "";
        if (!IsJson(type))
        {
            throw new ProblemException(new Problem(StatusCodes.Status415UnsupportedMediaType, "Another content type is needed",
                $"The body's content type is '{(type.Length <= 100 ? type : type[..100])}'; application/json is expected."));
        }
        byte[] bytes = await ReadAllAsync(context.Request.Body, limits, BodyBudget.Open(context), context.RequestAborted).ConfigureAwait(false);
        return new RequestBody(ParseObject(bytes, limits), new Dictionary<string, byte[]>(), IsForm: false);
    }

    private static bool IsJson(string type) => MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? media) && media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private static async Task<RequestBody> ReadFormAsync(HttpContext context, ServerLimits limits)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? media) || HeaderUtilities.RemoveQuotes(media.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
            throw Malformed("The form's content type has no boundary.");
        BodyBudget.Lease lease = BodyBudget.Open(context);
        JsonObject fields = [];
        Dictionary<string, byte[]> files = [];
        try
        {
            MultipartReader reader = new(boundary, context.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 << 10, BodyLengthLimit = limits.BodyBytes };
            for (int parts = 0; await reader.ReadNextSectionAsync(context.RequestAborted).ConfigureAwait(false) is { } section; parts++)
            {
                if (parts == MostParts) throw Malformed($"The form has more than {MostParts} parts.");
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } name)
                    throw Malformed("A part of the form has no name.");
                byte[] content = await ReadAllAsync(section.Body, limits, lease, context.RequestAborted).ConfigureAwait(false);
                bool isFile = disposition.FileName.HasValue || disposition.FileNameStar.HasValue;
                if (isFile)
                {
                    // A file field that was left empty arrives as a file without a name or bytes.
                    if (content.Length > 0 && !files.TryAdd(name, content)) throw Malformed($"The form has two files '{ShortText.Of(name)}'.");
                }
                else if (name == JsonPart)
                {
                    foreach ((string key, JsonNode? value) in ParseObject(content, limits).ToArray()) fields[key] = value?.DeepClone();
                }
                else
                {
                    if (fields.ContainsKey(name)) throw Malformed($"The form has two fields '{ShortText.Of(name)}'.");
                    fields[name] = DecodeText(content);
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw Malformed($"The form cannot be read: {e.Message}");
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw Malformed("The form ends before its last boundary.");
        }
        return new RequestBody(fields, files, IsForm: true);
    }

    private static string DecodeText(byte[] content)
    {
        try
        {
            return new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (ArgumentException)
        {
            throw Malformed("A field of the form is no UTF-8.");
        }
    }

    private static JsonObject ParseObject(byte[] bytes, ServerLimits limits)
    {
        try
        {
            return RequestJson.Parse(bytes, limits.JsonDepth) as JsonObject ?? throw Malformed("The body is no JSON object.");
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message);
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream, ServerLimits limits, BodyBudget.Lease lease, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        // Every connection has one.
        byte[] buffer = new byte[16 << 10];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (content.Length + count > limits.BodyBytes) throw new ProblemException(TooLarge(limits));
            lease.Take(count);
            content.Write(buffer, 0, count);
        }
        return content.ToArray();
    }

    /// <summary>A body that did not arrive in time.</summary>
    public static Problem TooSlow { get; } = new(StatusCodes.Status408RequestTimeout, "The request came too slowly", "The body did not arrive in time.");

    /// <summary>A body above the limit.</summary>
    public static Problem TooLarge(ServerLimits limits) => new(StatusCodes.Status413PayloadTooLarge, "The request is too large",
        $"The body is larger than {limits.BodyBytes / 1048576.0:0.#} MiB, the most that this server takes. Send a smaller picture; base64 adds a third to a file.");

    private static ProblemException Malformed(string detail) => new(new Problem(StatusCodes.Status400BadRequest, "The request is malformed", detail));
}
