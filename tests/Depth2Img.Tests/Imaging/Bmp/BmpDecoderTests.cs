using Depth2Img.Imaging;
using Depth2Img.TestSupport;
using StbImageSharp;
using Xunit.Abstractions;
using ImageInfo = Depth2Img.Imaging.ImageInfo;

namespace Depth2Img.Tests.Imaging.Bmp;

public sealed class BmpDecoderTests(ITestOutputHelper log)
{
    private static readonly (byte, byte, byte)[] _palette = [.. Enumerable.Range(0, 256).Select(i => ((byte)i, (byte)(255 - i), (byte)(i * 7)))];

    /// <summary>Files of every kind by name.</summary>
    private static readonly Dictionary<string, byte[]> _sound = new()
    {
        ["24 bits"] = new BmpBuilder(5, 3, 24) { Row = y => Bytes(15, y) }.Build(),
        ["24 bits from the top"] = new BmpBuilder(5, 3, 24) { TopDown = true, Row = y => Bytes(15, y) }.Build(),
        ["24 bits, OS/2"] = new BmpBuilder(5, 3, 24) { HeaderLength = 12, Row = y => Bytes(15, y) }.Build(),
        ["8 bits"] = new BmpBuilder(7, 4, 8) { Palette = _palette, Row = y => Bytes(7, y) }.Build(),
        ["8 bits, OS/2"] = new BmpBuilder(7, 4, 8) { HeaderLength = 12, Palette = _palette, Row = y => Bytes(7, y) }.Build(),
        ["4 bits"] = new BmpBuilder(7, 4, 4) { Palette = _palette[..16], Row = y => Bytes(4, y) }.Build(),
        ["1 bit"] = new BmpBuilder(19, 4, 1) { Palette = _palette[5..7], Row = y => Bytes(3, y) }.Build(),
        ["16 bits"] = new BmpBuilder(5, 3, 16) { Row = y => Bytes(10, y) }.Build(),
        ["32 bits"] = new BmpBuilder(5, 3, 32) { Row = y => Bytes(20, y) }.Build(),
        ["16 bits by masks"] = new BmpBuilder(5, 3, 16) { Compression = 3, Masks = [0xF800, 0x7E0, 0x1F], Row = y => Bytes(10, y) }.Build(),
        ["32 bits by masks"] = new BmpBuilder(5, 3, 32) { Compression = 3, Masks = [0xFF, 0xFF00, 0xFF0000], Row = y => Bytes(20, y) }.Build(),
        ["32 bits with alpha"] = new BmpBuilder(5, 3, 32) { HeaderLength = 124, Compression = 3, Masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000], Row = y => Bytes(20, y) }.Build(),
        ["8 bits in runs"] = new BmpBuilder(6, 3, 8) { Compression = 1, Palette = _palette, Data = [6, 9, 0, 0, 0, 3, 1, 2, 3, 0, 3, 4, 0, 0, 2, 7, 0, 2, 2, 0, 2, 8, 0, 1] }.Build(),
        ["4 bits in runs"] = new BmpBuilder(6, 3, 4) { Compression = 2, Palette = _palette[..16], Data = [6, 0x9A, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 1, 0x60, 0, 0, 6, 0x78, 0, 1] }.Build(),
    };

    [Theory]
    [InlineData("24 bits")]
    [InlineData("24 bits from the top")]
    [InlineData("24 bits, OS/2")]
    [InlineData("8 bits")]
    [InlineData("4 bits")]
    [InlineData("1 bit")]
    [InlineData("16 bits")]
    [InlineData("16 bits by masks")]
    [InlineData("32 bits by masks")]
    [InlineData("32 bits with alpha")]
    public void Another_decoder_gives_the_same_pixels(string kind)
    {
        DecodedImage decoded = ImageFile.Decode(_sound[kind], "a.bmp");
        Image image = decoded.ToRgb();
        Assert.Equal((ImageFormat.Bmp, 8), (decoded.Format, decoded.BitDepth));
        Assert.Equal(new ImageInfo(ImageFormat.Bmp, image.Width, image.Height), ImageFile.Identify(_sound[kind], "a.bmp"));
        ImageResult expected = ImageResult.FromMemory(_sound[kind], ColorComponents.RedGreenBlueAlpha);
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            // It spreads 5 and 6 bits by repeating them, which differs from rounding by one at most.
            for (int c = 0; c < 3; c++) Assert.InRange(image.Pixels[3 * i + c] - expected.Data[4 * i + c], -1, 1);
            Assert.Equal(expected.Data[4 * i + 3], image.Alpha?[i] ?? 255);
        }
    }

    [Fact]
    public void The_fourth_byte_of_32_bits_is_no_alpha_unless_a_mask_says_so()
    {
        Assert.Null(ImageFile.Decode(_sound["32 bits"], "a.bmp").ToRgb().Alpha);
        byte[] empty = new BmpBuilder(2, 1, 32) { HeaderLength = 124, Compression = 3, Masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000], Row = _ => [1, 2, 3, 0, 4, 5, 6, 0] }.Build();
        Image opaque = ImageFile.Decode(empty, "a.bmp").ToRgb();
        Assert.Null(opaque.Alpha);
        Assert.Equal([3, 2, 1, 6, 5, 4], opaque.Pixels);
    }

    [Fact]
    public void Runs_escapes_and_skips_are_followed()
    {
        // Rows lie from the bottom; what is skipped has the first colour.
        Assert.Equal("770088|123444|999999", Indices("8 bits in runs", skipped: true));
        Assert.Equal("787878|123456|9A9A9A", Indices("4 bits in runs", skipped: false));
    }

    [Fact]
    public void Palettes_of_OS2_have_three_bytes_a_colour() =>
        Assert.Equal(ImageFile.Decode(_sound["8 bits"], "a.bmp").ToRgb().Pixels, ImageFile.Decode(_sound["8 bits, OS/2"], "a.bmp").ToRgb().Pixels);

    [Fact]
    public void Colours_of_5_bits_are_spread_to_all_of_8()
    {
        byte[] file = new BmpBuilder(2, 1, 16) { Row = _ => [0xFF, 0x7F, 0x21, 0x04] }.Build();
        Assert.Equal([255, 255, 255, 8, 8, 8], ImageFile.Decode(file, "a.bmp").ToRgb().Pixels);
    }

    [Fact]
    public void What_cannot_be_read_is_refused_by_a_sentence()
    {
        byte[] sound = _sound["24 bits"];
        AssertRefused("cut short", sound[..^1]);
        AssertRefused("cut short", sound[..30]);
        AssertRefused("bits a pixel do not exist", new BmpBuilder(5, 3, 25) { Row = y => Bytes(16, y) }.Build());
        AssertRefused("compression 4", new BmpBuilder(5, 3, 24) { Compression = 4, Row = y => Bytes(16, y) }.Build());
        AssertRefused("masks", new BmpBuilder(5, 3, 16) { Compression = 3, Masks = [0xF800, 0xFE0, 0x1F], Row = y => Bytes(10, y) }.Build());
        AssertRefused("masks", new BmpBuilder(5, 3, 16) { Compression = 3, Masks = [0xF800, 0x5A0, 0x1F], Row = y => Bytes(10, y) }.Build());
        AssertRefused("no palette", new BmpBuilder(7, 4, 8) { Row = y => Bytes(7, y) }.Build());
        AssertRefused("palette of 3", new BmpBuilder(7, 4, 8) { Palette = _palette[..3], Row = y => Bytes(7, y) }.Build());
        AssertRefused("at least 1", new BmpBuilder(0, 3, 24).Build());
        AssertRefused("megapixels", new BmpBuilder(60_000, 60_000, 8) { Compression = 1, Palette = _palette, Data = [0, 1] }.Build());
        AssertRefused("its runs end in row 1", new BmpBuilder(6, 3, 8) { Compression = 1, Palette = _palette, Data = [6, 9, 0, 0] }.Build());
    }

    [Fact]
    public void A_header_takes_no_memory_that_the_file_cannot_fill()
    {
        foreach (byte[] file in new[] { new BmpBuilder(9000, 9000, 24) { Data = [1, 2, 3] }.Build(), new BmpBuilder(9000, 9000, 8) { Compression = 1, Palette = _palette, Data = [0, 1] }.Build() })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            AssertRefused("cut short", file);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_in_bounded_memory() =>
        MutationFuzzer.Run(log, 4000, [.. _sound.Values], file => ImageFile.Decode(file, "a.bmp").ToRgb());

    /// <summary>The indices row by row from the top, as hexadecimal digits.</summary>
    private static string Indices(string kind, bool skipped)
    {
        Image image = ImageFile.Decode(_sound[kind], "a.bmp").ToRgb();
        string text = string.Join('|', Enumerable.Range(0, image.Height).Select(y => string.Concat(Enumerable.Range(0, image.Width).Select(x => image.Pixels[3 * (y * image.Width + x)].ToString("X", System.Globalization.CultureInfo.InvariantCulture)))));
        Assert.Equal(skipped, text.Contains('0', StringComparison.Ordinal));
        return text;
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new System.Random(seed + 1).NextBytes(bytes);
        return bytes;
    }

    private static void AssertRefused(string part, byte[] file)
    {
        var e = Assert.ThrowsAny<Depth2ImgException>(() => ImageFile.Decode(file, "a.bmp"));
        Assert.Contains("'a.bmp'", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
