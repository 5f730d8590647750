using System.Buffers.Binary;
using System.Text;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_and_metadata_are_read_as_they_lie_in_the_file()
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Write("x.safetensors", SafetensorsBytes.Valid()));
        Assert.Equal(["a", "b"], file.Names.Order());
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(ElementType.Float32, file["a"].Type);
        Assert.Equal([2, 2], file["a"].Dimensions.ToArray());
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (byte)i), file["a"].Data.ToArray());
        Assert.Equal([17, 18, 19, 20, 21, 22], file["b"].Data.ToArray());
        Assert.True(file.Contains("a"));
        Assert.False(file.Contains("c"));
        Assert.Throws<KeyNotFoundException>(() => file["c"]);
    }

    // A name, a header, bytes of data.
    public static TheoryData<string, string, int> GoodHeaders() => new()
    {
        { "no tensor at all", "{}", 0 },
        { "blanks after the header", "{}      ", 0 },
        { "blanks between tokens", """{ "a" : { "shape" : [ 1 ] , "dtype" : "U8" , "data_offsets" : [ 0 , 1 ] } }""", 1 },
        { "a scalar", """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4 },
        { "a tensor of no elements between two others", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"z":{"dtype":"F32","shape":[0,4],"data_offsets":[1,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2 },
        { "an unaligned tensor", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""", 5 },
        { "a key of the future", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"later":{"x":[1]}}}""", 1 },
        { "offsets out of order", """{"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 2 },
        { "only metadata", """{"__metadata__":{}}""", 0 },
    };

    [Theory]
    [MemberData(nameof(GoodHeaders))]
    public void Unusual_but_valid_files_are_read(string name, string header, int dataLength)
    {
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Write(name + ".safetensors", SafetensorsBytes.Of(header, dataLength)));
        Assert.All(file.Names, tensor => Assert.Equal(file[tensor].Count * file[tensor].Type.SizeInBytes(), file[tensor].Data.Length));
    }

    // A name, a header, bytes of data, a part of the message.
    public static TheoryData<string, string, int, string> BadHeaders() => new()
    {
        { "header-array", "[1,2]", 0, "does not start" },
        { "header-not-json", "{\"a\":", 0, "not valid JSON" },
        { "header-empty", "", 0, "does not start" },
        { "header-followed", "{}{}", 0, "not valid JSON" },
        { "header-with-comment", "{}/* */", 0, "not valid JSON" },
        { "entry-no-object", """{"a":5}""", 0, "is no object" },
        { "entry-empty", """{"a":{}}""", 0, "lacks" },
        { "metadata-no-object", """{"__metadata__":[]}""", 0, "is no object" },
        { "metadata-number", """{"__metadata__":{"a":1}}""", 0, "is no text" },
        { "metadata-twice", """{"__metadata__":{},"__metadata__":{}}""", 0, "stands twice" },
        { "dtype-unknown", """{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "'F31'" },
        { "dtype-number", """{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}""", 4, "wrong kind" },
        { "shape-number", """{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "is no list" },
        { "shape-text", """{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "no number" },
        { "shape-fraction", """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}""", 6, "not whole" },
        { "shape-negative", """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "impossible size" },
        { "shape-negative-pair", """{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", 4, "impossible size" },
        { "shape-overflow", """{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4, "impossible size" },
        { "shape-beyond-64-bits", """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "not whole" },
        { "shape-against-size", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes" },
        { "shape-of-many", """{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1, "too many dimensions" },
        { "tensor-too-large", """{"a":{"dtype":"F32","shape":[1073741824],"data_offsets":[0,4294967296]}}""", 4, "is the most" },
        { "offsets-one", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "lacks" },
        { "offsets-three", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "lacks" },
        { "offsets-reversed", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "offsets are 4 to 0" },
        { "offsets-negative", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "offsets are -4 to 0" },
        { "offsets-overflow", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-9223372036854775808,9223372036854775807]}}""", 4, "offsets are" },
        { "offsets-overlap", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "overlap" },
        { "offsets-hole", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3, "hole" },
        { "offsets-late", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "hole" },
        { "data-truncated", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "cut short" },
        { "data-trailing", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "follow the last tensor" },
        { "key-twice", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "stands twice" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void A_broken_header_is_refused_with_its_cause(string name, string header, int dataLength, string cause) =>
        AssertRefused(_folder.Write(name + ".safetensors", SafetensorsBytes.Of(header, dataLength)), cause);

    [Fact]
    public void JSON_nested_beyond_reason_is_refused() =>
        AssertRefused(_folder.Write("deep.safetensors", SafetensorsBytes.Of("{\"a\":{\"x\":" + new string('[', 50_000), 0)), "not valid JSON");

    [Fact]
    public void Text_that_is_not_UTF8_is_refused() =>
        AssertRefused(_folder.Write("latin.safetensors", SafetensorsBytes.Of([(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 0)), "safetensors file");

    [Fact]
    public void A_name_of_megabytes_does_not_fill_the_message()
    {
        string header = "{\"" + new string('n', 3_000_000) + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        Assert.True(AssertRefused(_folder.Write("long.safetensors", SafetensorsBytes.Of(header, 8)), "takes 4 bytes").Length < 1000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_file_shorter_than_its_length_field_is_refused(int length) =>
        AssertRefused(_folder.Write("short.safetensors", new byte[length]), $"has {length} bytes");

    [Theory]
    [InlineData(101, "cut short")]
    [InlineData(100_000_001, "is the most")]
    [InlineData(long.MaxValue, "is the most")]
    [InlineData(-1, "is the most")]
    public void A_header_longer_than_the_file_or_the_limit_is_refused_before_memory_is_taken(long headerLength, string cause)
    {
        byte[] file = new byte[108];
        BinaryPrimitives.WriteInt64LittleEndian(file, headerLength);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(_folder.Write("header.safetensors", file), cause);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Every_cut_of_a_valid_file_is_refused()
    {
        byte[] valid = SafetensorsBytes.Valid();
        for (int length = 0; length < valid.Length; length++)
            Assert.Throws<Depth2ImgException>(() => SafetensorsFile.Open(_folder.Write("cut.safetensors", valid.AsSpan(0, length))));
    }

    [Fact]
    public void What_people_have_instead_of_a_checkpoint_is_named_with_the_remedy()
    {
        AssertRefused(_folder.File("none.safetensors"), "There is no file");
        AssertRefused(_folder.Path, "is a folder");
        AssertRefused(_folder.Write("empty.safetensors", []), "is empty");
        AssertRefused(_folder.Write("lfs.safetensors", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1361551360\n")), "git lfs pull");
        AssertRefused(_folder.Write("page.safetensors", Encoding.UTF8.GetBytes("\n<!DOCTYPE html><html><body>404</body></html>")), "web page");
        AssertRefused(_folder.Write("text.safetensors", Encoding.UTF8.GetBytes("This is a text and nothing else.")), "is no safetensors file");
    }

    [Fact]
    public void Tensors_of_a_closed_file_cannot_be_looked_at()
    {
        SafetensorsFile file = SafetensorsFile.Open(_folder.Write("x.safetensors", SafetensorsBytes.Valid()));
        WeightTensor a = file["a"];
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file["a"]);
        Assert.Throws<ObjectDisposedException>(() => a.ToFloats());
    }

    private static string AssertRefused(string path, string cause)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SafetensorsFile.Open(path));
        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
