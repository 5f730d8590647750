using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>A job as the broker gave it to this worker, which has it until it says otherwise or is gone.</summary>
/// <param name="Channel">The channel that it came over.</param>
/// <param name="Tag">Its number there.</param>
/// <param name="Consumer">The consumer that it was sent to; null if it was asked for.</param>
/// <param name="Redelivered">Whether it was given before.</param>
/// <param name="Key">The key that it was routed by: the model.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Body">Its body.</param>
internal sealed record Delivery(IChannel Channel, ulong Tag, string? Consumer, bool Redelivered, string Key, IReadOnlyBasicProperties Properties, byte[] Body)
{
    /// <summary>Ended when the worker is through with it.</summary>
    public TaskCompletionSource Handled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The tries that came to nothing, as the messages say: the workers' count, and the broker's beyond it.</summary>
    /// <param name="type">The queue's type.</param>
    public long Tries(QueueType type) => QueueTopology.Number(Properties, JobMessage.TriesHeader) + (type == QueueType.Quorum ? QueueTopology.Number(Properties, JobMessage.DeliveriesHeader) : Redelivered ? 1 : 0);

    /// <summary>The same job with another count.</summary>
    /// <param name="tries">The tries that came to nothing.</param>
    /// <param name="reason">Why the last one did; null if nobody knows.</param>
    public BasicProperties With(long tries, string? reason)
    {
        BasicProperties properties = new()
        {
            MessageId = Properties.MessageId,
            Type = MessageTypes.Job,
            DeliveryMode = DeliveryModes.Persistent,
            ReplyTo = Properties.ReplyTo,
            Headers = new Dictionary<string, object?> { [JobMessage.TriesHeader] = tries },
        };
        if (QueueTopology.Text(Properties, JobMessage.ServerHeader) is { } server) properties.Headers[JobMessage.ServerHeader] = server;
        if (reason is not null) properties.Headers[JobMessage.ReasonHeader] = reason;
        return properties;
    }

    /// <summary>Has the broker send no further job over the channel.</summary>
    public Task BeTheLastAsync(CancellationToken cancellationToken) => Consumer is null ? Task.CompletedTask : Channel.BasicCancelAsync(Consumer, cancellationToken: cancellationToken);

    /// <summary>Tells the broker that the job is done with.</summary>
    public async Task AcknowledgeAsync()
    {
        try
        {
            await Channel.BasicAckAsync(Tag, multiple: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AlreadyClosedException or OperationInterruptedException or ObjectDisposedException)
        {
            // The connection was lost meanwhile: the job is given again, and whoever gets it is told that it is over.
        }
    }
}
