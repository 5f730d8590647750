using System.Security.Cryptography;
using BitMiracle.LibJpeg.Classic;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;
using Depth2Img.TestSupport;
using StbImageSharp;

namespace Depth2Img.Tests.Imaging.Jpeg;

public class JpegPhotoTests
{
    // The sums are of RGB as libjpeg-turbo 3 decodes it.
    [Theory]
    [InlineData("photos/columns.jpg", "0668de11188060dec9703dc444165251c2c598a9f8c29e0e0ad868a7bf61e4d1")]
    [InlineData("photos/pumpkin.jpg", "37611e3d55f67374688f806ee13112546f257227100f871ac42970c832a1ce55")]
    [InlineData("sd2-depth2img/midas.jpeg", "df2467a36adc41f8219f60d7ef800ce5eee7603948e20277bbfd353284742167")]
    public void A_photo_has_libjpeg_turbos_pixels(string photo, string sha256)
    {
        byte[] pixels = Decode(photo).ToRgb().Pixels;
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(pixels)));
    }

    [Theory]
    [InlineData("photos/columns.jpg")]
    [InlineData("photos/pumpkin.jpg")]
    [InlineData("sd2-depth2img/midas.jpeg")]
    public void A_photo_has_nearly_the_pixels_of_libjpegs_port_and_of_stb(string photo)
    {
        byte[] file = File.ReadAllBytes(Repository.Samples(photo));
        JpegImage image = Decode(photo);
        byte[] pixels = image.ToRgb().Pixels;
        double mean;
        int largest;
        if (image.Gray is byte[] gray)
        {
            Assert.Equal(ReferenceJpeg.Decode(file, J_COLOR_SPACE.JCS_GRAYSCALE), gray);
        }
        else
        {
            // The port has more digits in the constants of green than libjpeg-turbo.
            (mean, largest) = TestPicture.Difference(ReferenceJpeg.Decode(file), pixels);
            Assert.True(mean < 0.001 && largest <= 1, $"port: mean {mean}, largest {largest}");
        }

        // stb computes with fewer bits.
        (mean, largest) = TestPicture.Difference(ImageResult.FromMemory(file, ColorComponents.RedGreenBlue).Data, pixels);
        Assert.True(mean < 0.5 && largest <= 4, $"stb: mean {mean}, largest {largest}");
    }

    [Theory]
    [InlineData("2x1")]
    [InlineData("2x2")]
    public void Smoothed_chroma_is_nearly_that_of_stb(string sampling)
    {
        Image picture = Decode("photos/columns.jpg").ToRgb();
        byte[] file = ReferenceJpeg.Encode(picture.Pixels, picture.Width, picture.Height, new([sampling, "1x1", "1x1"], Quality: 90));
        byte[] pixels = JpegDecoder.Decode(file, "photo.jpg", ImageLimits.Default).ToRgb().Pixels;
        (double mean, int largest) = TestPicture.Difference(ImageResult.FromMemory(file, ColorComponents.RedGreenBlue).Data, pixels);
        Assert.True(mean < 0.5 && largest <= 8, $"mean {mean}, largest {largest}");
    }

    private static JpegImage Decode(string photo) =>
        JpegDecoder.Decode(File.ReadAllBytes(Repository.Samples(photo)), photo, ImageLimits.Default);
}
