namespace Depth2Img.Server.Queue;

/// <summary>RabbitMQ's kinds of durable queues.</summary>
public enum QueueType
{
    /// <summary>Replicated over the nodes of a cluster, with the broker's own count of deliveries.</summary>
    Quorum,

    /// <summary>On one node; deliveries are counted by the workers. For brokers without quorum queues.</summary>
    Classic,
}
