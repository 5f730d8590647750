namespace Depth2Img.Server.Tests.Queue;

/// <inheritdoc cref="BrokerFactAttribute"/>
public sealed class BrokerTheoryAttribute : TheoryAttribute
{
    public BrokerTheoryAttribute() => Skip = Broker.Missing;
}
