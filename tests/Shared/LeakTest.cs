using Depth2Img.Compute;

namespace Depth2Img.TestSupport;

/// <summary>Checks that a network gives back every tensor that it takes.</summary>
internal static class LeakTest
{
    /// <summary>Runs an action, which must leave no tensor alive, to its end and then cancelled at ops spread over it.</summary>
    public static void Run(IOps inner, Action<IOps> action, int cancellations = 8)
    {
        TrackedOps whole = new(inner);
        action(whole);
        Assert.Equal(0, whole.Alive);
        Assert.True(whole.Count > cancellations, $"only {whole.Count} ops ran");
        for (int i = 0; i < cancellations; i++)
        {
            TrackedOps cancelled = new(inner) { CancelAt = i * whole.Count / cancellations };
            Assert.Throws<OperationCanceledException>(() => action(cancelled));
            Assert.True(cancelled.Alive == 0, $"{cancelled.Alive} tensors were left when op {cancelled.CancelAt} of {whole.Count} was cancelled");
        }
    }
}
