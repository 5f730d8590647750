using System.Text;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Checkpoints.Pickle;
using Depth2Img.Compute.Tests.Checkpoints.Pickle;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Compute.Tests.Checkpoints;

/// <summary>Damaged weight files are read or refused: no crash, no hang, no memory beyond measure.</summary>
[Trait("Category", "Slow")]
public sealed class WeightFileFuzzTests(ITestOutputHelper log) : IDisposable
{
    private const int Cases = 20_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_safetensors_files_are_read_or_refused() =>
        Run([Golden("expected.safetensors"), Golden("bare-expected.safetensors"), SafetensorsBytes.Valid()], SafetensorsFile.Open);

    [Fact]
    public void Damaged_zips_are_read_or_refused() =>
        Run([Golden("tiny.ckpt"), Golden("tiny-lightning.ckpt"), Golden("tiny-protocol4.ckpt"), Golden("bare.bin"), Golden("bad/ok-by-hand.ckpt")], TorchFile.Open);

    [Fact]
    public void Damaged_pickles_in_sound_zips_are_read_or_refused()
    {
        string[] names = ["tiny.ckpt", "tiny-lightning.ckpt", "tiny-protocol4.ckpt", "bare.bin", "bad/ok-by-hand.ckpt"];
        (string Name, byte[] Content)[] storages = [.. Enumerable.Range(0, 20).Select(i => ($"x/data/{i}", new byte[432]))];
        Run([.. names.Select(PickleIn)], TorchFile.Open, pickle => TorchZipBytes.Of(false, [("x/data.pkl", pickle), .. storages]));
    }

    [Fact]
    public void Damaged_legacy_files_are_read_or_refused() =>
        Run([Golden("tiny-legacy.ckpt"), Golden("tiny-legacy-protocol4.ckpt")], TorchFile.Open);

    [Fact]
    public void Damaged_indices_are_read_or_refused()
    {
        SafetensorsWriter.Write(_folder.File("a-1.safetensors"), [WeightTensor.FromFloats("a", [2], [1, 2]), WeightTensor.FromFloats("c", [1], [0])]);
        File.WriteAllBytes(_folder.File("a-2.bin"), Golden("bare.bin"));
        Run([Encoding.UTF8.GetBytes("""{"metadata": {"total_size": 24}, "weight_map": {"a": "a-1.safetensors", "0.bias": "a-2.bin", "c": "a-1.safetensors"}}""")], ShardedWeights.Open);
    }

    [Fact]
    public void Damaged_files_of_any_form_are_told_apart() =>
        Run([Golden("expected.safetensors"), Golden("tiny.ckpt"), Golden("tiny-legacy.ckpt"), Golden("bad/html.ckpt"), Golden("bad/lfs-pointer.ckpt")], WeightFiles.Open);

    private void Run(IReadOnlyList<byte[]> sound, Func<string, IWeightFile> open, Func<byte[], byte[]>? wrap = null)
    {
        MutationFuzzer.Run(log, Cases, sound, bytes =>
        {
            using IWeightFile file = open(_folder.Write("fuzzed", wrap is null ? bytes : wrap(bytes)));
            MutationFuzzer.ReadAll(file);
        });
        Assert.False(File.Exists("pwned"), "something in a file was run");
    }

    private static byte[] Golden(string name) => File.ReadAllBytes(Repository.Golden($"ckpt/{name}"));

    private static byte[] PickleIn(string name)
    {
        using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.OpenRead(Repository.Golden($"ckpt/{name}"));
        using Stream stream = zip.Entries.Single(e => e.Name == "data.pkl").Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
