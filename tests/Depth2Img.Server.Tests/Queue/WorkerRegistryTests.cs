using Depth2Img.Server.Queue;

namespace Depth2Img.Server.Tests.Queue;

public sealed class WorkerRegistryTests
{
    [Fact]
    public void Workers_are_there_until_they_leave_or_fall_silent()
    {
        Clock clock = new();
        WorkerRegistry workers = new(clock);
        Assert.True(workers.Seen(new WorkerSign("a", ["demo"])));
        Assert.True(workers.Seen(new WorkerSign("b", ["demo", "other"])));
        Assert.False(workers.Seen(new WorkerSign("a", ["demo"])));
        Assert.Equal((2, 2, 1, 0), (workers.Count, workers.CountOf("demo"), workers.CountOf("other"), workers.CountOf("third")));
        Assert.True(workers.Seen(new WorkerSign("a", ["demo"], Leaves: true)));
        Assert.Equal(1, workers.CountOf("demo"));
        clock.Now += WorkerRegistry.Silence + TimeSpan.FromSeconds(1);
        Assert.Equal((0, 0), (workers.Count, workers.CountOf("other")));
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
