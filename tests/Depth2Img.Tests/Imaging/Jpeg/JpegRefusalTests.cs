using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

public class JpegRefusalTests
{
    private static readonly byte[] Good = ReferenceJpeg.Encode(TestPicture.Samples(40, 24, 3), 40, 24, new(["2x2", "1x1", "1x1"]));
    private static readonly byte[] Progressive = ReferenceJpeg.Encode(TestPicture.Samples(40, 24, 3), 40, 24, new(["2x2", "1x1", "1x1"], Progressive: true));

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    [InlineData(0xC9, "arithmetic-coded")]
    [InlineData(0xCA, "arithmetic-coded")]
    [InlineData(0xCB, "lossless with arithmetic coding")]
    [InlineData(0xCF, "hierarchical lossless with arithmetic coding")]
    public void Coding_process_that_is_not_supported_is_named(byte frame, string process)
    {
        byte[] file = [.. Good];
        file[JpegSurgery.Find(file, JpegMarker.BaselineFrame) + 1] = frame;
        AssertRefused(file, process);
        Assert.Contains(process, Assert.Throws<Depth2ImgException>(() => JpegDecoder.Identify(file, "x.jpg")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twelve_bits_a_sample_are_named() => AssertRefused(JpegSurgery.Patch(Good, JpegMarker.BaselineFrame, 0, 12), "12 bits a sample");

    [Fact]
    public void Height_told_later_is_named()
    {
        byte[] file = JpegSurgery.Patch(JpegSurgery.Patch(Good, JpegMarker.BaselineFrame, 1, 0), JpegMarker.BaselineFrame, 2, 0);
        AssertRefused(file, "DNL");
    }

    [Theory]
    [InlineData(JpegMarker.QuantizationTables, "quantisation table")]
    [InlineData(JpegMarker.HuffmanTables, "Huffman table")]
    [InlineData(JpegMarker.BaselineFrame, "before the frame header")]
    public void Missing_segment_is_named(byte marker, string what)
    {
        int scan = JpegSurgery.Find(Good, JpegMarker.StartOfScan);
        // Tables are spread over several segments.
        byte[] headers = Good[..scan];
        while (JpegSurgery.Find([.. headers, 0xFF, marker], marker) < headers.Length) headers = JpegSurgery.Remove(headers, marker);
        AssertRefused([.. headers, .. Good[scan..]], what);
    }

    [Theory]
    [InlineData(4, 0, "width is 0")]
    [InlineData(7, 0x05, "sampling factors 0x5")]
    [InlineData(7, 0x10, "sampling factors 1x0")]
    [InlineData(8, 4, "quantisation table 4")]
    [InlineData(8, 3, "quantisation table 3 is missing")]
    [InlineData(9, 1, "two components")]
    [InlineData(5, 2, "2 colour components")]
    [InlineData(5, 4, "frame header has")]
    public void Frame_header_that_cannot_be_is_refused(int offset, byte value, string what) =>
        AssertRefused(JpegSurgery.Patch(Good, JpegMarker.BaselineFrame, offset, value), what);

    [Theory]
    [InlineData(0, 0, "scan header")]
    [InlineData(0, 5, "scan header")]
    [InlineData(1, 77, "component 77")]
    [InlineData(3, 1, "component 1 twice")]
    [InlineData(2, 0x40, "Huffman table above 3")]
    [InlineData(2, 0x30, "DC 3 is missing")]
    [InlineData(2, 0x03, "AC 3 is missing")]
    public void Scan_header_that_does_not_fit_is_refused(int offset, byte value, string what) =>
        AssertRefused(JpegSurgery.Patch(Good, JpegMarker.StartOfScan, offset, value), what);

    [Theory]
    [InlineData(8, 5)] // DC with AC
    [InlineData(9, 0x0E)] // bit 14
    [InlineData(9, 0x31)] // from bit 3 to bit 1
    public void Progression_that_cannot_be_is_refused(int offset, byte value) =>
        AssertRefused(JpegSurgery.Patch(Progressive, JpegMarker.StartOfScan, offset, value), "a progressive scan of 3 components");

    [Fact]
    public void Scan_that_comes_twice_is_refused()
    {
        int begin = JpegSurgery.Find(Progressive, JpegMarker.StartOfScan);
        int end = JpegSurgery.Find(Progressive, JpegMarker.HuffmanTables, begin);
        AssertRefused([.. Progressive[..end], .. Progressive[begin..]], "out of turn");
        begin = JpegSurgery.Find(Good, JpegMarker.StartOfScan);
        AssertRefused([.. Good[..^2], .. Good[begin..]], "out of turn");
    }

    [Fact]
    public void Component_without_a_scan_is_refused()
    {
        byte[] file = new HandmadeJpeg(16, 16, (1, 1), (1, 1), (1, 1)) { Interleaved = false }.Write();
        int second = JpegSurgery.Find(file, JpegMarker.StartOfScan, JpegSurgery.Find(file, JpegMarker.StartOfScan) + 2);
        AssertRefused([.. file[..second], 0xFF, JpegMarker.EndOfImage], "component 2 has no scan");
    }

    [Theory]
    [InlineData(JpegMarker.QuantizationTables, 5, 0, "holds a zero")]
    [InlineData(JpegMarker.QuantizationTables, 0, 0x20, "precision 2")]
    [InlineData(JpegMarker.QuantizationTables, 0, 0x04, "quantisation table 4")]
    [InlineData(JpegMarker.QuantizationTables, 0, 0x10, "64 bytes of 128")]
    [InlineData(JpegMarker.HuffmanTables, 0, 0x20, "of class 2")]
    [InlineData(JpegMarker.HuffmanTables, 0, 0x04, "Huffman table 4")]
    [InlineData(JpegMarker.HuffmanTables, 1, 200, "promises")]
    [InlineData(JpegMarker.HuffmanTables, 17, 16, "at most 15 bits")]
    public void Table_that_cannot_be_is_refused(byte marker, int offset, byte value, string what) =>
        AssertRefused(JpegSurgery.Patch(Good, marker, offset, value), what);

    [Fact]
    public void Second_frame_is_refused()
    {
        int at = JpegSurgery.Find(Good, JpegMarker.BaselineFrame);
        AssertRefused(JpegSurgery.Insert(Good, at, Good[at..(at + 19)]), "second frame");
    }

    [Theory]
    [InlineData(JpegMarker.BaselineFrame)]
    [InlineData(JpegMarker.ProgressiveFrame)]
    public void Huge_size_is_refused_before_memory_is_taken(byte frame)
    {
        byte[] huge = JpegSurgery.Patch(Good, JpegMarker.BaselineFrame, 1, 60000 >> 8);
        huge = JpegSurgery.Patch(huge, JpegMarker.BaselineFrame, 2, 60000 & 255);
        huge = JpegSurgery.Patch(huge, JpegMarker.BaselineFrame, 3, 60000 >> 8);
        huge = JpegSurgery.Patch(huge, JpegMarker.BaselineFrame, 4, 60000 & 255);
        huge[JpegSurgery.Find(huge, JpegMarker.BaselineFrame) + 1] = frame;
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(huge, "60000x60000");
        Assert.Equal((60000, 60000), JpegDecoder.Identify(huge, "x.jpg"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Size_within_the_limits_that_the_file_cannot_hold_is_refused_before_memory_is_taken()
    {
        byte[] large = JpegSurgery.Patch(JpegSurgery.Patch(Good, JpegMarker.BaselineFrame, 1, 0x20), JpegMarker.BaselineFrame, 3, 0x20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(large, "takes more than the");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Picture_above_the_callers_limit_is_refused() =>
        Assert.Throws<Depth2ImgException>(() => JpegDecoder.Decode(Good, "x.jpg", ImageLimits.Default with { MaxPixels = 40 * 24 - 1 }));

    [Fact]
    public void More_scans_than_any_encoder_makes_are_refused()
    {
        // 63 scans of one coefficient each for one component, and again for the next.
        byte[] file = ReferenceJpeg.Encode(TestPicture.Samples(8, 8, 3), 8, 8, new(["1x1", "1x1", "1x1"], Progressive: true));
        int scan = JpegSurgery.Find(file, JpegMarker.StartOfScan);
        int end = JpegSurgery.Find(file, JpegMarker.HuffmanTables, scan);
        List<byte> bomb = [.. file[..end]];
        // One AC table with the single code 0 for "end of block".
        bomb.AddRange([0xFF, JpegMarker.HuffmanTables, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00]);
        foreach (byte component in new byte[] { 1, 2 })
        {
            for (byte k = 1; k < 64; k++) bomb.AddRange([0xFF, JpegMarker.StartOfScan, 0, 8, 1, component, 0, k, k, 0, 0x7F]);
        }
        bomb.AddRange([0xFF, JpegMarker.EndOfImage]);
        AssertRefused([.. bomb], "more than 100 scans");
    }

    [Fact]
    public void Broken_bits_are_refused_with_their_place()
    {
        // A table whose only code is 0 leaves 1 without meaning.
        byte[] file = new HandmadeJpeg(16, 24, (1, 1)) { Block = (_, _, _) => new short[64] }.Write();
        int data = JpegSurgery.ScanData(file);
        file[data] = 0x0F; // four bits for the first row of two blocks, then nonsense
        AssertRefused(file, "a scan of 3 MCU rows is damaged in row 2");
    }

    [Fact]
    public void Cut_scan_is_refused_with_its_place()
    {
        int data = JpegSurgery.ScanData(Good);
        AssertRefused(Good[..(data + 12)], "a scan of 2 MCU rows ends in row 1, where the file ends");
        AssertRefused([.. Good[..(data + 12)], 0xFF, JpegMarker.EndOfImage], "a scan of 2 MCU rows ends in row 1, where the marker FF D9 stands");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_anywhere_a_file_is_refused_unless_only_the_end_marker_is_missing(bool progressive)
    {
        byte[] file = progressive ? Progressive : Good;
        byte[] whole = JpegDecoder.Decode(file, "whole.jpg", ImageLimits.Default).ToRgb().Pixels;
        for (int length = 0; length < file.Length; length++)
        {
            if (length >= file.Length - 2)
                Assert.Equal(whole, JpegDecoder.Decode(file.AsSpan(0, length), "cut.jpg", ImageLimits.Default).ToRgb().Pixels);
            else
                AssertRefused(file[..length], "cut.jpg");
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47 })]
    public void Something_else_is_no_jpeg(byte[] data)
    {
        AssertRefused(data, "is no JPEG");
        Assert.Throws<Depth2ImgException>(() => JpegDecoder.Identify(data, "x.jpg"));
    }

    [Fact]
    public void Fill_bytes_and_unknown_segments_are_passed_over()
    {
        byte[] file = JpegSurgery.InsertSegment(JpegSurgery.InsertSegment(Good, 0xE7, 1, 2, 3), 0xE2, [.. "ICC_PROFILE\0"u8]);
        file = JpegSurgery.Insert(file, JpegSurgery.Find(file, JpegMarker.StartOfScan), 0xFF, 0xFF, 0xFF);
        file = JpegSurgery.Insert(file, file.Length - 2, 0xFF, 0xFF);
        file = [.. file, .. "anything"u8];
        Assert.Equal(
            JpegDecoder.Decode(Good, "good.jpg", ImageLimits.Default).ToRgb().Pixels,
            JpegDecoder.Decode(file, "filled.jpg", ImageLimits.Default).ToRgb().Pixels);
    }

    private static void AssertRefused(byte[] file, string what)
    {
        string message = Assert.Throws<Depth2ImgException>(() => JpegDecoder.Decode(file, "cut.jpg", ImageLimits.Default)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains("'cut.jpg'", message, StringComparison.Ordinal);
    }
}
