using Depth2Img.Depth;

namespace Depth2Img.Tests.Depth;

public class DepthMapFitTests
{
    [Fact]
    public void A_map_of_the_pictures_size_is_used_as_it_is()
    {
        DepthFit fit = Ramp(6, 4).FitTo(6, 4);
        Assert.Null(fit.Warning);
        Assert.Equal(Ramp(6, 4).Values, fit.Map.Values);
    }

    [Theory]
    [InlineData(384, 256, 1001, 667)] // the sides were rounded when the map was made
    [InlineData(32, 32, 512, 512)]
    [InlineData(1, 1, 640, 480)]
    [InlineData(600, 400, 6, 4)]
    public void A_map_of_the_pictures_aspect_is_resized_without_a_word(int width, int height, int pictureWidth, int pictureHeight)
    {
        DepthFit fit = Ramp(width, height).FitTo(pictureWidth, pictureHeight);
        Assert.Null(fit.Warning);
        Assert.Equal((pictureWidth, pictureHeight), (fit.Map.Width, fit.Map.Height));
    }

    [Fact]
    public void A_map_of_another_aspect_loses_its_sides_and_says_so()
    {
        DepthFit fit = Ramp(8, 4).FitTo(4, 4);
        // Columns 2 to 5 of each row, untouched.
        Assert.Equal(Ramp(8, 4).Crop(2, 0, 4, 4).Values, fit.Map.Values);
        Assert.Contains("8x4", fit.Warning, StringComparison.Ordinal);
        Assert.Contains("4x4", fit.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_that_is_too_tall_loses_top_and_bottom()
    {
        DepthFit fit = Ramp(4, 8).FitTo(8, 8);
        Assert.NotNull(fit.Warning);
        Assert.Equal(Ramp(4, 8).Crop(0, 2, 4, 4).ResizeSmooth(8, 8).Values, fit.Map.Values);
    }

    [Fact]
    public void The_most_extreme_aspects_leave_at_least_one_row_and_column()
    {
        Assert.Equal((4000, 20), Sizes(Ramp(3, 900).FitTo(4000, 20)));
        Assert.Equal((20, 4000), Sizes(Ramp(900, 3).FitTo(20, 4000)));
    }

    private static (int Width, int Height) Sizes(DepthFit fit) => (fit.Map.Width, fit.Map.Height);

    private static DepthMap Ramp(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => (float)i)]);
}
