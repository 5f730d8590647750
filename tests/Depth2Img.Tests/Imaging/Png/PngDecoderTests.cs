using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using Depth2Img.TestSupport;
using StbImageSharp;

namespace Depth2Img.Tests.Imaging.Png;

public class PngDecoderTests
{
    /// <summary>Every colour type and depth that the standard has.</summary>
    public static TheoryData<int, int> Forms => new()
    {
        { 0, 1 }, { 0, 2 }, { 0, 4 }, { 0, 8 }, { 0, 16 },
        { 2, 8 }, { 2, 16 },
        { 3, 1 }, { 3, 2 }, { 3, 4 }, { 3, 8 },
        { 4, 8 }, { 4, 16 },
        { 6, 8 }, { 6, 16 },
    };

    private static readonly (int Width, int Height)[] _sizes = [(1, 1), (3, 5), (5, 1), (1, 9), (8, 8), (33, 17), (64, 31)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_read_as_it_was_made(int colorType, int depth)
    {
        foreach ((int width, int height) in _sizes)
        {
            foreach (bool interlaced in new[] { false, true })
            {
                ushort[] samples = PngBuilder.Samples(width, height, Channels(colorType), depth);
                PngBuilder builder = new(width, height, colorType, depth, samples) { Interlaced = interlaced, Palette = PaletteFor(colorType, depth) };
                PixelSamples read = Decode(builder.Build()).Samples;
                Assert.Equal((width, height), (read.Width, read.Height));
                Assert.Equal(Expected(samples, colorType, depth), AllSamples(read));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_independent_decoder_sees_the_same_picture(int colorType, int depth)
    {
        foreach ((int width, int height) in _sizes)
        {
            foreach (bool interlaced in new[] { false, true })
            {
                ushort[] samples = PngBuilder.Samples(width, height, Channels(colorType), depth);
                byte[] file = new PngBuilder(width, height, colorType, depth, samples)
                {
                    Interlaced = interlaced,
                    Palette = PaletteFor(colorType, depth),
                    Transparency = colorType == 3 ? [0, 100] : null,
                }.Build();
                ImageResult stb = ImageResult.FromMemory(file, ColorComponents.RedGreenBlueAlpha);
                AssertSame(stb, Decode(file).Samples.ToRgb(), depth);
            }
        }
    }

    [Theory]
    [InlineData("rendered/room.png")]
    [InlineData("rendered/meadow-depth16.png")]
    [InlineData("sd2-depth2img/old_man.png")]
    [InlineData("sd2-depth2img/merged-0000.png")]
    public void Sample_files_are_read_as_an_independent_decoder_reads_them(string sample)
    {
        byte[] file = File.ReadAllBytes(Repository.Samples(sample));
        PngImage png = Decode(file);
        AssertSame(ImageResult.FromMemory(file, ColorComponents.RedGreenBlueAlpha), png.Samples.ToRgb(), png.Header.BitDepth);
    }

    [Fact]
    public void A_transparent_colour_becomes_alpha_at_its_stored_depth()
    {
        Image gray = Decode(new PngBuilder(4, 1, 0, 2, [0, 1, 2, 3]) { Transparency = [0, 2] }.Build()).Samples.ToRgb();
        Assert.Equal([255, 255, 0, 255], gray.Alpha);
        Image rgb = Decode(new PngBuilder(2, 1, 2, 8, [1, 2, 3, 1, 2, 4]) { Transparency = [0, 1, 0, 2, 0, 4] }.Build()).Samples.ToRgb();
        Assert.Equal([255, 0], rgb.Alpha);
        // 300 and 301 are one 8-bit value; only one of them is transparent.
        Image deep = Decode(new PngBuilder(2, 1, 0, 16, [300, 301]) { Transparency = [1, 45] }.Build()).Samples.ToRgb();
        Assert.Equal([255, 0], deep.Alpha);
        Assert.Equal(deep.Pixels[0], deep.Pixels[3]);
    }

    [Fact]
    public void Sixteen_bits_are_rounded_to_the_nearest_of_eight()
    {
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        byte[] pixels = Decode(new PngBuilder(256, 256, 0, 16, all).Build()).Samples.ToRgb().Pixels;
        for (int v = 0; v < 65536; v++) Assert.Equal((byte)Math.Round(v * 255 / 65535.0), pixels[3 * v]);
    }

    [Fact]
    public void Gray_keeps_all_sixteen_bits()
    {
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        float[] gray = Decode(new PngBuilder(256, 256, 0, 16, all).Build()).Samples.ToGray();
        for (int v = 0; v < 65536; v++) Assert.Equal(v / 65535f, gray[v]);
    }

    [Fact]
    public void Colours_turn_gray_as_in_the_reference()
    {
        Image input = ImagesGolden.Input();
        float[] gray = new PixelSamples(input.Width, input.Height, 3, input.Pixels).ToGray();
        byte[] expected = ImagesGolden.Bytes("gray.rgb2l");
        for (int i = 0; i < gray.Length; i++) Assert.Equal(expected[i], gray[i] * 255, 1e-4f);
    }

    [Fact]
    public void Image_data_may_be_cut_into_chunks_anywhere()
    {
        ushort[] samples = PngBuilder.Samples(33, 17, 3, 8);
        byte[] whole = new PngBuilder(33, 17, 2, 8, samples) { ImageDataLength = 1 << 20 }.Build();
        byte[] crumbs = new PngBuilder(33, 17, 2, 8, samples) { ImageDataLength = 1 }.Build();
        Assert.Equal(Decode(whole).Samples.Bytes, Decode(crumbs).Samples.Bytes);

        List<(string Type, byte[] Data)> chunks = new PngBuilder(33, 17, 2, 8, samples).Chunks();
        chunks.Insert(1, ("IDAT", []));
        chunks.Insert(chunks.Count - 1, ("IDAT", []));
        Assert.Equal(Decode(whole).Samples.Bytes, Decode(PngBuilder.Assemble(chunks)).Samples.Bytes);
    }

    [Fact]
    public void Chunks_that_do_not_bear_on_the_pixels_are_passed_over()
    {
        ushort[] samples = PngBuilder.Samples(5, 4, 3, 8);
        byte[] file = new PngBuilder(5, 4, 2, 8, samples)
        {
            Extra = [("gAMA", [0, 0, 177, 143]), ("iCCP", [1, 2, 3]), ("acTL", [0, 0, 0, 2, 0, 0, 0, 0]), ("PLTE", [1, 2, 3]), ("aaAa", [])],
        }.Build();
        Assert.Equal(samples.Select(v => (byte)v), Decode(file).Samples.Bytes);
        Assert.Equal(samples.Select(v => (byte)v), Decode([.. file, 1, 2, 3]).Samples.Bytes);
    }

    [Fact]
    public void The_orientation_of_EXIF_is_found()
    {
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        Assert.Equal(6, Decode(new PngBuilder(2, 1, 0, 8, [1, 2]) { Extra = [("eXIf", exif)] }.Build()).Orientation);
        Assert.Equal(1, Decode(new PngBuilder(2, 1, 0, 8, [1, 2]) { Extra = [("eXIf", [1, 2])] }.Build()).Orientation);
    }

    internal static PngImage Decode(byte[] file) => PngDecoder.Decode(file, "a.png", ImageLimits.Default);

    private static int Channels(int colorType) => colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    private static byte[]? PaletteFor(int colorType, int depth)
    {
        if (colorType != 3) return null;
        byte[] palette = new byte[3 << depth];
        new System.Random(depth).NextBytes(palette);
        return palette;
    }

    /// <summary>Samples as the decoder should give them: spread to 8 bits, indices looked up.</summary>
    private static ushort[] Expected(ushort[] samples, int colorType, int depth)
    {
        if (colorType == 3) return [.. samples.SelectMany(index => PaletteFor(colorType, depth)!.Skip(3 * index).Take(3)).Select(v => (ushort)v)];
        return depth == 16 ? samples : [.. samples.Select(v => (ushort)(v * 255 / ((1 << depth) - 1)))];
    }

    private static ushort[] AllSamples(PixelSamples samples) => samples.Words ?? [.. samples.Bytes!.Select(v => (ushort)v)];

    private static void AssertSame(ImageResult stb, Image image, int depth)
    {
        Assert.Equal((stb.Width, stb.Height), (image.Width, image.Height));
        // Of 16 bits the other decoder keeps the high byte, which is within one of the nearest.
        int allowed = depth == 16 ? 1 : 0;
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            for (int c = 0; c < 3; c++) Assert.InRange(stb.Data[4 * i + c] - image.Pixels[3 * i + c], -allowed, allowed);
            Assert.InRange(stb.Data[4 * i + 3] - (image.Alpha?[i] ?? 255), -allowed, allowed);
        }
    }
}
