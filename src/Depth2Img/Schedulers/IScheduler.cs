using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// One run of a sampler: made fresh from its options for a number of steps, used once, front to back. Samples are
/// flat arrays of latents, one picture after another. Their order within a picture matters only to the noise that
/// stochastic samplers draw, in one call a step: for the reference's pictures from a seed it must be torch's, [N,C,H,W].
/// </summary>
public interface IScheduler
{
    /// <summary>
    /// The timesteps at which the network is evaluated, in order, over the full schedule (0 to training steps - 1;
    /// not whole numbers for some samplers). A second-order sampler lists each evaluation.
    /// </summary>
    ReadOnlySpan<double> Timesteps { get; }

    /// <summary>What pure noise is multiplied by to be the first sample at strength 1.</summary>
    float InitNoiseSigma { get; }

    /// <summary>
    /// Evaluations that one step of the user's count takes for the purpose of cutting by strength (diffusers'
    /// `order`): 2 for Heun and KDPM2, else 1.
    /// </summary>
    int Order { get; }

    /// <summary>Begins at a later evaluation than the first (image-to-image). Call it once, before the first step.</summary>
    /// <param name="index">An index into <see cref="Timesteps"/>.</param>
    void SetBeginIndex(int index);

    /// <summary>destination = the noisy sample at evaluation <paramref name="index"/>.</summary>
    void AddNoise(ReadOnlySpan<float> original, ReadOnlySpan<float> noise, int index, Span<float> destination);

    /// <summary>destination = the sample as the network wants it at evaluation <paramref name="index"/>.</summary>
    void ScaleModelInput(ReadOnlySpan<float> sample, int index, Span<float> destination);

    /// <summary>
    /// Steps the sample in place, given the network's output at evaluation <paramref name="index"/>; draws from
    /// <paramref name="random"/> if the sampler is stochastic.
    /// </summary>
    void Step(ReadOnlySpan<float> modelOutput, int index, Span<float> sample, IRandomSource random);
}
