using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Restart markers and what they are for: going on behind damage.</summary>
public class JpegRestartTests
{
    private const int Side = 160; // 20 x 20 MCUs, an interval a row

    private static byte[] File(bool progressive) => ReferenceJpeg.Encode(TestPicture.Samples(Side, Side, 3), Side, Side,
        new(["1x1", "1x1", "1x1"], Progressive: progressive, RestartInterval: 20));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(18)]
    public void Damage_in_one_interval_harms_only_its_row(int row)
    {
        byte[] file = File(progressive: false);
        (int begin, int end) = Interval(file, row);
        for (int i = begin + 10; i < begin + 40; i++) file[i] = (byte)(i * 37 | 1);
        // What follows the damage in its interval is gone.
        file = [.. file[..(begin + 40)], .. file[end..]];
        AssertOnlyRowsDiffer(file, row, row);
    }

    [Fact]
    public void Lost_restart_marker_is_made_up_for_by_the_next()
    {
        byte[] file = File(progressive: false);
        (_, int end) = Interval(file, 7);
        AssertOnlyRowsDiffer([.. file[..end], .. file[(end + 2)..]], 8, 8);
    }

    [Fact]
    public void Lost_interval_is_found_missing_by_the_markers_number()
    {
        byte[] file = File(progressive: false);
        (int begin, int end) = Interval(file, 7);
        // From the marker before to the marker behind.
        AssertOnlyRowsDiffer([.. file[..(begin - 2)], .. file[(end)..]], 7, 7);
    }

    [Fact]
    public void Interval_that_stands_twice_is_read_once()
    {
        byte[] file = File(progressive: false);
        (int begin, int end) = Interval(file, 7);
        byte[] doubled = [.. file[..end], .. file[(begin - 2)..]];
        Assert.Equal(
            JpegDecoder.Decode(file, "good.jpg", ImageLimits.Default).ToRgb().Pixels,
            JpegDecoder.Decode(doubled, "doubled.jpg", ImageLimits.Default).ToRgb().Pixels);
    }

    [Fact]
    public void Damage_in_a_progressive_file_is_passed_over_too()
    {
        byte[] file = File(progressive: true);
        (int begin, int end) = Interval(file, 5);
        byte[] damaged = [.. file[..(begin + 2)], .. file[end..]];
        AssertOnlyRowsDiffer(damaged, 5, 5, file);
    }

    [Fact]
    public void Damage_of_more_than_a_tenth_is_refused()
    {
        byte[] file = File(progressive: false);
        foreach (int row in new[] { 15, 10, 5 })
        {
            (int begin, int end) = Interval(file, row);
            file = [.. file[..(begin + 2)], .. file[end..]];
        }
        string message = Assert.Throws<Depth2ImgException>(() => JpegDecoder.Decode(file, "bad.jpg", ImageLimits.Default)).Message;
        Assert.Contains("of a scan's 400 MCUs are damaged", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_markers_do_not_make_a_cut_file_whole()
    {
        byte[] file = File(progressive: false);
        (int begin, _) = Interval(file, 19);
        Assert.Throws<Depth2ImgException>(() => JpegDecoder.Decode(file.AsSpan(0, begin + 5), "cut.jpg", ImageLimits.Default));
        Assert.Throws<Depth2ImgException>(() => JpegDecoder.Decode([.. file[..(begin + 5)], 0xFF, JpegMarker.EndOfImage], "cut.jpg", ImageLimits.Default));
    }

    private static void AssertOnlyRowsDiffer(byte[] damaged, int firstRow, int lastRow, byte[]? good = null)
    {
        JpegImage image = JpegDecoder.Decode(damaged, "damaged.jpg", ImageLimits.Default);
        Assert.NotNull(image.Warning);
        Assert.Contains("damaged.jpg", image.Warning, StringComparison.Ordinal);
        byte[] expected = JpegDecoder.Decode(good ?? File(progressive: false), "good.jpg", ImageLimits.Default).ToRgb().Pixels;
        byte[] actual = image.ToRgb().Pixels;
        const int RowBytes = 3 * Side * 8;
        for (int row = 0; row < Side / 8; row++)
        {
            bool same = actual.AsSpan(row * RowBytes, RowBytes).SequenceEqual(expected.AsSpan(row * RowBytes, RowBytes));
            Assert.Equal(row < firstRow || row > lastRow, same);
        }
    }

    /// <summary>Where an interval of the first scan begins and where the marker behind it stands.</summary>
    private static (int Begin, int End) Interval(byte[] file, int number)
    {
        int at = JpegSurgery.ScanData(file), begin = at;
        while (true)
        {
            while (file[at] != 0xFF || file[at + 1] == 0) at++;
            if (number-- == 0) return (begin, at);
            at += 2;
            begin = at;
        }
    }
}
