namespace Depth2Img.Schedulers;

/// <summary>
/// Chooses the training timesteps that steps fall on, from the noisiest down, as the reference does (its numpy
/// arithmetic: double precision, halves rounded to even).
/// </summary>
internal static class TimestepSchedule
{
    /// <summary>
    /// One timestep a step, <see cref="TimestepSpacing.Linspace"/> reaching both 0 and the noisiest. With trailing
    /// spacing there are exactly as many as steps; numpy's arange adds a timestep -1 at some counts (61, 103, ...).
    /// </summary>
    /// <param name="options">Training timesteps, spacing and offset.</param>
    /// <param name="steps">How many timesteps.</param>
    /// <param name="whole">Whether timesteps between two training timesteps are rounded.</param>
    public static double[] ForSteps(SchedulerOptions options, int steps, bool whole)
    {
        int train = options.NumTrainTimesteps;
        double[] timesteps = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            int fromEnd = steps - 1 - i;
            timesteps[i] = options.TimestepSpacing switch
            {
                TimestepSpacing.Linspace => Linspace(train - 1, steps, fromEnd, whole),
                TimestepSpacing.Leading => (long)fromEnd * (train / steps) + options.StepsOffset,
                _ => Trailing(train, train, steps, i),
            };
        }
        RequireTrained(options, timesteps);
        return timesteps;
    }

    /// <summary>
    /// One whole timestep a step, as the exponential integrators choose them: linspace and leading have one timestep
    /// more, at the end, which is dropped.
    /// </summary>
    /// <param name="options">Training timesteps, spacing and offset.</param>
    /// <param name="steps">How many timesteps.</param>
    /// <param name="last">How many training timesteps are to be used, from the first.</param>
    public static double[] ForSolver(SchedulerOptions options, int steps, int last)
    {
        if (steps > last)
            throw options.Refusal($"{steps} steps were asked for, but lambda_min_clipped leaves {last} timesteps; take fewer steps or a lower lambda_min_clipped");
        double[] timesteps = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            timesteps[i] = options.TimestepSpacing switch
            {
                TimestepSpacing.Linspace => Linspace(last - 1, steps + 1, steps - i, whole: true),
                TimestepSpacing.Leading => (long)(steps - i) * (last / (steps + 1)) + options.StepsOffset,
                _ => Trailing(last, options.NumTrainTimesteps, steps, i),
            };
        }
        RequireTrained(options, timesteps);
        return timesteps;
    }

    /// <summary>Point <paramref name="index"/> of numpy.linspace(0, end, count).</summary>
    private static double Linspace(int end, int count, int index, bool whole)
    {
        if (count == 1) return 0;
        double value = index == count - 1 ? end : index * (end / (double)(count - 1));
        return whole ? Math.Round(value) : (float)value;
    }

    /// <summary>Point <paramref name="index"/> of numpy.arange(start, 0, -train / steps), rounded, less 1.</summary>
    private static double Trailing(int start, int train, int steps, int index)
    {
        double step = start - (double)train / steps - start;
        return Math.Round(start + index * step) - 1;
    }

    private static void RequireTrained(SchedulerOptions options, double[] timesteps)
    {
        foreach (double timestep in timesteps)
        {
            if (timestep < 0 || timestep > options.NumTrainTimesteps - 1)
                throw options.Refusal(
                    $"{timesteps.Length} steps with timestep_spacing {options.TimestepSpacing.ToString().ToLowerInvariant()} and steps_offset {options.StepsOffset} " +
                    $"would evaluate timestep {timestep}, and training knew 0 to {options.NumTrainTimesteps - 1}; take fewer steps or another steps_offset");
        }
    }
}
