using System.Buffers.Binary;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;

namespace Depth2Img.Tests.Imaging.Png;

/// <summary>Broken files are refused by a sentence that says what is wrong and where.</summary>
public class PngBrokenTests
{
    private static PngBuilder Sound() => new(33, 17, 2, 8, PngBuilder.Samples(33, 17, 3, 8)) { ImageDataLength = 500 };

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] file = Sound().Build();
        for (int length = 0; length < file.Length; length++) AssertRefused(file[..length], "a.png");
    }

    [Fact]
    public void A_cut_file_says_where_it_ends()
    {
        byte[] file = Sound().Build();
        AssertRefused(file[..100], "cut short: byte 33: IDAT takes 512 bytes and 67 are left");
        AssertRefused(file[..^12], "IEND is the last");
        AssertRefused(file[..^6], "inside a chunk's head");
        AssertRefused(file[..^3], "IEND takes 12 bytes and 9 are left");
    }

    [Fact]
    public void Any_damaged_byte_is_noticed_before_the_end()
    {
        byte[] file = Sound().Build();
        for (int i = 0; i < file.Length; i += 7)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0x10;
            AssertRefused(damaged, "a.png");
        }
    }

    [Fact]
    public void A_wrong_checksum_names_the_chunk()
    {
        byte[] file = Sound().Build();
        file[60] ^= 1;
        AssertRefused(file, "IDAT at byte 33: its checksum is");
    }

    [Fact]
    public void A_header_of_60000_by_60000_is_refused_before_memory_is_taken()
    {
        List<(string, byte[])> chunks = Sound().Chunks();
        chunks[0] = ("IHDR", PngBuilder.Header(60_000, 60_000, 8, 2));
        AssertRefused(PngBuilder.Assemble(chunks), "60000x60000 pixels, 3600 megapixels; at most 100 are read");
        // Below the limit, but more than these few bytes could hold.
        chunks[0] = ("IHDR", PngBuilder.Header(9_000, 9_000, 8, 2));
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(PngBuilder.Assemble(chunks), "cannot hold 9000x9000 pixels");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(0, 5, 8, 2, 0, 0, 0, "0x5 pixels")]
    [InlineData(5, -1, 8, 2, 0, 0, 0, "at most 65500")]
    [InlineData(65_501, 1, 8, 2, 0, 0, 0, "at most 65500")]
    [InlineData(5, 5, 4, 2, 0, 0, 0, "colour type 2 with 4 bits")]
    [InlineData(5, 5, 16, 3, 0, 0, 0, "colour type 3 with 16 bits")]
    [InlineData(5, 5, 8, 5, 0, 0, 0, "colour type 5")]
    [InlineData(5, 5, 0, 0, 0, 0, 0, "0 bits")]
    [InlineData(5, 5, 8, 2, 1, 0, 0, "compression method 1")]
    [InlineData(5, 5, 8, 2, 0, 1, 0, "filter method 1")]
    [InlineData(5, 5, 8, 2, 0, 0, 2, "interlace method 2")]
    public void A_header_that_the_standard_does_not_know_is_refused(int width, int height, int depth, int colorType, int compression, int filter, int interlace, string part)
    {
        List<(string, byte[])> chunks = Sound().Chunks();
        chunks[0] = ("IHDR", PngBuilder.Header(width, height, depth, colorType, compression, filter, interlace));
        AssertRefused(PngBuilder.Assemble(chunks), part);
    }

    [Fact]
    public void Chunks_out_of_place_are_refused()
    {
        List<(string Type, byte[] Data)> chunks = Sound().Chunks();
        AssertRefused(PngBuilder.Assemble(chunks[1..]), "IHDR must be the first");
        AssertRefused(PngBuilder.Assemble([chunks[0], .. chunks]), "second header");
        AssertRefused(PngBuilder.Assemble([chunks[0], chunks[^1]]), "without image data");
        AssertRefused(PngBuilder.Assemble([.. chunks[..2], ("tEXt", "a\0b"u8.ToArray()), .. chunks[2..]]), "tEXt came between");
        AssertRefused(PngBuilder.Assemble([chunks[0], ("CgBI", []), .. chunks[1..]]), "CgBI at byte 33");
        AssertRefused(PngBuilder.Assemble([chunks[0], ("a\u0001cd", []), .. chunks[1..]]), "a chunk's name should be here");
    }

    [Fact]
    public void Palettes_and_transparency_that_do_not_fit_are_refused()
    {
        AssertRefused(new PngBuilder(2, 1, 3, 8, [0, 1]).Build(), "no palette (PLTE)");
        AssertRefused(new PngBuilder(2, 1, 3, 8, [0, 2]) { Palette = [1, 2, 3, 4, 5, 6] }.Build(), "outside the palette");
        AssertRefused(new PngBuilder(2, 1, 3, 8, [0, 1]) { Palette = [1, 2, 3, 4] }.Build(), "4 bytes are no palette");
        AssertRefused(new PngBuilder(2, 1, 3, 8, [0, 0]) { Palette = [1, 2, 3], Transparency = [0, 0] }.Build(), "tRNS");
        AssertRefused(new PngBuilder(2, 1, 0, 8, [0, 1]) { Transparency = [0] }.Build(), "1 bytes do not fit");
    }

    [Fact]
    public void Image_data_that_are_not_what_the_header_says_are_refused()
    {
        List<(string Type, byte[] Data)> chunks = new PngBuilder(4, 4, 0, 8, PngBuilder.Samples(4, 4, 1, 8)).Chunks();
        byte[] rows = new byte[4 * 5];
        AssertRefused(Replaced(PngBuilder.Compress(rows[..^1])), "end before the last row");
        AssertRefused(Replaced("no zlib at all"u8.ToArray()), "compressed data are damaged");
        AssertRefused(Replaced([0x78, 0x20, 1, 2, 3, 4, 5, 6]), "compressed data are damaged"); // asks for a preset dictionary
        byte[] wrongFilter = [.. rows];
        wrongFilter[5] = 5;
        AssertRefused(Replaced(PngBuilder.Compress(wrongFilter)), "row filter 5");
        byte[] wrongSum = PngBuilder.Compress(rows);
        wrongSum[^1] ^= 1;
        AssertRefused(Replaced(wrongSum), "compressed data are damaged");
        // More than the header implies is never inflated.
        Assert.Equal(16, PngDecoderTests.Decode(Replaced(PngBuilder.Compress(new byte[50_000_000]))).Samples.Bytes!.Length);

        byte[] Replaced(byte[] data) => PngBuilder.Assemble([chunks[0], ("IDAT", data), chunks[^1]]);
    }

    [Fact]
    public void A_chunk_longer_than_the_standard_allows_is_refused()
    {
        byte[] file = Sound().Build();
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(33), 0xFFFFFFFF);
        AssertRefused(file, "longer than the standard allows");
    }

    private static void AssertRefused(byte[] file, string part)
    {
        var e = Assert.Throws<Depth2ImgException>(() => PngDecoder.Decode(file, "a.png", ImageLimits.Default));
        Assert.Contains("'a.png'", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
