namespace Depth2Img.Schedulers;

/// <summary>
/// Exponential integrators: a sample is alpha times the clean one plus sigma times noise, with alpha and sigma from the
/// noise level (their ratio), and time is lambda = log(alpha / sigma).
/// </summary>
/// <param name="timesteps">The timestep of each evaluation.</param>
/// <param name="sigmas">The noise level of each evaluation, and the one at the end.</param>
internal abstract class SolverScheduler(double[] timesteps, float[] sigmas) : Scheduler(timesteps)
{
    internal override ReadOnlySpan<float> Sigmas => sigmas;

    protected override (float Signal, float Noise) NoiseWeights(int index)
    {
        NoiseLevel level = Level(index);
        return ((float)level.Alpha, (float)level.Sigma);
    }

    /// <summary>The noise level of an evaluation, or of the end.</summary>
    protected NoiseLevel Level(int index) => new(sigmas[index]);

    /// <summary>A noise level in the solvers' terms.</summary>
    /// <param name="Ratio">Noise over signal; 0 is no noise.</param>
    internal readonly record struct NoiseLevel(double Ratio)
    {
        /// <summary>The clean sample's weight.</summary>
        public double Alpha => 1 / Math.Sqrt(Ratio * Ratio + 1);

        /// <summary>The noise's weight.</summary>
        public double Sigma => Ratio * Alpha;

        /// <summary>log(alpha / sigma): infinite where there is no noise.</summary>
        public double Lambda => -Math.Log(Ratio);
    }
}
