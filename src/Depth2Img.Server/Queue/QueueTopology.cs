using System.Globalization;
using RabbitMQ.Client;

namespace Depth2Img.Server.Queue;

/// <summary>
/// The exchanges and queues, by name. Whoever connects declares what it uses, so that servers and workers may start in any
/// order:
/// <code>
/// server -> depth2img.jobs (direct, by model) -> depth2img.jobs.MODEL -> one worker
/// worker -> depth2img.results.SERVER (durable: files, and how a job ended)
/// worker -> depth2img.events (direct, by server) -> a queue of the connection: steps, previews
/// worker -> depth2img.workers (fanout) -> the same: who is there, for which models
/// server -> depth2img.control (fanout) -> a queue of each worker's connection: jobs that were taken back
/// jobs that failed three times -> depth2img.dead (headers) -> depth2img.dead, and depth2img.results.SERVER of the server they came from
/// </code>
/// </summary>
internal static class QueueTopology
{
    public const string JobsExchange = "depth2img.jobs";
    public const string EventsExchange = "depth2img.events";
    public const string WorkersExchange = "depth2img.workers";
    public const string ControlExchange = "depth2img.control";
    public const string DeadExchange = "depth2img.dead";
    public const string DeadQueue = "depth2img.dead";

    /// <summary>How often a job is begun before it is given up.</summary>
    public const int MostTries = 3;

    /// <summary>How long dead letters are kept for whoever looks after the broker. They hold prompts and pictures.</summary>
    private static readonly TimeSpan DeadKept = TimeSpan.FromDays(7);

    /// <summary>How many dead letters are kept; the oldest go first.</summary>
    private const int MostDead = 1000;

    /// <summary>Events that wait for a server that is slow; the oldest go first.</summary>
    private const int MostEvents = 10_000;

    /// <summary>A model's queue.</summary>
    public static string JobsQueue(string model) => $"{JobsExchange}.{model}";

    /// <summary>Where a server's results arrive.</summary>
    public static string ResultsQueue(string server) => $"depth2img.results.{server}";

    /// <summary>What every server and worker needs.</summary>
    /// <param name="channel">A channel.</param>
    /// <param name="models">The models whose queues are used.</param>
    /// <param name="type">The queues' type.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task DeclareAsync(IChannel channel, IReadOnlyList<string> models, QueueType type, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(JobsExchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(EventsExchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(WorkersExchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(ControlExchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(DeadExchange, ExchangeType.Headers, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        Dictionary<string, object?> dead = new() { ["x-message-ttl"] = (long)DeadKept.TotalMilliseconds, ["x-max-length"] = MostDead };
        await channel.QueueDeclareAsync(DeadQueue, durable: true, exclusive: false, autoDelete: false, dead, cancellationToken: cancellationToken).ConfigureAwait(false);
        // A binding without conditions takes all.
        await channel.QueueBindAsync(DeadQueue, DeadExchange, "", new Dictionary<string, object?> { ["x-match"] = "all" }, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (string model in models)
        {
            Dictionary<string, object?> arguments = new() { ["x-dead-letter-exchange"] = DeadExchange };
            if (type == QueueType.Quorum)
            {
                arguments["x-queue-type"] = "quorum";
                // Redeliveries beyond the first delivery.
                arguments["x-delivery-limit"] = MostTries - 1;
                // A dead letter is the only word that a server gets of a job that ends its workers: it is not lost, whatever stops.
                arguments["x-dead-letter-strategy"] = "at-least-once";
                arguments["x-overflow"] = "reject-publish";
            }
            await channel.QueueDeclareAsync(JobsQueue(model), durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueBindAsync(JobsQueue(model), JobsExchange, model, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where a server's results and its dead letters arrive, whether it runs or not.</summary>
    public static async Task DeclareResultsAsync(IChannel channel, string server, QueueType type, CancellationToken cancellationToken)
    {
        Dictionary<string, object?>? arguments = type == QueueType.Quorum ? new() { ["x-queue-type"] = "quorum" } : null;
        await channel.QueueDeclareAsync(ResultsQueue(server), durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        Dictionary<string, object?> own = new() { ["x-match"] = "all", [JobMessage.ServerHeader] = server };
        await channel.QueueBindAsync(ResultsQueue(server), DeadExchange, "", own, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A queue that is gone with its connection, for what is worth nothing later.</summary>
    /// <returns>Its name.</returns>
    public static async Task<string> DeclarePassingAsync(IChannel channel, CancellationToken cancellationToken)
    {
        Dictionary<string, object?> arguments = new() { ["x-max-length"] = MostEvents };
        QueueDeclareOk queue = await channel.QueueDeclareAsync("", durable: false, exclusive: true, autoDelete: true, arguments, cancellationToken: cancellationToken).ConfigureAwait(false);
        return queue.QueueName;
    }

    /// <summary>A header's text; null if there is none.</summary>
    public static string? Text(IReadOnlyBasicProperties properties, string header) => Value(properties, header) switch
    {
        byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    /// <summary>A header's number; 0 if there is none.</summary>
    public static long Number(IReadOnlyBasicProperties properties, string header) => Value(properties, header) switch
    {
        byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(Value(properties, header), CultureInfo.InvariantCulture),
        _ => 0,
    };

    private static object? Value(IReadOnlyBasicProperties properties, string header) => properties.Headers is { } headers && headers.TryGetValue(header, out object? value) ? value : null;
}
