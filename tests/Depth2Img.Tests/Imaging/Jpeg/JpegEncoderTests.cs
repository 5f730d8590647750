using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;
using Depth2Img.TestSupport;
using StbImageSharp;

namespace Depth2Img.Tests.Imaging.Jpeg;

public class JpegEncoderTests
{
    private static readonly Image Photo = LoadPng("sd2-depth2img/old_man.png");

    [Theory]
    [InlineData(10, 28)]
    [InlineData(50, 33)]
    [InlineData(75, 36)]
    [InlineData(92, 41)]
    [InlineData(100, 50)]
    public void Photo_comes_back_as_well_as_from_libjpeg_and_no_larger(int quality, double leastPsnr)
    {
        foreach ((ChromaSubsampling subsampling, string sampling) in new[]
            { (ChromaSubsampling.None, "1x1"), (ChromaSubsampling.Horizontal, "2x1"), (ChromaSubsampling.Both, "2x2") })
        {
            byte[] ours = Encode(Photo, new() { Quality = quality, Subsampling = subsampling });
            byte[] theirs = ReferenceJpeg.Encode(Photo.Pixels, Photo.Width, Photo.Height,
                new([sampling, "1x1", "1x1"], Quality: quality, Optimize: true));
            double psnr = TestPicture.Psnr(Photo.Pixels, Rgb(ours)), theirPsnr = TestPicture.Psnr(Photo.Pixels, Rgb(theirs));
            Assert.True(psnr >= (subsampling == ChromaSubsampling.None ? leastPsnr : leastPsnr - 12) && psnr >= theirPsnr - 0.05,
                $"{quality} {subsampling}: {psnr:0.00} dB where libjpeg has {theirPsnr:0.00}");
            Assert.True(ours.Length <= theirs.Length * 1.01, $"{subsampling}: {ours.Length} bytes where libjpeg takes {theirs.Length}");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(8, 8)]
    [InlineData(17, 33)]
    [InlineData(400, 2)]
    public void Other_decoders_read_every_size_and_subsampling(int width, int height)
    {
        Image image = TestPicture.Smooth(width, height);
        foreach (ChromaSubsampling subsampling in Enum.GetValues<ChromaSubsampling>())
        {
            byte[] file = Encode(image, new() { Quality = 95, Subsampling = subsampling });
            Assert.True(TestPicture.Psnr(image.Pixels, Rgb(file)) > 35);
            ImageResult stb = ImageResult.FromMemory(file, ColorComponents.RedGreenBlue);
            Assert.Equal((width, height), (stb.Width, stb.Height));
            Assert.True(TestPicture.Psnr(image.Pixels, stb.Data) > 35);
            byte[][][] planes = ReferenceJpeg.DecodePlanes(file);
            JpegImage decoded = JpegDecoder.Decode(file, "own.jpg", ImageLimits.Default);
            for (int i = 0; i < 3; i++)
            {
                for (int y = 0; y < decoded.Planes[i].Height; y++)
                    Assert.Equal(planes[i][y].AsSpan(0, decoded.Planes[i].Width), decoded.Planes[i].Row(y));
            }
        }
    }

    [Fact]
    public void Extreme_pictures_come_back()
    {
        foreach (byte value in new byte[] { 0, 255 })
        {
            byte[] pixels = new byte[3 * 24 * 24];
            Array.Fill(pixels, value);
            Assert.Equal(pixels, Rgb(Encode(new Image(24, 24, pixels), new() { Quality = 100 })));
        }
        // Checkerboards have the largest coefficients that there are.
        byte[] board = new byte[3 * 24 * 24];
        for (int i = 0; i < board.Length; i++) board[i] = (byte)((i / 3 % 24 + i / 72) % 2 * 255);
        (_, int largest) = TestPicture.Difference(board, Rgb(Encode(new Image(24, 24, board), new() { Quality = 100 })));
        Assert.InRange(largest, 0, 4);
    }

    [Fact]
    public void Colour_is_halved_below_quality_90_unless_asked_otherwise()
    {
        Assert.Equal(8, PlaneWidth(new() { Quality = 89 }));
        Assert.Equal(16, PlaneWidth(new() { Quality = 90 }));
        Assert.Equal(16, PlaneWidth(new()));
        Assert.Equal(16, PlaneWidth(new() { Quality = 50, Subsampling = ChromaSubsampling.None }));

        static int PlaneWidth(JpegEncoderOptions options) =>
            JpegDecoder.Decode(Encode(TestPicture.Make(16, 16), options), "own.jpg", ImageLimits.Default).Planes[1].Width;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(50)]
    [InlineData(77)]
    [InlineData(100)]
    public void Quantisation_tables_are_libjpegs_at_the_same_quality(int quality)
    {
        byte[] ours = Encode(TestPicture.Make(8, 8), new() { Quality = quality });
        byte[] theirs = ReferenceJpeg.Encode(TestPicture.Samples(8, 8, 3), 8, 8, new(["1x1", "1x1", "1x1"], Quality: quality));
        int ourFirst = JpegSurgery.Find(ours, JpegMarker.QuantizationTables), theirFirst = JpegSurgery.Find(theirs, JpegMarker.QuantizationTables);
        int ourSecond = JpegSurgery.Find(ours, JpegMarker.QuantizationTables, ourFirst + 69);
        int theirSecond = JpegSurgery.Find(theirs, JpegMarker.QuantizationTables, theirFirst + 69);
        Assert.Equal(theirs.AsSpan(theirFirst, 69), ours.AsSpan(ourFirst, 69));
        Assert.Equal(theirs.AsSpan(theirSecond, 69), ours.AsSpan(ourSecond, 69));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Quality_outside_1_to_100_is_refused(int quality) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new JpegEncoderOptions { Quality = quality });

    [Fact]
    public void Picture_too_large_for_the_format_is_refused_before_anything_is_written()
    {
        using MemoryStream stream = new();
        Depth2ImgException refusal = Assert.Throws<Depth2ImgException>(
            () => JpegEncoder.Encode(stream, new Image(70_000, 1, new byte[210_000]), new()));
        Assert.Contains("70000x1", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Same_picture_gives_the_same_file() =>
        Assert.Equal(Encode(TestPicture.Make(75, 62), new()), Encode(TestPicture.Make(75, 62), new()));

    private static Image LoadPng(string sample)
    {
        ImageResult png = ImageResult.FromMemory(File.ReadAllBytes(Repository.Samples(sample)), ColorComponents.RedGreenBlue);
        return new Image(png.Width, png.Height, png.Data);
    }

    internal static byte[] Encode(Image image, JpegEncoderOptions options)
    {
        using MemoryStream stream = new();
        JpegEncoder.Encode(stream, image, options);
        return stream.ToArray();
    }

    private static byte[] Rgb(byte[] file) => JpegDecoder.Decode(file, "own.jpg", ImageLimits.Default).ToRgb().Pixels;
}
