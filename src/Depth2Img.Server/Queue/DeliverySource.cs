using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Depth2Img.Server.Queue;

/// <summary>
/// Takes one job at a time from the queues of one or several models. One queue sends its jobs as they come, one in
/// advance of none. Several are asked in turn: the broker's bound on what is sent counts for each queue, and a worker
/// that holds a second job keeps it from others that have nothing to do.
/// </summary>
internal sealed class DeliverySource
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);

    private readonly IChannel _channel;
    private readonly IReadOnlyList<string> _models;
    private readonly Channel<Delivery>? _sent;
    private int _turn;

    private DeliverySource(IChannel channel, IReadOnlyList<string> models, Channel<Delivery>? sent)
    {
        _channel = channel;
        _models = models;
        _sent = sent;
    }

    /// <summary>Begins to take jobs.</summary>
    public static async Task<DeliverySource> OpenAsync(IChannel channel, IReadOnlyList<string> models, CancellationToken cancellationToken)
    {
        if (models.Count > 1) return new DeliverySource(channel, models, null);
        Channel<Delivery> sent = Channel.CreateUnbounded<Delivery>();
        await channel.BasicQosAsync(0, prefetchCount: 1, global: false, cancellationToken).ConfigureAwait(false);
        AsyncEventingBasicConsumer consumer = new(channel);
        consumer.ReceivedAsync += (_, m) =>
        {
            sent.Writer.TryWrite(new Delivery(channel, m.DeliveryTag, m.ConsumerTag, m.Redelivered, m.RoutingKey, m.BasicProperties, m.Body.ToArray()));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(QueueTopology.JobsQueue(models[0]), autoAck: false, consumer, cancellationToken).ConfigureAwait(false);
        return new DeliverySource(channel, models, sent);
    }

    /// <summary>Waits for the next job.</summary>
    public async Task<Delivery> NextAsync(CancellationToken cancellationToken)
    {
        if (_sent is not null) return await _sent.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            for (int n = 0; n < _models.Count; n++)
            {
                string model = _models[_turn];
                _turn = (_turn + 1) % _models.Count;
                if (await _channel.BasicGetAsync(QueueTopology.JobsQueue(model), autoAck: false, cancellationToken).ConfigureAwait(false) is { } m)
                    return new Delivery(_channel, m.DeliveryTag, null, m.Redelivered, m.RoutingKey, m.BasicProperties, m.Body.ToArray());
            }
            await Task.Delay(AskEvery, cancellationToken).ConfigureAwait(false);
        }
    }
}
