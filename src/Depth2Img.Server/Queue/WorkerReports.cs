using System.Text;
using System.Threading.Channels;
using Depth2Img.Server.Jobs;
using RabbitMQ.Client;

namespace Depth2Img.Server.Queue;

/// <summary>
/// A worker's news for the servers: steps, previews and signs of life. They never hold up the work: what cannot be sent
/// fast enough is dropped, the oldest first.
/// </summary>
internal sealed class WorkerReports(QueuePublisher publisher)
{
    private const int MostWaiting = 256;

    private readonly Channel<Report> _waiting = Channel.CreateBounded<Report>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Sends what is to be sent, until the token ends.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await foreach (Report report in _waiting.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            await publisher.TryPublishAsync(report.Exchange, report.Key, report.Properties, report.Body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A sign of life.</summary>
    public void Sign(WorkerSign sign) =>
        _waiting.Writer.TryWrite(new Report(QueueTopology.WorkersExchange, "", new BasicProperties { Type = MessageTypes.Worker }, Encoding.UTF8.GetBytes(ServerJson.Write(sign))));

    /// <summary>Begins the news of an attempt at a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="server">The server that wants to know.</param>
    /// <param name="attempt">The attempt's name.</param>
    /// <param name="tries">How many attempts there were before.</param>
    public WorkerAttempt Begin(string job, string server, string attempt, long tries)
    {
        WorkerAttempt begun = new(this, job, server, attempt);
        begun.Send(MessageTypes.Started, [], (JobMessage.TriesHeader, tries));
        return begun;
    }

    /// <summary>News of a job.</summary>
    /// <param name="server">The server that wants to know.</param>
    /// <param name="properties">The message's properties.</param>
    /// <param name="body">Its body.</param>
    public void Tell(string server, BasicProperties properties, byte[] body) => _waiting.Writer.TryWrite(new Report(QueueTopology.EventsExchange, server, properties, body));

    private sealed record Report(string Exchange, string Key, BasicProperties Properties, byte[] Body);
}
