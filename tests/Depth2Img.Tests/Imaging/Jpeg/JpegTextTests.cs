using System.Text;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Jpeg;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Comments and orientation.</summary>
public class JpegTextTests
{
    [Theory]
    [InlineData("a red house, seed 42")]
    [InlineData("Grüße, 写真, 🎨")]
    [InlineData("two\nlines")]
    public void Comment_comes_back(string comment)
    {
        byte[] file = JpegEncoderTests.Encode(TestPicture.Make(8, 8), new() { Comment = comment });
        Assert.Equal(comment, Decode(file).Comment);
    }

    [Theory]
    [InlineData(65_533)]
    [InlineData(65_534)]
    [InlineData(200_000)]
    public void Long_comment_is_split_and_put_together_again(int length)
    {
        // Three-byte characters, so that a split falls into one.
        string comment = "x" + new string('写', length / 3) + "end";
        Assert.Equal(comment, Decode(JpegEncoderTests.Encode(TestPicture.Make(8, 8), new() { Comment = comment })).Comment);
    }

    [Fact]
    public void No_comment_is_none() => Assert.Null(Decode(JpegEncoderTests.Encode(TestPicture.Make(8, 8), new())).Comment);

    [Fact]
    public void Comment_that_is_no_utf8_is_latin1()
    {
        byte[] file = JpegSurgery.InsertSegment(JpegEncoderTests.Encode(TestPicture.Make(8, 8), new()), JpegMarker.Comment, Encoding.Latin1.GetBytes("Grüße"));
        Assert.Equal("Grüße", Decode(file).Comment);
    }

    [Fact]
    public void Separate_comments_become_lines()
    {
        byte[] file = JpegEncoderTests.Encode(TestPicture.Make(8, 8), new() { Comment = "second" });
        Assert.Equal("first\nsecond", Decode(JpegSurgery.InsertSegment(file, JpegMarker.Comment, "first"u8.ToArray())).Comment);
    }

    [Fact]
    public void Comments_beyond_the_limit_are_dropped()
    {
        byte[] file = JpegEncoderTests.Encode(TestPicture.Make(8, 8), new() { Comment = new string('x', 200) });
        Assert.Null(JpegDecoder.Decode(file, "c.jpg", ImageLimits.Default with { MaxTextBytes = 100 }).Comment);
    }

    public static TheoryData<int, bool> Orientations()
    {
        TheoryData<int, bool> all = [];
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            all.Add(orientation, true);
            all.Add(orientation, false);
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Orientation_is_read_in_both_byte_orders(int orientation, bool littleEndian)
    {
        byte[] file = JpegSurgery.InsertSegment(
            JpegEncoderTests.Encode(TestPicture.Make(8, 8), new()), JpegMarker.App1, Exif((ushort)orientation, littleEndian));
        Assert.Equal(orientation, Decode(file).Orientation);
        using MemoryStream stream = new(file);
        ExifIfd0Directory directory = JpegMetadataReader.ReadMetadata(stream).OfType<ExifIfd0Directory>().Single();
        Assert.Equal(orientation, directory.GetInt32(ExifDirectoryBase.TagOrientation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public void Senseless_orientation_is_upright(int orientation) =>
        Assert.Equal(1, Decode(JpegSurgery.InsertSegment(
            JpegEncoderTests.Encode(TestPicture.Make(8, 8), new()), JpegMarker.App1, Exif((ushort)orientation, true))).Orientation);

    [Fact]
    public void File_without_exif_is_upright() => Assert.Equal(1, Decode(JpegEncoderTests.Encode(TestPicture.Make(8, 8), new())).Orientation);

    [Fact]
    public void Xmp_in_the_same_kind_of_segment_is_no_exif()
    {
        byte[] file = JpegSurgery.InsertSegment(JpegEncoderTests.Encode(TestPicture.Make(8, 8), new()), JpegMarker.App1, Exif(6, true));
        Assert.Equal(6, Decode(JpegSurgery.InsertSegment(file, JpegMarker.App1, "http://ns.adobe.com/xap/1.0/\0<x/>"u8.ToArray())).Orientation);
    }

    private static JpegImage Decode(byte[] file) => JpegDecoder.Decode(file, "text.jpg", ImageLimits.Default);

    private static byte[] Exif(ushort orientation, bool littleEndian)
    {
        byte[] tiff = littleEndian
            ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, (byte)(orientation >> 8), 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, (byte)(orientation >> 8), (byte)orientation, 0, 0, 0, 0, 0, 0];
        return [.. "Exif\0\0"u8, .. tiff];
    }
}
