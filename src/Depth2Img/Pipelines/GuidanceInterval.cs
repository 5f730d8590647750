using System.Globalization;

namespace Depth2Img.Pipelines;

/// <summary>
/// The part of a run in which guidance is applied (Kynkäänniemi et al., "Applying guidance in a limited interval
/// improves sample and distribution quality in diffusion models", 2024). Outside it the unconditional half is not
/// evaluated, which halves the work of those steps.
/// </summary>
/// <param name="From">Where it begins, as a fraction of the run: 0 is the first evaluation.</param>
/// <param name="To">Where it ends, above <paramref name="From"/>: 1 is the end of the run.</param>
public readonly record struct GuidanceInterval(double From, double To)
{
    /// <summary>Guidance from the first evaluation to the last, as diffusers does.</summary>
    public static GuidanceInterval Whole { get; } = new(0, 1);

    /// <summary>Whether it lies within a run and is not empty.</summary>
    internal bool IsValid => From >= 0 && From < To && To <= 1;

    /// <summary>Whether an evaluation is guided.</summary>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public bool Contains(int evaluation, int evaluations)
    {
        double at = (double)evaluation / evaluations;
        return at >= From && at < To;
    }

    /// <summary>How many of a run's evaluations are guided.</summary>
    internal int CountGuided(int evaluations)
    {
        int count = 0;
        for (int i = 0; i < evaluations; i++)
        {
            if (Contains(i, evaluations)) count++;
        }
        return count;
    }

    /// <summary>"0.2:0.8".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}:{To}");
}
