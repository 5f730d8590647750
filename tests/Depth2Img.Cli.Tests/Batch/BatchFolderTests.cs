using Depth2Img.Cli.Batch.Running;
using Depth2Img.Imaging;
using Depth2Img.IO;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests.Batch;

public sealed class BatchFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("a.png");

    public void Dispose() => _folder.Dispose();

    private void Write(string job, byte gray)
    {
        using BatchFolder batch = BatchFolder.Open(_folder.Path);
        batch.Write(Output, job, stream => ImageFile.Encode(stream, new Image(2, 2, [.. Enumerable.Repeat(gray, 12)]), ImageFormat.Png));
    }

    private OutputState Inspect(string job)
    {
        using BatchFolder batch = BatchFolder.Open(_folder.Path);
        return batch.Inspect(Output, job);
    }

    [Fact]
    public void An_output_is_whole_for_its_job_and_outdated_for_another()
    {
        Assert.Equal(OutputState.Missing, Inspect("one"));
        Write("one", 1);
        Assert.Equal(OutputState.Whole, Inspect("one"));
        Assert.Equal(OutputState.Outdated, Inspect("two"));
        Write("two", 2);
        Assert.Equal(OutputState.Outdated, Inspect("one"));
        Assert.Equal(OutputState.Whole, Inspect("two"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void A_cut_output_is_damaged(int length)
    {
        Write("one", 1);
        File.WriteAllBytes(Output, File.ReadAllBytes(Output)[..length]);
        Assert.Equal(OutputState.Damaged, Inspect("one"));
    }

    [Fact]
    public void An_output_with_a_wrong_byte_is_damaged()
    {
        Write("one", 1);
        byte[] bytes = File.ReadAllBytes(Output);
        bytes[^20] ^= 1;
        File.WriteAllBytes(Output, bytes);
        Assert.Equal(OutputState.Damaged, Inspect("one"));
    }

    [Fact]
    public void A_picture_that_someone_changed_or_that_was_there_before_is_foreign()
    {
        ImageFile.Save(Output, new Image(1, 1, [1, 2, 3]));
        Assert.Equal(OutputState.Foreign, Inspect("one"));
        Write("one", 1);
        ImageFile.Save(Output, new Image(1, 1, [1, 2, 3]), new ImageSaveOptions { Overwrite = true });
        Assert.Equal(OutputState.Foreign, Inspect("one"));
    }

    [Fact]
    public void One_batch_at_a_time_has_a_folder()
    {
        using BatchFolder first = BatchFolder.Open(_folder.Path);
        Assert.Contains("Another batch", Assert.Throws<OutputException>(() => BatchFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_a_killed_run_was_writing_is_cleared()
    {
        Write("one", 1);
        string left = Path.Combine(_folder.Path, BatchFolder.StateName, "0123.tmp");
        File.WriteAllText(left, "half");
        _folder.Write(".depth2img-0123.tmp", "another program's");
        Assert.Equal(OutputState.Whole, Inspect("one"));
        Assert.False(File.Exists(left));
        Assert.Equal([".depth2img-0123.tmp", BatchFolder.StateName, "a.png"], _folder.Names);
    }

    [Fact]
    public void A_manifest_line_that_a_kill_cut_off_does_not_hurt()
    {
        Write("one", 1);
        string manifest = Path.Combine(_folder.Path, BatchFolder.StateName, "manifest.jsonl");
        File.AppendAllText(manifest, "garbage\n{\"output\":\"a.png\",\"sha");
        Assert.Equal(OutputState.Whole, Inspect("one"));
        Write("two", 2);
        Assert.Equal(OutputState.Whole, Inspect("two"));
        Assert.EndsWith("\n", File.ReadAllText(manifest), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_while_it_is_written_leaves_the_older_output()
    {
        Write("one", 1);
        using (BatchFolder batch = BatchFolder.Open(_folder.Path))
        {
            Assert.Throws<OutputException>(() => batch.Write(Output, "two", stream =>
            {
                stream.Write([1, 2, 3]);
                throw new IOException("No space left.");
            }));
        }
        Assert.Equal(OutputState.Whole, Inspect("one"));
        Assert.Equal(["lock", "manifest.jsonl"], Directory.GetFiles(Path.Combine(_folder.Path, BatchFolder.StateName)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_does_not_lead_out_of_the_folder()
    {
        using TemporaryFolder elsewhere = new();
        Directory.CreateSymbolicLink(_folder.File("sub"), elsewhere.Path);
        using BatchFolder batch = BatchFolder.Open(_folder.Path);
        Assert.Throws<OutputException>(() => batch.Write(Path.Combine(_folder.Path, "sub", "a.png"), "one", stream => stream.WriteByte(1)));
        Assert.Empty(elsewhere.Names);
    }

    [Fact]
    public void A_folder_that_takes_no_files_is_refused() =>
        Assert.Contains("cannot be written to", Assert.Throws<OutputException>(() => BatchFolder.Open("/proc/batch")).Message, StringComparison.Ordinal);
}
