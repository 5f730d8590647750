using System.Buffers.Binary;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly WeightTensor[] Mixed =
    [
        new("flags", ElementType.Bool, [3], new byte[] { 1, 0, 1 }),
        new("half", ElementType.Float16, [1], new byte[] { 0, 0x3C }),
        WeightTensor.FromFloats("weight", [2, 2], [1, 2, 3, float.NaN]),
        new("ids", ElementType.Int64, [1], BitConverter.GetBytes(-5L)),
        new("brain", ElementType.BFloat16, [], new byte[] { 0x80, 0x3F }),
        new("nothing", ElementType.Float32, [0, 7], ReadOnlyMemory<byte>.Empty),
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_tensor_lies_at_a_multiple_of_its_element_size()
    {
        using MemoryStream stream = new();
        SafetensorsWriter.Write(stream, Mixed);
        byte[] bytes = stream.ToArray();
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, headerLength % 8);
        var (entries, _) = SafetensorsHeader.Parse(bytes.AsSpan(8, (int)headerLength), bytes.Length - 8 - headerLength, "stream");
        Assert.Equal(Mixed.Length, entries.Count);
        Assert.All(entries, e => Assert.Equal(0, e.Begin % e.Type.SizeInBytes()));
    }

    [Fact]
    public void The_same_tensors_in_another_order_give_the_same_bytes()
    {
        using MemoryStream first = new(), second = new();
        SafetensorsWriter.Write(first, Mixed);
        SafetensorsWriter.Write(second, [.. Mixed.Reverse()]);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void An_existing_file_is_replaced_and_nothing_else_stays_in_the_folder()
    {
        string path = _folder.Write("x.safetensors", [1, 2, 3]);
        SafetensorsWriter.Write(path, Mixed, new Dictionary<string, string> { ["title"] = "Ä \"quoted\"\n\u0001" });
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal("Ä \"quoted\"\n\u0001", file.Metadata["title"]);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_may_be_rewritten_from_its_own_tensors()
    {
        if (OperatingSystem.IsWindows()) return; // which does not let a mapped file be replaced
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, Mixed);
        using (SafetensorsFile old = SafetensorsFile.Open(path))
            SafetensorsWriter.Write(path, [old["weight"], old["ids"]]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(["ids", "weight"], file.Names.Order());
        Assert.Equal([1, 2, 3, float.NaN], file["weight"].ToFloats());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-1)]
    public void A_full_disk_leaves_the_old_file_and_nothing_else(int capacity)
    {
        using MemoryStream whole = new();
        SafetensorsWriter.Write(whole, Mixed);
        if (capacity < 0) capacity += (int)whole.Length;
        string path = _folder.Write("x.safetensors", SafetensorsBytes.Valid());
        Depth2ImgException error = Assert.ThrowsAny<Depth2ImgException>(() =>
            SafetensorsWriter.Write(path, Mixed, null, temporary => new SmallDisk(temporary, capacity)));
        Assert.Contains("x.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(SafetensorsBytes.Valid(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_stream_that_takes_no_more_says_so_itself()
    {
        using SmallDisk disk = new(_folder.File("disk"), 50);
        Assert.Throws<IOException>(() => SafetensorsWriter.Write(disk, Mixed));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused()
    {
        Assert.Contains("is a folder", Assert.ThrowsAny<Depth2ImgException>(() => SafetensorsWriter.Write(_folder.Path, Mixed)).Message, StringComparison.Ordinal);
        Assert.Contains("no folder", Assert.ThrowsAny<Depth2ImgException>(() => SafetensorsWriter.Write(_folder.File("none/x.safetensors"), Mixed)).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("cannot be written", Assert.ThrowsAny<Depth2ImgException>(() => SafetensorsWriter.Write("/proc/x.safetensors", Mixed)).Message, StringComparison.Ordinal);
            Assert.Contains("disk is full", Assert.ThrowsAny<Depth2ImgException>(() => SafetensorsWriter.Write("/dev/full", Mixed)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_that_cannot_all_be_kept_are_refused_before_anything_is_written()
    {
        WeightTensor reserved = WeightTensor.FromFloats("__metadata__", [1], [1]);
        string path = _folder.File("x.safetensors");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [Mixed[0], Mixed[0]]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [reserved]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [WeightTensor.FromFloats("half a pair \ud83d", [1], [1])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, Mixed, new Dictionary<string, string> { ["a"] = "\udc00" }));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    /// <summary>A file that takes so many bytes and then fails as a full disk does.</summary>
    private sealed class SmallDisk(string path, int capacity) : FileStream(path, FileMode.CreateNew, FileAccess.Write)
    {
        private int _left = capacity;

        // Where a class derives from FileStream, its writes of spans come here too.
        public override void Write(byte[] buffer, int offset, int count)
        {
            int fits = Math.Min(_left, count);
            base.Write(buffer, offset, fits);
            _left -= fits;
            if (fits < count) throw new IOException("No space left on device");
        }
    }
}
