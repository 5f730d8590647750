using Depth2Img.IO;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_whole_file_is_written_and_nothing_else_is_left()
    {
        AtomicFile.Write(_folder.File("a.bin"), s => s.Write([1, 2, 3]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder.File("a.bin")));
        Assert.Equal(["a.bin"], _folder.Names);
    }

    [Fact]
    public void An_existing_file_is_refused_and_kept_unless_it_may_be_overwritten()
    {
        string path = _folder.Write("a.bin", [9]);
        AssertRefused("exists already", () => AtomicFile.Write(path, s => s.Write([1])));
        AssertRefused("exists already", () => AtomicFile.RequireWritable(path));
        Assert.Equal([9], File.ReadAllBytes(path));
        AtomicFile.RequireWritable(path, overwrite: true);
        AtomicFile.Write(path, s => s.Write([1]), overwrite: true);
        Assert.Equal([1], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_failure_midway_leaves_the_older_file_and_nothing_else()
    {
        string path = _folder.Write("a.bin", [9]);
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(path, s =>
        {
            s.Write(new byte[100_000]);
            throw new OperationCanceledException();
        }, overwrite: true));
        Assert.Equal([9], File.ReadAllBytes(path));
        Assert.Equal(["a.bin"], _folder.Names);
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_nothing()
    {
        Action write = () => AtomicFile.Write(_folder.File("a.bin"), s => s.Write(new byte[100]), false, path => new FullDisk(path));
        AssertRefused("the disk is full", write);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_device_is_written_to_and_never_replaced()
    {
        if (!File.Exists("/dev/full")) return;
        AssertRefused("'/dev/full' cannot be written: the disk is full", () => AtomicFile.Write("/dev/full", s => s.Write(new byte[100_000])));
        AtomicFile.Write("/dev/null", s => s.Write([1]));
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void A_folder_that_takes_no_files_is_named()
    {
        if (!Directory.Exists("/proc/self")) return;
        AssertRefused("'/proc/x.png' cannot be written", () => AtomicFile.Write("/proc/x.png", s => s.Write([1])));
        AssertRefused("'/proc/x.png' cannot be written", () => AtomicFile.RequireWritable("/proc/x.png"));
    }

    [Fact]
    public void Names_that_cannot_be_files_are_refused()
    {
        AssertRefused("is a folder", () => AtomicFile.Write(_folder.Path, s => s.Write([1])));
        AssertRefused("there is no folder", () => AtomicFile.Write(_folder.File("no/a.bin"), s => s.Write([1])));
        AssertRefused("cannot be written", () => AtomicFile.Write(_folder.File(new string('a', 400)), s => s.Write([1])));
        AssertRefused("zero character", () => AtomicFile.Write(_folder.File("a\0b"), s => s.Write([1])));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_link_keeps_its_place_and_its_target_is_replaced()
    {
        string target = _folder.Write("target.bin", [9]);
        File.CreateSymbolicLink(_folder.File("link.bin"), target);
        AtomicFile.Write(_folder.File("link.bin"), s => s.Write([1, 2]), overwrite: true);
        Assert.Equal([1, 2], File.ReadAllBytes(target));
        Assert.Equal(target, File.ResolveLinkTarget(_folder.File("link.bin"), true)!.FullName);
    }

    [Fact]
    public void A_check_leaves_nothing_behind()
    {
        AtomicFile.RequireWritable(_folder.File("a.bin"));
        Assert.Empty(_folder.Names);
    }

    private static void AssertRefused(string part, Action action) =>
        Assert.Contains(part, Assert.ThrowsAny<Depth2ImgException>(action).Message, StringComparison.Ordinal);

    private sealed class FullDisk(string path) : FileStream(path, FileMode.CreateNew)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device", 28);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
