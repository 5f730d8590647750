using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>What all schedulers share: the timesteps, the order in which evaluations come, and checks of what callers pass.</summary>
internal abstract class Scheduler(double[] timesteps) : IScheduler
{
    private float[]? _noise;
    private int _next;
    private int _length = -1;

    /// <inheritdoc/>
    public ReadOnlySpan<double> Timesteps => timesteps;

    /// <inheritdoc/>
    public virtual float InitNoiseSigma => 1;

    /// <inheritdoc/>
    public virtual int Order => 1;

    /// <summary>The noise levels that the run goes through, one more than evaluations; empty for samplers that step in alphas.</summary>
    internal virtual ReadOnlySpan<float> Sigmas => [];

    /// <summary>The first evaluation of this run.</summary>
    protected int BeginIndex { get; private set; }

    /// <inheritdoc/>
    public void SetBeginIndex(int index)
    {
        CheckIndex(index);
        if (_length >= 0) throw new InvalidOperationException("The run has begun; make a fresh scheduler for another.");
        if (index % Order != 0)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"A run begins with a step, and a step takes {Order} evaluations.");
        BeginIndex = _next = index;
    }

    /// <inheritdoc/>
    public void AddNoise(ReadOnlySpan<float> original, ReadOnlySpan<float> noise, int index, Span<float> destination)
    {
        CheckIndex(index);
        CheckLength(noise, original.Length, nameof(noise));
        CheckLength(destination, original.Length, nameof(destination));
        (float signalWeight, float noiseWeight) = NoiseWeights(index);
        Vectors.Combine(signalWeight, original, noiseWeight, noise, destination);
    }

    /// <inheritdoc/>
    public void ScaleModelInput(ReadOnlySpan<float> sample, int index, Span<float> destination)
    {
        CheckIndex(index);
        CheckLength(destination, sample.Length, nameof(destination));
        Vectors.Scale(sample, InputScale(index), destination);
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<float> modelOutput, int index, Span<float> sample, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        CheckIndex(index);
        CheckLength(modelOutput, sample.Length, nameof(modelOutput));
        if (index != _next) throw new InvalidOperationException($"Evaluation {index} was stepped where {_next} is next.");
        if (_length >= 0) CheckLength(sample, _length, nameof(sample));
        _length = sample.Length;
        Advance(modelOutput, index, sample, random);
        _next++;
    }

    /// <summary>The weights of a clean sample and of noise in the noisy sample at an evaluation.</summary>
    protected abstract (float Signal, float Noise) NoiseWeights(int index);

    /// <summary>What a sample is multiplied by for the network.</summary>
    protected virtual float InputScale(int index) => 1;

    /// <summary>Steps the sample in place; what was passed has been checked.</summary>
    protected abstract void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random);

    /// <summary>Draws normal noise for a whole sample, in one call.</summary>
    protected ReadOnlySpan<float> Draw(IRandomSource random, int length)
    {
        Span<float> noise = Buffer(ref _noise, length);
        random.FillNormal(noise);
        return noise;
    }

    /// <summary>Memory that is taken at the first step and kept.</summary>
    protected static Span<float> Buffer(ref float[]? buffer, int length) => buffer ??= new float[length];

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)timesteps.Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {timesteps.Length} evaluations.");
    }

    private static void CheckLength(ReadOnlySpan<float> values, int length, string name)
    {
        if (values.Length != length) throw new ArgumentException($"It has {values.Length} values where {length} are expected.", name);
    }
}
