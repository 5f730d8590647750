using System.Security.Cryptography;
using BitMiracle.LibJpeg.Classic;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Every kind of file, written by libjpeg's port and decoded by both.</summary>
public class JpegDecoderVariantTests
{
    private static readonly string[] Samplings =
    [
        "1x1,1x1,1x1", "2x1,1x1,1x1", "2x2,1x1,1x1", "1x2,1x1,1x1", "4x1,1x1,1x1", "4x2,1x1,1x1", "1x4,1x1,1x1",
        "2x2,2x1,1x2", "2x2,1x2,2x1", "1x1,2x2,1x1", "2x1,2x1,1x1",
    ];

    private static readonly (int Width, int Height)[] Sizes = [(1, 1), (3, 2), (16, 16), (33, 17), (75, 62)];

    public static TheoryData<string, bool, int> Variants()
    {
        TheoryData<string, bool, int> variants = [];
        foreach (string sampling in Samplings)
        {
            foreach (bool progressive in new[] { false, true })
            {
                foreach (int restart in new[] { 0, 1, 3 }) variants.Add(sampling, progressive, restart);
            }
        }
        return variants;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Samples_are_libjpegs_to_the_bit(string sampling, bool progressive, int restartInterval)
    {
        foreach ((int width, int height) in Sizes)
        {
            byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(width, height, 3), width, height,
                new(sampling.Split(','), Progressive: progressive, RestartInterval: restartInterval));
            JpegImage image = JpegDecoder.Decode(file, "variant.jpg", ImageLimits.Default);
            Assert.Equal((width, height), (image.Width, image.Height));
            Assert.Null(image.Warning);
            // The port loses its way in progressive files with restart markers, which change nothing in the samples.
            byte[] readable = progressive && restartInterval > 0
                ? ReferenceJpeg.Encode(TestPicture.Samples(width, height, 3), width, height, new(sampling.Split(','), Progressive: true))
                : file;
            AssertPlanes(ReferenceJpeg.DecodePlanes(readable), image);
            Assert.Equal((width, height), JpegDecoder.Identify(file, "variant.jpg"));
        }
    }

    // The sums are of RGB as libjpeg-turbo 3 decodes the same files.
    [Theory]
    [InlineData("1x1,1x1,1x1", "b01172de59406b35f5fcafdacaa4338f299a72ada06192d6fae32268289a0762")]
    [InlineData("2x1,1x1,1x1", "6ae935aae528a5ac6b2477d9f216630f008b60bcc6db082ae2f273ffb765267d")]
    [InlineData("2x2,1x1,1x1", "9cee1a3a7b66b78907bdd6efa74f7e284dbd779db7f0565066c0ee75c8585b09")]
    [InlineData("1x2,1x1,1x1", "76c566a61e3676650187903fa1051ce2411256a32190099dddb212b8332d7d5d")]
    [InlineData("4x1,1x1,1x1", "79f07fd3b6d189d19ad86fd01d61edf491b2a8a19ba2a1bf022d36d1aa9eabf3")]
    [InlineData("1x4,1x1,1x1", "c1ecf634781754f785e9aeddabf9f17f97a9bbfb1ce072ab27fb82198b1fb57c")]
    [InlineData("2x2,1x2,2x1", "f3513612be44068ca16d63f1b3a4fd6c1cf14ea8cea123bfbdfc576a86313333")]
    [InlineData("1x1,2x2,1x1", "bff9909171b344c615a2552739a288a702ce57853865cbf085bc893ddc0471dd")]
    public void Upsampled_pixels_are_libjpeg_turbos_to_the_bit(string sampling, string sha256)
    {
        foreach (bool progressive in new[] { false, true })
        {
            foreach (int restart in new[] { 0, 3 })
            {
                byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(75, 62, 3), 75, 62,
                    new(sampling.Split(','), Progressive: progressive, RestartInterval: restart));
                byte[] pixels = JpegDecoder.Decode(file, "upsampled.jpg", ImageLimits.Default).ToRgb().Pixels;
                Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(pixels)));
            }
        }
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 100)]
    [InlineData(true, 1)]
    [InlineData(true, 100)]
    public void Steps_of_16_bits_and_of_1_are_read(bool progressive, int quality)
    {
        // At quality 1 the steps reach 6050 unless they are cut at 255, and a sequential file is an extended one.
        byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(75, 62, 3), 75, 62,
            new(["1x1", "1x1", "1x1"], Progressive: progressive, Quality: quality, BaselineTables: false));
        if (!progressive && quality == 1) Assert.True(JpegSurgery.Find(file, JpegMarker.ExtendedFrame) > 0);
        AssertPlanes(ReferenceJpeg.DecodePlanes(file), JpegDecoder.Decode(file, "steps.jpg", ImageLimits.Default));
    }

    [Theory]
    [InlineData("1x1", false)]
    [InlineData("2x2", false)]
    [InlineData("1x1", true)]
    public void Grayscale_is_read_whatever_its_sampling_factors(string sampling, bool progressive)
    {
        foreach ((int width, int height) in Sizes)
        {
            byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(width, height, 1), width, height,
                new([sampling], J_COLOR_SPACE.JCS_GRAYSCALE, J_COLOR_SPACE.JCS_GRAYSCALE, progressive));
            JpegImage image = JpegDecoder.Decode(file, "gray.jpg", ImageLimits.Default);
            byte[] expected = ReferenceJpeg.Decode(file, J_COLOR_SPACE.JCS_GRAYSCALE);
            Assert.Equal(expected, image.Gray);
            byte[] rgb = image.ToRgb().Pixels;
            for (int i = 0; i < rgb.Length; i++) Assert.Equal(expected[i / 3], rgb[i]);
        }
    }

    [Fact]
    public void Colour_has_no_gray_plane() =>
        Assert.Null(JpegDecoder.Decode(ReferenceJpeg.Encode(TestPicture.Samples(9, 9, 3), 9, 9, new(["1x1", "1x1", "1x1"])), "c.jpg", ImageLimits.Default).Gray);

    [Fact]
    public void Components_in_scans_of_their_own_are_read()
    {
        // Without interleaving, scans have no blocks beyond the edges; 33 x 17 has such blocks in both directions.
        HandmadeJpeg whole = new(33, 17, (2, 2), (1, 1), (1, 2));
        HandmadeJpeg split = whole with { Interleaved = false };
        byte[] pixels = JpegDecoder.Decode(split.Write(), "split.jpg", ImageLimits.Default).ToRgb().Pixels;
        Assert.Equal(JpegDecoder.Decode(whole.Write(), "whole.jpg", ImageLimits.Default).ToRgb().Pixels, pixels);
        JpegImage image = JpegDecoder.Decode(split.Write(), "split.jpg", ImageLimits.Default);
        AssertPlanes(ReferenceJpeg.DecodePlanes(split.Write()), image);
    }

    [Theory]
    [InlineData(3, 2, 1, 1)]
    [InlineData(1, 3, 1, 2)]
    [InlineData(4, 4, 3, 3)]
    [InlineData(3, 4, 2, 1)]
    public void A_ratio_that_is_no_whole_number_repeats_the_nearest_sample(int maxH, int maxV, int h, int v)
    {
        // libjpeg refuses these. Flat blocks make the planes known: 128 + DC x step / 8.
        static short Dc(int component, int x, int y) => (short)(30 * component + 8 * x - 16 * y);
        byte[] file = new HandmadeJpeg(50, 41, (maxH, maxV), (h, v), (maxH, v))
        {
            Ids = [(byte)'R', (byte)'G', (byte)'B'],
            Step = 8,
            Block = (component, x, y) => [Dc(component, x, y), .. new short[63]],
        }.Write();
        byte[] rgb = JpegDecoder.Decode(file, "ratio.jpg", ImageLimits.Default).ToRgb().Pixels;
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % 50, y = i / 3 / 50;
            (int H, int V) sampling = (i % 3) switch { 0 => (maxH, maxV), 1 => (h, v), _ => (maxH, v) };
            int blockX = x * sampling.H / maxH / 8, blockY = y * sampling.V / maxV / 8;
            if (sampling.V * 2 == maxV && sampling.H == maxH) continue; // halved, hence smoothed
            Assert.Equal(128 + Dc(i % 3, blockX, blockY), rgb[i]);
        }
    }

    private static void AssertPlanes(byte[][][] expected, JpegImage image)
    {
        Assert.Equal(expected.Length, image.Planes.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            SamplePlane plane = image.Planes[i];
            for (int y = 0; y < plane.Height; y++) Assert.Equal(expected[i][y].AsSpan(0, plane.Width), plane.Row(y));
        }
    }
}
