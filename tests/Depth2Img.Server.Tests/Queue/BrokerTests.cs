namespace Depth2Img.Server.Tests.Queue;

/// <summary>The tests that share one RabbitMQ; one runs at a time.</summary>
[CollectionDefinition(nameof(BrokerTests))]
public sealed class BrokerTests : ICollectionFixture<Broker>;
