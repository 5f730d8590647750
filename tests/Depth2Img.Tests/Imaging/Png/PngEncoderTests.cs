using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using FsCheck;
using FsCheck.Xunit;
using StbImageSharp;

namespace Depth2Img.Tests.Imaging.Png;

public class PngEncoderTests
{
    private static readonly (int Width, int Height)[] _sizes = [(1, 1), (3, 5), (4000, 20), (20, 400), (63, 64), (129, 33)];

    [Fact]
    public void RGB_and_RGBA_come_back_as_they_were_and_others_read_them_too()
    {
        foreach ((int width, int height) in _sizes)
        {
            Image opaque = Picture(width, height, alpha: false), transparent = Picture(width, height, alpha: true);
            foreach (Image image in new[] { opaque, transparent })
            {
                byte[] file = Encode(s => PngEncoder.Encode(s, image));
                Image read = PngDecoderTests.Decode(file).Samples.ToRgb();
                Assert.Equal(image.Pixels, read.Pixels);
                Assert.Equal(image.Alpha, read.Alpha);
                ImageResult stb = ImageResult.FromMemory(file);
                Assert.Equal(image.Alpha is null ? 3 : 4, (int)stb.Comp);
                Assert.Equal(image.Pixels, stb.Data.Where((_, i) => i % (int)stb.Comp < 3));
            }
        }
    }

    [Fact]
    public void Gray_comes_back_as_it_was_in_8_and_16_bits()
    {
        foreach ((int width, int height) in _sizes)
        {
            ushort[] words = PngBuilder.Samples(width, height, 1, 16);
            byte[] bytes = [.. PngBuilder.Samples(width, height, 1, 8).Select(v => (byte)v)];
            Assert.Equal(words, PngDecoderTests.Decode(Encode(s => PngEncoder.EncodeGray(s, width, height, words))).Samples.Words);
            byte[] file = Encode(s => PngEncoder.EncodeGray(s, width, height, bytes));
            Assert.Equal(bytes, PngDecoderTests.Decode(file).Samples.Bytes);
            Assert.Equal(bytes, ImageResult.FromMemory(file, ColorComponents.Grey).Data);
        }
    }

    [Property(MaxTest = 60)]
    public void Any_picture_comes_back_as_it_was(PositiveInt width, byte[] bytes)
    {
        if (bytes.Length == 0) return;
        // Runs of chance values and of repeated ones, so that every filter has its rows.
        byte[] pixels = new byte[3 * width.Get * bytes.Length];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(bytes[i / 3 / width.Get] * (i % 3) + bytes[i * 7 % bytes.Length] * (i / 50 % 3));
        Image image = new(width.Get, bytes.Length, pixels);
        Assert.Equal(pixels, PngDecoderTests.Decode(Encode(s => PngEncoder.Encode(s, image))).Samples.Bytes);
    }

    [Fact]
    public void Filters_make_smooth_pictures_small()
    {
        byte[] pixels = new byte[3 * 256 * 256];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i / 3 % 256 / 2 + i / 768 / 3);
        int length = Encode(s => PngEncoder.Encode(s, new Image(256, 256, pixels))).Length;
        Assert.InRange(length, 100, 3000);
    }

    [Fact]
    public void Texts_come_back_and_only_those_beyond_Latin1_are_international()
    {
        Dictionary<string, string> text = new()
        {
            ["prompt"] = "a caf\u00E9 at night\nwith two lines",
            ["negative"] = "",
            ["Title"] = "\u732B \U0001F408 \u2013 cat",
            ["control"] = "tab\tand\rreturn",
        };
        byte[] file = Encode(s => PngEncoder.Encode(s, Picture(3, 5, false), text));
        Assert.Equal(text, PngDecoderTests.Decode(file).Text);
        Assert.Equal(2, Count(file, "tEXt"u8));
        Assert.Equal(2, Count(file, "iTXt"u8));
    }

    [Property(MaxTest = 100)]
    public void Any_text_without_zero_characters_comes_back(NonNull<string> value)
    {
        string text = value.Get.Replace("\0", "", StringComparison.Ordinal);
        // Half a surrogate pair has no encoding; all else has.
        if (text.Any(char.IsSurrogate)) return;
        byte[] file = Encode(s => PngEncoder.EncodeGray(s, 1, 1, [7], new Dictionary<string, string> { ["k"] = value.Get }));
        Assert.Equal(text, PngDecoderTests.Decode(file).Text["k"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a  b")]
    [InlineData("a\nb")]
    [InlineData("\u732B")]
    public void Keywords_that_PNG_does_not_allow_are_refused_before_the_first_byte(string keyword)
    {
        using MemoryStream stream = new();
        Assert.Throws<ArgumentException>(() => PngEncoder.Encode(stream, Picture(1, 1, false), new Dictionary<string, string> { [keyword] = "x" }));
        Assert.Equal(0, stream.Length);
    }

    private static Image Picture(int width, int height, bool alpha)
    {
        byte[] pixels = [.. PngBuilder.Samples(width, height, 3, 8).Select(v => (byte)v)];
        return new Image(width, height, pixels, alpha ? [.. PngBuilder.Samples(width, height, 1, 8).Select(v => (byte)v)] : null);
    }

    private static byte[] Encode(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return stream.ToArray();
    }

    private static int Count(byte[] file, ReadOnlySpan<byte> type)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = file; rest.IndexOf(type) is >= 0 and int at; rest = rest[(at + 4)..]) count++;
        return count;
    }
}
