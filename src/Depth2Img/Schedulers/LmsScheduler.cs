using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// The linear multistep method of order 4 in noise levels (k-diffusion's `sample_lms`): the slope over the next step
/// is the polynomial through the slopes at this and earlier levels. Reference: `LMSDiscreteScheduler`.
/// </summary>
internal sealed class LmsScheduler(LmsOptions options, SigmaSteps steps)
    : SigmaScheduler(options, steps.Timesteps, steps.SigmasWith(final: 0))
{
    private const int MaxOrder = 4;

    private readonly SampleHistory _slopes = new(MaxOrder);

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        Differentiate(sample, Denoise(sample, output, Sigmas[index]), Sigmas[index], _slopes.Push(sample.Length));
        // The order follows the place in the schedule. A run that begins later has fewer slopes, and the reference
        // then leaves out the terms that it has none for.
        int order = Math.Min(index + 1, MaxOrder);
        Span<float> weights = stackalloc float[MaxOrder];
        int known = Math.Min(order, _slopes.Count);
        for (int age = 0; age < known; age++) weights[age] = (float)IntegrateBasis(Sigmas, index, order, age);
        _slopes.Combine(1, weights[..known], sample);
    }

    /// <summary>
    /// The integral, over the step from level <paramref name="index"/>, of the Lagrange polynomial that is 1 at the level
    /// <paramref name="age"/> steps ago and 0 at the others. Gauss's rule of two points is exact for cubics.
    /// </summary>
    private static double IntegrateBasis(ReadOnlySpan<float> sigmas, int index, int order, int age)
    {
        double middle = ((double)sigmas[index + 1] + sigmas[index]) / 2;
        double half = ((double)sigmas[index + 1] - sigmas[index]) / 2;
        double offset = half / Math.Sqrt(3);
        return half * (Basis(sigmas, middle - offset) + Basis(sigmas, middle + offset));

        double Basis(ReadOnlySpan<float> levels, double sigma)
        {
            double product = 1;
            for (int other = 0; other < order; other++)
            {
                if (other == age) continue;
                product *= (sigma - levels[index - other]) / ((double)levels[index - age] - levels[index - other]);
            }
            return product;
        }
    }
}
