namespace Depth2Img.Schedulers;

/// <summary>
/// The noise levels of DPM-Solver-2: each step has a start, an end, and a middle (in log sigma) at which the second
/// evaluation is made.
/// </summary>
internal sealed class Kdpm2Levels
{
    private readonly float[] _middles;

    private Kdpm2Levels(float[] sigmas, float[] middles, double[] timesteps)
    {
        Sigmas = sigmas;
        _middles = middles;
        Timesteps = timesteps;
    }

    /// <summary>The first step's start, then each level twice (as a step's end and the next one's start), then 0.</summary>
    public float[] Sigmas { get; }

    /// <summary>The timestep of each evaluation: two a step, and one in the last.</summary>
    public double[] Timesteps { get; }

    /// <summary>Puts middles between steps' starts and the levels that they go down to.</summary>
    /// <param name="noise">Finds the middles' timesteps.</param>
    /// <param name="steps">The steps' starts.</param>
    /// <param name="ends">How far down each step goes: to the next one's start, or lower where noise is added after.</param>
    public static Kdpm2Levels Create(NoiseSchedule noise, SigmaSteps steps, ReadOnlySpan<float> ends)
    {
        int count = steps.Sigmas.Length;
        float[] starts = steps.SigmasWith(final: 0);
        float[] middles = new float[count];
        double[] timesteps = new double[2 * count - 1];
        for (int i = 0; i < count; i++)
        {
            bool last = i == count - 1;
            float logStart = MathF.Log(starts[i]), logEnd = MathF.Log(ends[i]);
            middles[i] = last ? 0 : MathF.Exp(logEnd - (logEnd - logStart) / 2);
            timesteps[2 * i] = steps.Timesteps[i];
            if (!last) timesteps[2 * i + 1] = (float)SigmaSteps.TimestepOf(middles[i], noise.LogSigmas);
        }
        float[] sigmas = new float[2 * count];
        for (int i = 0; i < sigmas.Length; i++) sigmas[i] = starts[(i + 1) / 2];
        return new Kdpm2Levels(sigmas, middles, timesteps);
    }

    /// <summary>The level that the step of an evaluation starts at.</summary>
    public float Start(int index) => Sigmas[index / 2 * 2];

    /// <summary>The middle of that step; 0 in the last.</summary>
    public float Middle(int index) => _middles[index / 2];

    /// <summary>The level that the step ends at.</summary>
    public float End(int index) => Sigmas[index / 2 * 2 + 1];

    /// <summary>The level that the network is asked at: the step's start, then its middle.</summary>
    public float Evaluated(int index) => index % 2 == 0 ? Start(index) : Middle(index);

    /// <summary>
    /// sample = the step from its start to <paramref name="end"/> with the slope at its middle, where <paramref name="sample"/> is.
    /// </summary>
    public void MidpointStep(ReadOnlySpan<float> start, Span<float> sample, ReadOnlySpan<float> denoised, int index, float end)
    {
        float length = end - Start(index), middle = Middle(index);
        for (int i = 0; i < sample.Length; i++) sample[i] = start[i] + (sample[i] - denoised[i]) / middle * length;
    }
}
