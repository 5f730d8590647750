namespace Depth2Img.Server.Tests.Queue;

/// <summary>A test that needs RabbitMQ: skipped where it is missing, which CI does not forgive.</summary>
public sealed class BrokerFactAttribute : FactAttribute
{
    public BrokerFactAttribute() => Skip = Broker.Missing;
}
