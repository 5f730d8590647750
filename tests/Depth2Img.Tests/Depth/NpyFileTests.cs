using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Depth2Img.Depth;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Depth;

public class NpyFileTests
{
    [Theory]
    [InlineData("<f4", "0000803f 00000040 000040c0")]
    [InlineData(">f4", "3f800000 40000000 c0400000")]
    [InlineData("<f2", "003c 0040 00c2")]
    [InlineData(">f2", "3c00 4000 c200")]
    [InlineData("<f8", "000000000000f03f 0000000000000040 00000000000008c0")]
    [InlineData(">f8", "3ff0000000000000 4000000000000000 c008000000000000")]
    [InlineData("|i1", "01 02 fd")]
    [InlineData("<i2", "0100 0200 fdff")]
    [InlineData(">i4", "00000001 00000002 fffffffd")]
    [InlineData("<i8", "0100000000000000 0200000000000000 fdffffffffffffff")]
    public void Every_signed_type_is_read_in_both_byte_orders(string type, string hex) =>
        Assert.Equal([1, 2, -3], Decode(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (1, 3), }}", Hex(hex))).Values);

    [Theory]
    [InlineData("|u1", "01 02 ff", 255)]
    [InlineData("<u2", "0100 0200 ffff", 65535)]
    [InlineData(">u4", "00000001 00000002 ffffffff", 4294967295f)]
    [InlineData("<u8", "0100000000000000 0200000000000000 ffffffffffffffff", 18446744073709551615f)]
    public void Unsigned_types_are_not_taken_for_signed(string type, string hex, float last) =>
        Assert.Equal([1, 2, last], Decode(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (1, 3), }}", Hex(hex))).Values);

    [Theory]
    [InlineData("(2, 3)", 3, 2)]
    [InlineData("(1, 2, 3)", 3, 2)]
    [InlineData("(2, 3, 1)", 3, 2)]
    [InlineData("(1, 1, 2, 3, 1)", 3, 2)]
    [InlineData("(6, 1)", 1, 6)]
    [InlineData("(1, 6)", 6, 1)]
    [InlineData("(2L, 3L)", 3, 2)]
    public void Dimensions_of_one_around_the_map_are_dropped(string shape, int width, int height)
    {
        DepthMap map = Decode(Npy($"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}", [1, 2, 3, 4, 5, 6]));
        Assert.Equal((width, height), (map.Width, map.Height));
        Assert.Equal([1, 2, 3, 4, 5, 6], map.Values);
    }

    [Fact]
    public void Fortran_order_is_turned_into_rows()
    {
        DepthMap map = Decode(Npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", [1, 4, 2, 5, 3, 6]));
        Assert.Equal([1, 2, 3, 4, 5, 6], map.Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_and_any_spelling_of_the_head_is_read(int version)
    {
        foreach (string head in new[] { "{'shape':(1,2),'fortran_order':False,\"descr\":\"|u1\"}", " { 'descr' : '|u1' , 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , }  \n" })
            Assert.Equal([8, 9], Decode(Npy(head, [8, 9], version)).Values);
    }

    [Fact]
    public void What_is_written_is_what_NumPy_writes()
    {
        using TestFile file = new("a.npy");
        DepthMapFile.Save(file.Path, new DepthMap(2, 1, [1, -2]));
        byte[] bytes = File.ReadAllBytes(file.Path);
        const string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(head.PadRight(117)), (byte)'\n', .. Hex("0000803f 000000c0")], bytes);
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 60000), }", "3600 megapixels")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999, 2), }", "at most 65500")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999, 2), }", "too large for any array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", "at least 1")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }", "whole numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "(height, width)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "(height, width)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2, 2), }", "(3, 2, 2)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "cut short: its shape (2, 2) takes 16 bytes and 4 are there")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2), }", "2 bytes follow")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2), }", "type 'c8'")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }", "type 'O'")]
    [InlineData("{'descr': 'f4', 'fortran_order': False, 'shape': (1, 2), }", "'f4'")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2), }", "records")]
    [InlineData("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 2), }", "True nor False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "lacks descr, fortran_order or shape")]
    [InlineData("{'descr': '<f4', 'extra': False, 'shape': (1, 2)}", "'extra'")]
    [InlineData("{'descr': '<f4' 'shape': (1, 2)}", "comma")]
    [InlineData("{'descr': '<f4", "without an end")]
    [InlineData("", "'{'")]
    [InlineData("{'shape': (1 2)}", "comma")]
    public void Heads_that_are_no_depth_map_are_refused(string head, string part) => AssertRefused(Npy(head, new byte[4]), part);

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] file = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", new byte[8]);
        for (int length = 0; length < file.Length; length++) AssertRefused(file[..length], "a.npy");
        file[6] = 4;
        AssertRefused(file, "version is 4");
    }

    [Theory]
    [InlineData("<f4", "0000803f 0000c07f", "NaN at column 1, row 0")]
    [InlineData("<f2", "003c 007c", "column 1, row 0")]
    [InlineData("<f8", "000000000000f03f 9c7500883ce4377e", "column 1, row 0")] // 1e300
    public void Values_that_are_not_finite_are_refused_with_their_place(string type, string hex, string part) =>
        AssertRefused(Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (1, 2), }}", Hex(hex)), part);

    [Property(MaxTest = 300)]
    public void Chance_bytes_are_refused_or_read(byte[] bytes, byte version)
    {
        AssertBounded([0x93, .. "NUMPY"u8, (byte)(version % 5), 0, .. bytes]);
        AssertBounded(Npy(Encoding.Latin1.GetString(bytes), [1, 2, 3, 4]));
    }

    [Property(MaxTest = 500)]
    public void Damaged_files_are_refused_or_read((NonNegativeInt At, byte Value)[] changes)
    {
        byte[] file = Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", new byte[8]);
        foreach ((NonNegativeInt at, byte value) in changes) file[at.Get % file.Length] = value;
        AssertBounded(file);
    }

    [Property(MaxTest = 100)]
    public void Any_map_comes_back_as_it_was(PositiveInt width, NormalFloat[] numbers)
    {
        float[] values = [.. numbers.Select(n => (float)n.Get).Where(float.IsFinite)];
        int columns = Math.Min(width.Get, values.Length);
        if (columns == 0) return;
        int rows = values.Length / columns;
        DepthMap map = new(columns, rows, values[..(columns * rows)]);
        foreach (string name in new[] { "a.npy", "a.pfm" })
        {
            using TestFile file = new(name);
            DepthMapFile.Save(file.Path, map);
            DepthMap read = DepthMapFile.Load(file.Path);
            Assert.Equal((columns, rows), (read.Width, read.Height));
            Assert.Equal(map.Values, read.Values);
        }
    }

    internal static void AssertBounded(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            DepthMap map = DepthMapFile.Decode(file, "a.npy");
            Assert.All(map.Values, v => Assert.True(float.IsFinite(v)));
        }
        catch (Depth2ImgException e)
        {
            Assert.Contains("'a.npy'", e.Message, StringComparison.Ordinal);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (1 << 20) + 64L * file.Length);
    }

    private static byte[] Npy(string head, byte[] data, int version = 1)
    {
        byte[] text = Encoding.Latin1.GetBytes(head);
        byte[] length = new byte[version == 1 ? 2 : 4];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data];
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", false, CultureInfo.InvariantCulture));

    private static DepthMap Decode(byte[] file) => DepthMapFile.Decode(file, "a.npy");

    private static void AssertRefused(byte[] file, string part)
    {
        var e = Assert.Throws<Depth2ImgException>(() => Decode(file));
        Assert.Contains("'a.npy'", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    private sealed class TestFile(string name) : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Path => _folder.File(name);

        public void Dispose() => _folder.Dispose();
    }
}
