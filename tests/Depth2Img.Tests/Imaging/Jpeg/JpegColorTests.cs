using BitMiracle.LibJpeg.Classic;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

public class JpegColorTests
{
    private static readonly string[] Full = ["1x1", "1x1", "1x1", "1x1"];

    [Theory]
    [InlineData(J_COLOR_SPACE.JCS_CMYK, false)]
    [InlineData(J_COLOR_SPACE.JCS_YCCK, false)]
    [InlineData(J_COLOR_SPACE.JCS_CMYK, true)]
    [InlineData(J_COLOR_SPACE.JCS_YCCK, true)]
    public void Inverted_inks_become_the_light_that_they_leave(J_COLOR_SPACE stored, bool progressive)
    {
        byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(75, 62, 4), 75, 62,
            new(Full, J_COLOR_SPACE.JCS_CMYK, stored, Progressive: progressive));
        byte[] inks = ReferenceJpeg.Decode(file, J_COLOR_SPACE.JCS_CMYK);
        byte[] rgb = JpegDecoder.Decode(file, "inks.jpg", ImageLimits.Default).ToRgb().Pixels;
        for (int i = 0; i < rgb.Length; i++)
        {
            double ink = inks[i / 3 * 4 + i % 3] / 255.0, black = inks[i / 3 * 4 + 3] / 255.0;
            Assert.InRange(rgb[i] - 255 * ink * black, -2, 2);
        }
    }

    [Fact]
    public void Paper_is_white_and_black_ink_is_black()
    {
        // As Adobe stores them: 255 is no ink.
        byte[] file = ReferenceJpeg.Encode([255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 255], 3, 1,
            new(Full, J_COLOR_SPACE.JCS_CMYK, J_COLOR_SPACE.JCS_CMYK, Quality: 100));
        byte[] rgb = JpegDecoder.Decode(file, "inks.jpg", ImageLimits.Default).ToRgb().Pixels;
        byte[] expected = [255, 255, 255, 0, 0, 0, 0, 255, 255];
        for (int i = 0; i < 9; i++) Assert.InRange(rgb[i], expected[i] - 3, expected[i] + 3);
    }

    [Fact]
    public void Rgb_by_adobe_marker_or_component_letters_stays_as_it_is()
    {
        byte[] samples = TestPicture.Samples(33, 17, 3);
        byte[] file = ReferenceJpeg.Encode(samples, 33, 17, new(Full[..3], J_COLOR_SPACE.JCS_RGB, J_COLOR_SPACE.JCS_RGB));
        byte[] expected = ReferenceJpeg.Decode(file);
        Assert.Equal(expected, Rgb(file));
        // The letters R, G and B are enough.
        Assert.Equal(expected, Rgb(JpegSurgery.Remove(file, JpegMarker.App14)));
    }

    [Fact]
    public void Component_numbers_without_meaning_are_YCbCr_as_in_libjpeg()
    {
        HandmadeJpeg file = new(33, 17, (1, 1), (1, 1), (1, 1)) { Ids = [7, 8, 9] };
        Assert.Equal(Rgb((file with { Ids = [1, 2, 3] }).Write()), Rgb(file.Write()));
        Assert.NotEqual(Rgb((file with { Ids = "RGB"u8.ToArray() }).Write()), Rgb(file.Write()));
    }

    [Fact]
    public void Adobes_marker_decides_between_Rgb_and_YCbCr()
    {
        byte[] plain = new HandmadeJpeg(33, 17, (1, 1), (1, 1), (1, 1)).Write();
        Assert.Equal(Rgb(plain), Rgb(JpegSurgery.InsertSegment(plain, JpegMarker.App14, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1])));
        Assert.NotEqual(Rgb(plain), Rgb(JpegSurgery.InsertSegment(plain, JpegMarker.App14, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void Every_YCbCr_colour_is_within_one_of_JFIFs_formula()
    {
        byte[] rgb = new byte[3];
        for (int luma = 0; luma < 256; luma += 5)
        {
            for (int cb = 0; cb < 256; cb += 5)
            {
                for (int cr = 0; cr < 256; cr += 5)
                {
                    ColorConversion.YCbCrToRgb([(byte)luma], [(byte)cb], [(byte)cr], rgb);
                    Assert.InRange(rgb[0] - Math.Clamp(luma + 1.402 * (cr - 128), 0, 255), -0.6, 0.6);
                    Assert.InRange(rgb[1] - Math.Clamp(luma - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), 0, 255), -0.6, 0.6);
                    Assert.InRange(rgb[2] - Math.Clamp(luma + 1.772 * (cb - 128), 0, 255), -0.6, 0.6);
                }
            }
        }
    }

    private static byte[] Rgb(byte[] file) => JpegDecoder.Decode(file, "colour.jpg", ImageLimits.Default).ToRgb().Pixels;
}
