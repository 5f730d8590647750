using Depth2Img.Imaging.Resize;

namespace Depth2Img.Tests.Imaging;

public class PlaneResizeTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(13, 19)]
    [InlineData(48, 48)]
    public void Bicubic_gives_the_references_values(int height, int width)
    {
        float[] resized = PlaneResize.Bicubic(ImagesGolden.Floats("depth.in"), 24, 24, width, height);
        float[] expected = ImagesGolden.Floats($"depth.bicubic.{height}x{width}");
        Assert.Equal(expected.Length, resized.Length);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(resized[i] - expected[i], -2e-3f, 2e-3f);
    }

    [Fact]
    public void Bilinear_interpolates_between_centres_and_repeats_edges()
    {
        // Centres of 4 in 2 lie at -0.25, 0.25, 0.75, 1.25.
        Assert.Equal([0, 1, 3, 4], PlaneResize.Bilinear([0, 4], 2, 1, 4, 1));
        Assert.Equal([0, 1, 3, 4], PlaneResize.Bilinear([0, 4], 1, 2, 1, 4));
        // Without antialiasing, shrinking looks at two samples only.
        Assert.Equal([5], PlaneResize.Bilinear([100, 0, 10, 100], 4, 1, 1, 1));
    }

    [Fact]
    public void Area_gives_exact_means_when_shrinking_and_interpolates_when_growing()
    {
        Assert.Equal([2, 8], PlaneResize.Area([1, 4, 10], 3, 1, 2, 1));
        Assert.Equal([2.5f], PlaneResize.Area([1, 2, 3, 4], 2, 2, 1, 1));
        Assert.Equal(PlaneResize.Bilinear([0, 4], 2, 1, 4, 1), PlaneResize.Area([0, 4], 2, 1, 4, 1));
    }

    [Fact]
    public void A_ramp_stays_a_ramp_at_awkward_sizes()
    {
        // Shrunk by whole factors, for only then is the mean of a stepped ramp the ramp's own value.
        foreach ((int width, int height, int newWidth, int newHeight) in new[] { (33, 5, 11, 9), (1, 1, 7, 3), (3, 4000, 20, 50), (4000, 3, 16, 1) })
        {
            float[] ramp = new float[width * height];
            for (int i = 0; i < ramp.Length; i++) ramp[i] = i % width + 10 * (i / width);
            float[] resized = PlaneResize.Area(ramp, width, height, newWidth, newHeight);
            for (int i = 0; i < resized.Length; i++)
            {
                double x = (i % newWidth + 0.5) * width / newWidth - 0.5, y = (i / newWidth + 0.5) * height / newHeight - 0.5;
                double expected = Math.Clamp(x, 0, width - 1) + 10 * Math.Clamp(y, 0, height - 1);
                Assert.Equal(expected, resized[i], 1e-4 * Math.Max(1, expected));
            }
        }
    }

    [Fact]
    public void A_source_that_does_not_fit_its_size_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PlaneResize.Bicubic(new float[5], 2, 2, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => PlaneResize.Bicubic(new float[4], 2, 2, 0, 4));
    }
}
