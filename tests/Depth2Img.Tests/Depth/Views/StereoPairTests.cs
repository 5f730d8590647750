using Depth2Img.Depth;
using Depth2Img.Depth.Views;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Depth.Views;

public sealed class StereoPairTests
{
    [Fact]
    public void Without_distance_between_the_eyes_both_see_the_picture()
    {
        Image picture = Scenes.Coordinates(40, 10);
        StereoPair pair = StereoPair.Render(picture, Scenes.Card(40, 10, 10, 2, 30, 8), new StereoOptions { EyeDistance = 0 });
        Assert.Equal(picture.Pixels, pair.Left.Pixels);
        Assert.Equal(picture.Pixels, pair.Right.Pixels);
    }

    [Fact]
    public void Near_things_move_to_the_right_for_the_left_eye_and_what_is_far_stays_in_the_screen()
    {
        // A card of 20 pixels' width that moves by 4 pixels for each eye; the background is the screen.
        Image picture = Scenes.Coordinates(80, 10);
        StereoPair pair = StereoPair.Render(picture, Scenes.Card(80, 10, 30, 0, 50, 10), new StereoOptions { EyeDistance = 0.1, ScreenDepth = 0, EdgeRadius = 0 });
        for (int y = 0; y < 10; y++)
        {
            Assert.Equal(Enumerable.Range(0, 30), Columns(pair.Left, y)[..30]);
            Assert.Equal(Enumerable.Range(30, 20), Columns(pair.Left, y)[34..54]);
            Assert.Equal(Enumerable.Range(54, 26), Columns(pair.Left, y)[54..]);
            Assert.Equal(Enumerable.Range(0, 26), Columns(pair.Right, y)[..26]);
            Assert.Equal(Enumerable.Range(30, 20), Columns(pair.Right, y)[26..46]);
            Assert.Equal(Enumerable.Range(50, 30), Columns(pair.Right, y)[50..]);
        }
    }

    [Fact]
    public void What_comes_into_view_is_filled_from_behind_and_never_from_the_thing_before_it()
    {
        Image picture = Scenes.Coordinates(80, 10);
        StereoPair pair = StereoPair.Render(picture, Scenes.Card(80, 10, 30, 0, 50, 10), new StereoOptions { EyeDistance = 0.1, ScreenDepth = 0, EdgeRadius = 0 });
        Assert.All(Columns(pair.Left, 5)[30..34], column => Assert.InRange(column, 0, 29));
        Assert.All(Columns(pair.Right, 5)[46..50], column => Assert.InRange(column, 50, 79));
    }

    [Fact]
    public void A_slanting_surface_is_stretched_without_holes()
    {
        // Colours differ by one from column to column: a hole that was filled would break the order.
        StereoPair pair = StereoPair.Render(Scenes.Coordinates(200, 3), Scenes.Of(200, 3, (x, _) => x), new StereoOptions { EyeDistance = 0.2 });
        int[] left = Columns(pair.Left, 1);
        for (int x = 25; x < 175; x++) Assert.InRange(left[x + 1] - left[x], 0, 2);
    }

    [Fact]
    public void Side_by_side_has_the_left_eyes_picture_on_the_left()
    {
        StereoPair pair = new(Scenes.Coordinates(3, 2), new Image(3, 2, new byte[18]));
        Image both = pair.SideBySide();
        Assert.Equal((6, 2), (both.Width, both.Height));
        Assert.Equal([0, 1, 2, 0, 0, 0], Columns(both, 1));
    }

    [Fact]
    public void The_glasses_picture_keeps_grays_and_parts_the_eyes()
    {
        Image gray = new(1, 1, [120, 120, 120]), white = new(1, 1, [255, 255, 255]), black = new(1, 1, [0, 0, 0]);
        Assert.All(new StereoPair(gray, gray).Anaglyph().Pixels, v => Assert.InRange(v, 119, 121));
        Assert.All(new StereoPair(white, white).Anaglyph().Pixels, v => Assert.InRange(v, 254, 255));
        byte[] leftOnly = new StereoPair(white, black).Anaglyph().Pixels, rightOnly = new StereoPair(black, white).Anaglyph().Pixels;
        Assert.True(leftOnly[0] == 255 && leftOnly[1] == 0 && leftOnly[2] == 0, "the left eye's glass is red");
        Assert.True(rightOnly[0] == 0 && rightOnly[1] == 255 && rightOnly[2] == 255, "the right eye's is cyan");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 3)]
    [InlineData(513, 1)]
    public void Every_size_and_any_depth_gives_pictures(int width, int height)
    {
        System.Random random = new(width);
        DepthMap depth = Scenes.Of(width, height, (_, _) => random.NextDouble());
        foreach (double screen in new[] { 0.0, 1.0 })
        {
            StereoPair pair = StereoPair.Render(Scenes.Coordinates(width, height), depth, new StereoOptions { EyeDistance = 0.2, ScreenDepth = screen });
            Assert.Equal((2 * width, height), (pair.SideBySide().Width, pair.Anaglyph().Height));
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_by_a_sentence()
    {
        Assert.Contains("eye distance", Assert.Throws<Depth2ImgException>(() => new StereoOptions { EyeDistance = 0.3 }).Message, StringComparison.Ordinal);
        Assert.Contains("screen depth", Assert.Throws<Depth2ImgException>(() => new StereoOptions { ScreenDepth = double.NaN }).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StereoPair.Render(Scenes.Coordinates(2, 2), Scenes.Of(3, 2, (_, _) => 0)));
    }

    private static int[] Columns(Image image, int y) => [.. Enumerable.Range(0, image.Width).Select(x => (int)image.Pixels[3 * (y * image.Width + x)])];
}
