using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Server.Api.Attended;

namespace Depth2Img.Server.Tests.Compat;

public sealed class PictureFitTests
{
    /// <summary>Columns in colours of their own: red in the first quarter, green in the middle, blue in the last.</summary>
    private static readonly Image Stripes = ImageFile.Decode(CompatServer.Paint(80, 40, (x, _) => x < 20 ? ((byte)255, (byte)0, (byte)0, (byte)255) : x < 60 ? ((byte)0, (byte)255, (byte)0, (byte)255) : ((byte)0, (byte)0, (byte)255, (byte)255)), "stripes").ToRgb();

    [Fact]
    public void Stretching_is_the_librarys_resize_and_keeps_all_of_the_picture()
    {
        Image fitted = PictureFit.Of(80, 40, 40, 40, ResizeMode.Stretch).Apply(Stripes);
        Assert.Equal(ImageResizer.Resize(Stripes, 40, 40, ResizeFilter.Lanczos).Pixels, fitted.Pixels);
        Assert.Equal(((byte)255, (byte)255), (fitted.Pixels[0], fitted.Pixels[3 * 39 + 2]));
    }

    [Fact]
    public void Cropping_keeps_the_middle_undistorted()
    {
        Image fitted = PictureFit.Of(80, 40, 20, 20, ResizeMode.Crop).Apply(Stripes);
        Assert.Equal(ImageResizer.Resize(Stripes.Crop(20, 0, 40, 40), 20, 20, ResizeFilter.Lanczos).Pixels, fitted.Pixels);
        Assert.All(Enumerable.Range(0, 400), n => Assert.Equal(((byte)0, (byte)255, (byte)0), (fitted.Pixels[3 * n], fitted.Pixels[3 * n + 1], fitted.Pixels[3 * n + 2])));
    }

    [Fact]
    public void Filling_keeps_all_of_the_picture_and_carries_its_edges_on()
    {
        Image fitted = PictureFit.Of(80, 40, 80, 80, ResizeMode.Fill).Apply(Stripes);
        Assert.Equal(Stripes.Pixels, fitted.Crop(0, 20, 80, 40).Pixels);
        Assert.Equal(Stripes.Pixels[..240], fitted.Pixels[..240]);
        Assert.Equal(Stripes.Pixels[^240..], fitted.Pixels[^240..]);
    }

    [Fact]
    public void A_map_goes_where_its_picture_goes()
    {
        float[] values = [.. Enumerable.Range(0, 80 * 40).Select(n => (float)(n % 80))];
        DepthMap map = PictureFit.Of(80, 40, 40, 40, ResizeMode.Crop).Apply(new DepthMap(80, 40, values));
        Assert.Equal((20f, 59f), (map.Values[0], map.Values[39]));
    }

    [Theory]
    [InlineData(1, 4000, 4000, 8)]
    [InlineData(4000, 1, 8, 4000)]
    [InlineData(3, 7, 100, 11)]
    public void No_aspect_takes_more_than_the_size_that_was_asked_for(int fromWidth, int fromHeight, int width, int height)
    {
        Image picture = new(fromWidth, fromHeight, new byte[3 * fromWidth * fromHeight]);
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            Image fitted = PictureFit.Of(fromWidth, fromHeight, width, height, mode).Apply(picture);
            Assert.Equal((width, height), (fitted.Width, fitted.Height));
        }
    }
}
