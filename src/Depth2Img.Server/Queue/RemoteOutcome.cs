using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>How a job ended at a worker, and the message that said so, which goes when the end is written down.</summary>
/// <param name="Channel">Where the message came from.</param>
/// <param name="Delivery">Its number there.</param>
internal sealed record RemoteOutcome(IChannel Channel, ulong Delivery)
{
    /// <summary>The result; null if there is none.</summary>
    public ResultMessage? Message { get; init; }

    /// <summary>Why there is none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Lets the broker forget the message.</summary>
    public async Task AcknowledgeAsync()
    {
        try
        {
            await Channel.BasicAckAsync(Delivery, multiple: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or ObjectDisposedException)
        {
            // It comes again, and is dropped then: the job is over.
        }
    }
}
