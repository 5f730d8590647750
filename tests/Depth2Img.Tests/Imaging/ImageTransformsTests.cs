using Depth2Img.Imaging;

namespace Depth2Img.Tests.Imaging;

public class ImageTransformsTests
{
    // Three columns, two rows: red counts pixels, alpha counts down.
    private static Image Sample() => new(3, 2, [0, 9, 9, 1, 9, 9, 2, 9, 9, 3, 9, 9, 4, 9, 9, 5, 9, 9], [250, 249, 248, 247, 246, 245]);

    [Theory]
    [InlineData(1, 3, "012345")]
    [InlineData(2, 3, "210543")]
    [InlineData(3, 3, "543210")]
    [InlineData(4, 3, "345012")]
    [InlineData(5, 2, "031425")]
    [InlineData(6, 2, "304152")]
    [InlineData(7, 2, "524130")]
    [InlineData(8, 2, "251403")]
    public void Every_EXIF_orientation_is_turned_upright(int orientation, int width, string reds)
    {
        Image upright = Sample().ApplyOrientation(orientation);
        Assert.Equal(width, upright.Width);
        Assert.Equal(reds, Reds(upright));
        Assert.Equal(reds, string.Concat(upright.Alpha!.Select(a => 250 - a)));
    }

    [Fact]
    public void Crop_takes_exactly_the_part()
    {
        Image part = Sample().Crop(1, 0, 2, 2);
        Assert.Equal("1245", Reds(part));
        Assert.Equal([249, 248, 246, 245], part.Alpha);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample().Crop(2, 0, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample().Crop(-1, 0, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample().Crop(0, 0, 2, 0));
    }

    [Fact]
    public void Padding_repeats_edges_and_cropping_takes_it_off_again()
    {
        Image padded = Sample().PadEdges(1, 2, 3, 1);
        Assert.Equal((7, 5), (padded.Width, padded.Height));
        Assert.Equal("0012222" + "0012222" + "0012222" + "3345555" + "3345555", Reds(padded));
        Assert.Equal(Sample().Pixels, padded.Crop(1, 2, 3, 2).Pixels);
    }

    [Fact]
    public void Compositing_shows_the_ground_by_the_part_that_is_transparent()
    {
        Image image = new(3, 1, [100, 100, 100, 100, 100, 100, 100, 100, 100], [255, 0, 51]);
        Image flat = image.CompositeOn(200, 0, 250);
        Assert.Null(flat.Alpha);
        Assert.Equal([100, 100, 100, 200, 0, 250, 180, 20, 220], flat.Pixels);
    }

    [Fact]
    public void What_changes_nothing_gives_the_same_picture()
    {
        Image opaque = ImagesGolden.Input();
        Assert.Same(opaque, opaque.CompositeOn(1, 2, 3));
        Assert.Same(opaque, opaque.ApplyOrientation(1));
        Assert.Same(opaque, opaque.PadEdges(0, 0, 0, 0));
        Assert.Same(opaque, opaque.Crop(0, 0, opaque.Width, opaque.Height));
    }

    private static string Reds(Image image) => string.Concat(image.Pixels.Where((_, i) => i % 3 == 0));
}
