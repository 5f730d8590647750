using Depth2Img.Depth;
using Depth2Img.Tests.Imaging;

namespace Depth2Img.Tests.Depth;

public class DepthMapTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(13, 19)]
    [InlineData(48, 48)]
    public void Latent_depth_has_the_references_values(int height, int width)
    {
        float[] latent = new DepthMap(24, 24, ImagesGolden.Floats("depth.in")).ToLatentDepth(width, height);
        float[] expected = ImagesGolden.Floats($"depth.normalised.{height}x{width}");
        Assert.Equal(expected.Length, latent.Length);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(latent[i] - expected[i], -1e-5f, 1e-5f);
        Assert.Equal((-1, 1), (latent.Min(), latent.Max()));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.1f)]
    [InlineData(-3.7e20f)]
    public void A_flat_map_is_no_depth_and_never_NaN(float value)
    {
        float[] values = new float[35];
        Array.Fill(values, value);
        DepthMap flat = new(5, 7, values);
        Assert.True(flat.IsFlat);
        Assert.All(flat.ToLatentDepth(8, 9), v => Assert.Equal(0, v));
        Assert.All(flat.Normalise01().Values, v => Assert.Equal(0.5f, v));
        Assert.Equal(values, flat.Invert().Values);
        Assert.Equal(values, flat.Clip(0.1, 0.9).Values);
        Assert.Equal(values, flat.Gamma(2).Values);
    }

    [Fact]
    public void The_widest_range_of_floats_stays_finite()
    {
        DepthMap map = new(3, 1, [float.MinValue, 0, float.MaxValue]);
        Assert.Equal([0, 0.5f, 1], map.Normalise01().Values);
        Assert.Equal([float.MaxValue, 0, float.MinValue], map.Invert().Values);
        Assert.Equal(map.Values, map.Gamma(1).Values);
    }

    [Fact]
    public void Inverting_exchanges_near_and_far_within_the_range()
    {
        DepthMap map = new(2, 2, [2, 3, 7, 10]);
        Assert.Equal([10, 9, 5, 2], map.Invert().Values);
        Assert.Equal(map.Values, map.Invert().Invert().Values);
    }

    [Fact]
    public void Clipping_is_by_parts_of_the_range()
    {
        DepthMap map = new(5, 1, [100, 110, 150, 190, 200]);
        Assert.Equal([120, 120, 150, 190, 190], map.Clip(0.2, 0.9).Values);
        Assert.Equal(map.Values, map.Clip(0, 1).Values);
    }

    [Fact]
    public void Gamma_bends_the_middle_and_keeps_the_ends()
    {
        DepthMap map = new(3, 1, [0, 50, 100]);
        Assert.Equal([0, 25, 100], map.Gamma(2).Values);
        Assert.Equal(map.Values, map.Gamma(1).Values);
    }

    [Theory]
    [InlineData(-0.1, 1)]
    [InlineData(0, 1.1)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.9, 0.2)]
    [InlineData(double.NaN, 1)]
    [InlineData(0, double.NaN)]
    public void Clip_refuses_what_is_no_part_of_a_range(double far, double near) =>
        Assert.Throws<Depth2ImgException>(() => new DepthMap(1, 2, [1, 2]).Clip(far, near));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Gamma_refuses_what_is_no_exponent(double gamma) =>
        Assert.Throws<Depth2ImgException>(() => new DepthMap(1, 2, [1, 2]).Gamma(gamma));

    [Fact]
    public void Smooth_resizing_stays_within_the_range()
    {
        DepthMap map = new(24, 24, ImagesGolden.Floats("depth.in"));
        foreach ((int width, int height) in new[] { (101, 150), (5, 3), (7, 99) })
        {
            DepthMap resized = map.ResizeSmooth(width, height);
            Assert.Equal((width, height), (resized.Width, resized.Height));
            Assert.InRange(resized.Range.Far, map.Range.Far * 0.9999f, map.Range.Near);
            Assert.InRange(resized.Range.Near, map.Range.Far, map.Range.Near * 1.0001f);
        }
    }

    [Fact]
    public void Padding_repeats_edges_and_cropping_takes_it_off_again()
    {
        DepthMap map = new(2, 2, [1, 2, 3, 4]);
        DepthMap padded = map.PadEdges(1, 0, 2, 1);
        Assert.Equal([1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 3, 3, 4, 4, 4], padded.Values);
        Assert.Equal(map.Values, padded.Crop(1, 0, 2, 2).Values);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Crop(1, 1, 2, 1));
    }
}
