using System.Text;
using Depth2Img.Depth;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Depth;

public class PfmFileTests
{
    private static readonly byte[] _littleRows = Convert.FromHexString("00004040" + "00008040" + "0000803f" + "00000040"); // 3 4, 1 2
    private static readonly byte[] _bigRows = Convert.FromHexString("40400000" + "40800000" + "3f800000" + "40000000");

    [Fact]
    public void Rows_come_from_the_bottom_up_in_either_byte_order()
    {
        Assert.Equal([1, 2, 3, 4], Decode(Pfm("Pf\n2 2\n-1.0\n", _littleRows)).Values);
        Assert.Equal([1, 2, 3, 4], Decode(Pfm("Pf\n2 2\n1.0\n", _bigRows)).Values);
    }

    [Theory]
    [InlineData("Pf 2 2 -0.003922 ")]
    [InlineData("Pf\n2\n2\n-1e0\n")]
    [InlineData("Pf \n 2 \t2\r\n -1\n")]
    public void Blanks_and_scales_of_any_kind_are_read(string head) => Assert.Equal([1, 2, 3, 4], Decode(Pfm(head, _littleRows)).Values);

    [Theory]
    [InlineData("PF\n2 2\n-1\n", "in colour")]
    [InlineData("Pf\n60000 60000\n-1\n", "3600 megapixels")]
    [InlineData("Pf\n99999999999 1\n-1\n", "'99999999999'")]
    [InlineData("Pf\n-2 2\n-1\n", "'-2'")]
    [InlineData("Pf\n0 2\n-1\n", "at least 1")]
    [InlineData("Pf\n2 2\n0\n", "scale is '0'")]
    [InlineData("Pf\n2 2\nNaN\n", "scale is 'NaN'")]
    [InlineData("Pf\n2 2\n1e99\n", "scale is '1e99'")]
    [InlineData("Pf\n2 3\n-1\n", "2x3 values take 24 bytes and 16 are there")]
    [InlineData("Pf\n2 1\n-1\n", "8 bytes follow")]
    [InlineData("Pf\n1111111111111111111111111111111111 1\n-1\n", "no text")]
    public void Heads_that_are_no_depth_map_are_refused(string head, string part) => AssertRefused(Pfm(head, _littleRows), part);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] file = Pfm("Pf\n2 2\n-1.0\n", _littleRows);
        for (int length = 0; length < file.Length; length++) AssertRefused(file[..length], "a.npy");
    }

    [Fact]
    public void Infinite_depth_is_refused_with_its_place()
    {
        byte[] rows = [.. _littleRows];
        (rows[2], rows[3]) = (0x80, 0x7F);
        AssertRefused(Pfm("Pf\n2 2\n-1.0\n", rows), "column 0, row 1");
    }

    [Property(MaxTest = 300)]
    public void Chance_bytes_are_refused_or_read(byte[] bytes) => NpyFileTests.AssertBounded([.. "Pf\n"u8, .. bytes]);

    [Property(MaxTest = 500)]
    public void Damaged_files_are_refused_or_read((NonNegativeInt At, byte Value)[] changes)
    {
        byte[] file = Pfm("Pf\n2 2\n-1.0\n", _littleRows);
        foreach ((NonNegativeInt at, byte value) in changes) file[at.Get % file.Length] = value;
        NpyFileTests.AssertBounded(file);
    }

    private static byte[] Pfm(string head, byte[] rows) => [.. Encoding.ASCII.GetBytes(head), .. rows];

    private static DepthMap Decode(byte[] file) => DepthMapFile.Decode(file, "a.npy");

    private static void AssertRefused(byte[] file, string part)
    {
        var e = Assert.Throws<Depth2ImgException>(() => Decode(file));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }
}
