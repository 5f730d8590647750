using Depth2Img.Compute;
using Depth2Img.Compute.Reference;
using Depth2Img.Models.Vae;

namespace Depth2Img.Models.Tests.Vae;

public class LatentPosteriorTests
{
    [Fact]
    public void A_sample_is_mean_plus_deviation_times_noise_channels_first()
    {
        // Two pictures of one pixel, two channels: means, then logarithms of variances.
        LatentPosterior posterior = FromMoments([10, 20, 0, MathF.Log(4), 30, 40, MathF.Log(9), 0], new Shape(2, 1, 1, 4));

        Assert.True(posterior.IsStochastic);
        Assert.Equal(new Shape(2, 2, 1, 1), posterior.Shape);
        Assert.Equal([10, 20, 30, 40], posterior.Mean.ToArray());
        Assert.Equal([11f, 24, 39, 36], posterior.Sample([1, 2, 3, -4]), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void Extreme_variances_are_clamped()
    {
        LatentPosterior posterior = FromMoments([0, 0, -1000, 1000], new Shape(1, 1, 1, 4));

        Assert.Equal([-30f, 20f], posterior.LogVariance.ToArray());
        Assert.All(posterior.Sample([1, 1]), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Channels_and_pixels_are_put_in_the_order_of_noise()
    {
        // One picture of 1x2 pixels, two channels.
        LatentPosterior posterior = FromMoments([1, 2, 0, 0, 3, 4, 0, 0], new Shape(1, 1, 2, 4));

        Assert.Equal([1, 3, 2, 4], posterior.Mean.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Another_number_of_draws_is_refused(int count)
    {
        LatentPosterior posterior = FromMoments(new float[8], new Shape(1, 1, 2, 4));

        Assert.Throws<ArgumentException>(() => posterior.Sample(new float[count]));
    }

    [Fact]
    public void Certain_latents_take_no_noise()
    {
        using ReferenceBackend backend = new();
        using IOps ops = backend.OpenSession();
        using Tensor latents = ops.Upload([1, 2, 3, 4], new Shape(1, 1, 2, 2));

        LatentPosterior posterior = LatentPosterior.FromLatents(ops, latents);

        Assert.False(posterior.IsStochastic);
        Assert.Equal([1f, 3, 2, 4], posterior.Sample([]));
        Assert.Throws<ArgumentException>(() => posterior.Sample(new float[4]));
    }

    private static LatentPosterior FromMoments(float[] values, Shape shape)
    {
        using ReferenceBackend backend = new();
        using IOps ops = backend.OpenSession();
        using Tensor moments = ops.Upload(values, shape);
        return LatentPosterior.FromMoments(ops, moments);
    }
}
