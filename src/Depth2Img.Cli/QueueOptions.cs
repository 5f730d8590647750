using System.CommandLine;
using Depth2Img.Server.Queue;

namespace Depth2Img.Cli;

/// <summary>The options that a server with a queue and its workers have in common, and must be given alike.</summary>
internal static class QueueOptions
{
    private const string Quorum = "quorum", Classic = "classic";

    public static Option<string?> Queue(string description) => new("--queue")
    {
        Description = $"{description} amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps:// for TLS. Better in the environment, where other users cannot read it: {QueueAddress.Variable}.",
        HelpName = "ADDRESS",
    };

    public static Option<string> Type() => CommonOptions.Choice("--queue-type", "RabbitMQ's queues: quorum (replicated, the broker counts tries) or classic. The same for the server and all workers.", Quorum, Quorum, Classic);

    public static Option<string?> Results() => new("--results")
    {
        Description = "A folder that the server and all workers see: pictures go through it. Default: through the broker, which needs nothing more.",
        HelpName = "FOLDER",
    };

    /// <summary>The broker of the option, or of the environment; null if neither names one.</summary>
    public static QueueAddress? Address(ParseResult arguments, Option<string?> queue) =>
        (arguments.GetValue(queue) ?? Environment.GetEnvironmentVariable(QueueAddress.Variable)) is { Length: > 0 } address ? QueueAddress.Parse(address) : null;

    /// <summary>The queues' type.</summary>
    public static QueueType TypeOf(ParseResult arguments, Option<string> type) => arguments.GetValue(type) == Classic ? QueueType.Classic : QueueType.Quorum;
}
