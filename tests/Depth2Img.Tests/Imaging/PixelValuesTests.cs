using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Tests.Imaging;

public class PixelValuesTests
{
    [Fact]
    public void A_picture_for_the_autoencoder_has_the_references_values()
    {
        float[] expected = ImagesGolden.ChannelsLast("vae.preprocess");
        float[] values = PixelValues.ToSignedUnit(ImageResizer.Resize(ImagesGolden.Input(), 144, 96, ResizeFilter.Lanczos));
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], 1e-6f);
    }

    [Fact]
    public void Pixels_to_values_and_back_is_the_identity()
    {
        Image input = ImagesGolden.Input();
        Assert.Equal(input.Pixels, PixelValues.FromSignedUnit(PixelValues.ToSignedUnit(input), input.Width, input.Height).Pixels);
    }

    [Fact]
    public void Values_outside_the_range_are_clamped_and_NaN_is_refused()
    {
        Assert.Equal([0, 255, 128], PixelValues.FromSignedUnit([-7, float.PositiveInfinity, 0.004f], 1, 1).Pixels);
        var e = Assert.Throws<Depth2ImgException>(() => PixelValues.FromSignedUnit([0, 0, 0, 0, float.NaN, 0], 1, 2));
        Assert.Contains("column 0, row 1", e.Message, StringComparison.Ordinal);
    }
}
