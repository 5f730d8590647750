namespace Depth2Img.Schedulers;

/// <summary>
/// The noise levels of a run's steps, falling, without the level that the last step ends at, and the timestep that
/// the network is told at each.
/// </summary>
/// <param name="Sigmas">Noise over signal at each step.</param>
/// <param name="Timesteps">The timestep at each step.</param>
internal sealed record SigmaSteps(double[] Sigmas, double[] Timesteps)
{
    private const double KarrasRho = 7;

    /// <summary>
    /// Steps as the samplers of k-diffusion take them: noise levels between timesteps are interpolated, and other
    /// spacings run between the ends that the timesteps give.
    /// </summary>
    public static SigmaSteps OverTimesteps(SchedulerOptions options, NoiseSchedule noise, int steps, SigmaSpacing spacing,
        double? sigmaMin = null, double? sigmaMax = null)
    {
        double[] timesteps = TimestepSchedule.ForSteps(options, steps, whole: false);
        double[] sigmas = Interpolate(noise.Sigmas, timesteps);
        if (spacing != SigmaSpacing.Timesteps)
        {
            sigmas = Space(spacing, sigmaMin ?? sigmas[^1], sigmaMax ?? sigmas[0], steps);
            // These samplers round for Karras alone, and only where k-diffusion's DPM2 does.
            bool round = spacing == SigmaSpacing.Karras && options is Kdpm2Options or Kdpm2AncestralOptions;
            timesteps = Array.ConvertAll(sigmas, sigma =>
            {
                double timestep = TimestepOf(sigma, noise.LogSigmas);
                return round ? Math.Round(timestep) : (float)timestep;
            });
        }
        return new SigmaSteps(sigmas, timesteps).Checked(options);
    }

    /// <summary>
    /// Steps as the exponential integrators take them: timesteps are whole, and other spacings run over the whole
    /// training schedule.
    /// </summary>
    public static SigmaSteps OverWholeTimesteps(SchedulerOptions options, NoiseSchedule noise, double[] timesteps, SigmaSpacing spacing,
        double? sigmaMin = null, double? sigmaMax = null)
    {
        if (spacing == SigmaSpacing.Timesteps) return new SigmaSteps(Interpolate(noise.Sigmas, timesteps), timesteps).Checked(options);
        double[] sigmas = spacing == SigmaSpacing.Lu
            ? Array.ConvertAll(Linspace(noise.LogSigmas[^1], noise.LogSigmas[0], timesteps.Length), Math.Exp)
            : Space(spacing, sigmaMin ?? noise.Sigmas[0], sigmaMax ?? noise.Sigmas[^1], timesteps.Length);
        bool round = spacing != SigmaSpacing.Exponential && !(options is DpmSolverMultistepOptions && options.BetaSchedule == BetaSchedule.SquaredCosine);
        double[] whole = Array.ConvertAll(sigmas, sigma =>
        {
            double timestep = TimestepOf(sigma, noise.LogSigmas);
            return round ? Math.Round(timestep) : Math.Truncate(timestep);
        });
        return new SigmaSteps(sigmas, whole).Checked(options);
    }

    /// <summary>
    /// The noise levels in single precision, with the one that the last step ends at: no higher than where it starts,
    /// which rounding could make it where both are training's least.
    /// </summary>
    public float[] SigmasWith(float final)
    {
        float[] sigmas = new float[Sigmas.Length + 1];
        for (int i = 0; i < Sigmas.Length; i++) sigmas[i] = (float)Sigmas[i];
        sigmas[^1] = MathF.Min(final, sigmas[^2]);
        return sigmas;
    }

    /// <summary>The timestep, not rounded, at which training's noise level is sigma: linear in log sigma.</summary>
    /// <param name="sigma">A noise level; beyond training's, the nearest end is meant.</param>
    /// <param name="logSigmas">The logarithms of training's noise levels, ascending.</param>
    public static double TimestepOf(double sigma, float[] logSigmas)
    {
        double logSigma = Math.Log(Math.Max(sigma, 1e-10));
        int low = 0;
        while (low < logSigmas.Length - 2 && logSigma >= logSigmas[low + 1]) low++;
        double weight = Math.Clamp((logSigmas[low] - logSigma) / (logSigmas[low] - logSigmas[low + 1]), 0, 1);
        return (1 - weight) * low + weight * (low + 1);
    }

    private static double[] Space(SigmaSpacing spacing, double min, double max, int count) => spacing == SigmaSpacing.Karras
        ? Array.ConvertAll(Linspace(Math.Pow(max, 1 / KarrasRho), Math.Pow(min, 1 / KarrasRho), count), root => Math.Pow(root, KarrasRho))
        : Array.ConvertAll(Linspace(Math.Log(max), Math.Log(min), count), Math.Exp);

    private static double[] Linspace(double first, double last, int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) values[i] = count == 1 ? first : first + i / (double)(count - 1) * (last - first);
        return values;
    }

    private static double[] Interpolate(ReadOnlySpan<float> values, double[] positions)
    {
        double[] result = new double[positions.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int low = Math.Min((int)positions[i], values.Length - 2);
            result[i] = ((double)values[low + 1] - values[low]) * (positions[i] - low) + values[low];
        }
        return result;
    }

    /// <summary>Two steps at one noise level would divide by zero in every multistep method.</summary>
    private SigmaSteps Checked(SchedulerOptions options)
    {
        for (int i = 1; i < Sigmas.Length; i++)
        {
            if (!((float)Sigmas[i] < (float)Sigmas[i - 1]))
                throw options.Refusal(
                    $"{Sigmas.Length} steps do not fall in noise from step {i} ({(float)Sigmas[i - 1]}) to step {i + 1} ({(float)Sigmas[i]}); " +
                    "take fewer steps, or check timestep_spacing, sigma_min and sigma_max");
        }
        return this;
    }
}
