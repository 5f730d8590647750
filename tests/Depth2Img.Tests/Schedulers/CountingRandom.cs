using Depth2Img.Random;

namespace Depth2Img.Tests.Schedulers;

/// <summary>Gives one value for all noise, and notes how much was asked for in each call.</summary>
internal sealed class CountingRandom(float value = 0) : IRandomSource
{
    public List<int> Draws { get; } = new(capacity: 256);

    public void FillNormal(Span<float> destination)
    {
        Draws.Add(destination.Length);
        destination.Fill(value);
    }
}
