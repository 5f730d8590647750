using Depth2Img.Random;
using Depth2Img.Schedulers;

namespace Depth2Img.AllocationProbe;

/// <summary>
/// Another scheduler that also reads, at the end of every evaluation's step, how much all threads have taken from the
/// garbage collector's heap. From one reading to the next lie one whole turn of the denoising loop: the input's scaling,
/// the network, guidance, the step.
/// </summary>
internal sealed class StepMeter(IScheduler inner) : IScheduler
{
    private readonly long[] _allocated = new long[inner.Timesteps.Length];
    private readonly long _before = GC.GetTotalAllocatedBytes(precise: true);

    /// <summary>Bytes that were taken in the first step, and before it.</summary>
    public long FirstStep => _allocated[inner.Order - 1] - _before;

    /// <summary>Bytes that were taken in the steps from the second to the last.</summary>
    public long LaterSteps => _allocated[^1] - _allocated[inner.Order - 1];

    public ReadOnlySpan<double> Timesteps => inner.Timesteps;

    public float InitNoiseSigma => inner.InitNoiseSigma;

    public int Order => inner.Order;

    public void SetBeginIndex(int index) => inner.SetBeginIndex(index);

    public void AddNoise(ReadOnlySpan<float> original, ReadOnlySpan<float> noise, int index, Span<float> destination) =>
        inner.AddNoise(original, noise, index, destination);

    public void ScaleModelInput(ReadOnlySpan<float> sample, int index, Span<float> destination) => inner.ScaleModelInput(sample, index, destination);

    public void Step(ReadOnlySpan<float> modelOutput, int index, Span<float> sample, IRandomSource random)
    {
        inner.Step(modelOutput, index, sample, random);
        _allocated[index] = GC.GetTotalAllocatedBytes(precise: true);
    }
}
