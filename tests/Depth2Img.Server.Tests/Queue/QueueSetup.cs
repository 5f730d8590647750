using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;
using Depth2Img.Server.Options;
using Depth2Img.Server.Queue;
using Depth2Img.TestSupport;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>A server that hands its jobs over, and what its tests do with it.</summary>
internal sealed class QueueSetup(QueueAddress address, QueueType type = QueueType.Quorum) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public QueueAddress Address => address;

    public RunningServer Server { get; private set; } = null!;

    public static async Task<QueueSetup> StartAsync(QueueAddress address, QueueType type = QueueType.Quorum, Action<ServerOptions>? options = null)
    {
        QueueSetup setup = new(address, type);
        await setup.StartAsync(options);
        return setup;
    }

    /// <summary>Starts the server, again with the same data.</summary>
    public async Task StartAsync(Action<ServerOptions>? options = null) => Server = await RunningServer.StartAsync(chosen =>
    {
        chosen.Queue = address;
        chosen.QueueType = type;
        chosen.Limits.Waiting = chosen.Limits.WaitingPerClient = 100;
        options?.Invoke(chosen);
    }, _folder);

    /// <summary>Has a job accepted.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> SubmitAsync(int seed, object? more = null)
    {
        JsonObject request = new() { ["image"] = Convert.ToBase64String(Samples.SmallPicture()), ["prompt"] = "a red ball", ["seed"] = seed, ["steps"] = 2, ["size"] = "64x64" };
        foreach ((string name, JsonNode? value) in System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { })!.AsObject()) request[name] = value?.DeepClone();
        HttpResponseMessage answer = await Server.Client.PostAsJsonAsync("/api/v1/jobs", request);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        return (string)JsonNode.Parse(body)!["links"]!["self"]!;
    }

    /// <summary>The name of the job at an address.</summary>
    public static string IdOf(string job) => job[(job.LastIndexOf('/') + 1)..];

    /// <summary>A job that takes longer than any test.</summary>
    public Task<string> SubmitEndlessAsync(int seed) => SubmitAsync(seed, new { steps = 150, strength = 1, count = 16, size = "512x384" });

    public async Task<JsonNode> GetAsync(string job) => (await Server.Client.GetFromJsonAsync<JsonNode>(job))!;

    public async Task<JsonNode> EndAsync(string job, string state = "done")
    {
        JsonNode found = null!;
        await Soon.HoldsAsync(async () => (string?)(found = await GetAsync(job))["state"] is not ("queued" or "running"), $"{job} ends");
        Assert.True((string?)found["state"] == state, $"The job is {found["state"]}: {found["error"]}");
        return found;
    }

    /// <summary>Waits until a job denoises, at the given attempt or a later one.</summary>
    public Task RunsAsync(string job) => Soon.HoldsAsync(async () => (string?)(await GetAsync(job))["progress"]?["stage"] == "denoising", $"{job} is being done");

    /// <summary>All that listeners of a finished job are told.</summary>
    public Task<string> EventsAsync(string job) => Server.Client.GetStringAsync(job + "/events");

    public async Task<DecodedImage> PictureAsync(JsonNode job) => ImageFile.Decode(await Server.Client.GetByteArrayAsync((string)job["result"]!["images"]![0]!["url"]!), "result");

    /// <summary>How many messages wait in a queue; null if there is no such queue.</summary>
    public async Task<uint?> CountAsync(string queue)
    {
        await using IConnection connection = await Broker.ConnectAsync(address);
        await using IChannel channel = await connection.CreateChannelAsync();
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;
        }
        catch (OperationInterruptedException)
        {
            return null;
        }
    }

    /// <summary>Whether nothing of the jobs is left with the broker.</summary>
    public Task DrainedAsync() => Soon.HoldsAsync(async () =>
        await CountAsync(QueueTopology.JobsQueue("demo")) == 0 && await CountAsync(QueueTopology.ResultsQueue(await File.ReadAllTextAsync(_folder.File("server.name")))) == 0, "nothing is left with the broker");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
