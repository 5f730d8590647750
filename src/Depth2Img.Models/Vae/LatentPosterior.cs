using Depth2Img.Compute;

namespace Depth2Img.Models.Vae;

/// <summary>
/// What an encoder knows of the latents of a picture: one normal distribution a value (diffusers'
/// DiagonalGaussianDistribution), or the values themselves. Everything is channels-first, [N,C,H,W], the order in
/// which noise is drawn.
/// </summary>
public sealed class LatentPosterior
{
    /// <summary>Beyond these, exp gives no useful deviation; diffusers clamps to the same.</summary>
    private const float MinLogVariance = -30, MaxLogVariance = 20;

    private readonly float[] _mean;
    private readonly float[]? _logVariance;

    private LatentPosterior(Shape shape, float[] mean, float[]? logVariance)
    {
        Shape = shape;
        _mean = mean;
        _logVariance = logVariance;
    }

    /// <summary>[N,C,H,W].</summary>
    public Shape Shape { get; }

    /// <summary>The distributions' means, or the values themselves, [N,C,H,W].</summary>
    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>The logarithms of the distributions' variances, -30..20, [N,C,H,W]; empty if the values are certain.</summary>
    public ReadOnlySpan<float> LogVariance => _logVariance;

    /// <summary>Whether <see cref="Sample"/> needs noise. If not, no random numbers are to be drawn.</summary>
    public bool IsStochastic => _logVariance is not null;

    /// <summary>mean + exp(logvar / 2) noise; not scaled by the autoencoder's scaling factor.</summary>
    /// <param name="noise">A normal draw for each value, [N,C,H,W]; empty unless <see cref="IsStochastic"/>.</param>
    /// <returns>[N,C,H,W].</returns>
    /// <exception cref="ArgumentException">There are not as many draws as needed.</exception>
    public float[] Sample(ReadOnlySpan<float> noise)
    {
        int needed = IsStochastic ? _mean.Length : 0;
        if (noise.Length != needed)
            throw new ArgumentException($"Latents {Shape} take {needed} random numbers, not {noise.Length}.", nameof(noise));
        float[] sample = (float[])_mean.Clone();
        if (_logVariance is not null)
        {
            for (int i = 0; i < sample.Length; i++) sample[i] += MathF.Exp(0.5f * _logVariance[i]) * noise[i];
        }
        return sample;
    }

    /// <summary>Takes latents that are certain.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="latents">[N,H,W,C].</param>
    internal static LatentPosterior FromLatents(IOps ops, Tensor latents) =>
        new(ChannelsFirst(latents.Shape, latents.Shape.Channels), ops.DownloadChannelsFirst(latents), null);

    /// <summary>Takes means and logarithms of variances.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="moments">[N,H,W,2 C]: the C means, then the C logarithms.</param>
    internal static LatentPosterior FromMoments(IOps ops, Tensor moments)
    {
        Shape shape = ChannelsFirst(moments.Shape, moments.Shape.Channels / 2);
        float[] values = ops.DownloadChannelsFirst(moments);
        int count = shape[1] * shape[2] * shape[3];
        float[] mean = new float[shape.Count];
        float[] logVariance = new float[shape.Count];
        for (int n = 0; n < shape[0]; n++)
        {
            values.AsSpan(2 * n * count, count).CopyTo(mean.AsSpan(n * count));
            for (int i = 0; i < count; i++)
                logVariance[n * count + i] = Math.Clamp(values[(2 * n + 1) * count + i], MinLogVariance, MaxLogVariance);
        }
        return new(shape, mean, logVariance);
    }

    private static Shape ChannelsFirst(Shape x, int channels) => new(x[0], channels, x[1], x[2]);
}
