using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Checkpoints.Pickle;
using Depth2Img.TestSupport;

namespace Depth2Img.Compute.Tests.Checkpoints;

public sealed class WeightFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny.ckpt", typeof(TorchFile))]
    [InlineData("tiny-legacy.ckpt", typeof(TorchFile))]
    [InlineData("bare.bin", typeof(TorchFile))]
    [InlineData("expected.safetensors", typeof(SafetensorsFile))]
    public void A_file_is_known_by_its_content_whatever_it_is_called(string name, Type type)
    {
        foreach (string other in (string[])["x.safetensors", "x.ckpt", "x.json", "x"])
        {
            File.Copy(Repository.Golden($"ckpt/{name}"), _folder.File(other), overwrite: true);
            using IWeightFile file = WeightFiles.Open(_folder.File(other));
            Assert.IsType(type, file);
            Assert.NotEmpty(file.Names);
        }
    }

    [Fact]
    public void An_index_opens_files_of_both_forms()
    {
        File.Copy(Repository.Golden("ckpt/bare.bin"), _folder.File("a.bin"));
        File.Copy(Repository.Golden("ckpt/expected.safetensors"), _folder.File("b.safetensors"));
        using SafetensorsFile expected = SafetensorsFile.Open(_folder.File("b.safetensors"));
        string name = expected.Names.First();
        using IWeightFile file = WeightFiles.Open(_folder.Write("index.json", System.Text.Json.JsonSerializer.Serialize(
            new { weight_map = new Dictionary<string, string> { ["0.bias"] = "a.bin", [name] = "b.safetensors" } })));
        Assert.IsType<ShardedWeights>(file);
        Assert.Equal(4, file["0.bias"].Count);
        Assert.True(expected[name].Data.Span.SequenceEqual(file[name].Data.Span));
    }

    [Fact]
    public void An_index_that_names_an_index_is_refused()
    {
        string path = _folder.Write("index.json", """{"weight_map":{"a":"index.json"}}""");
        Assert.Contains("is an index", Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.safetensors.incomplete", "x.safetensors.incomplete")]
    [InlineData("x.ckpt.part", "x.ckpt.part")]
    [InlineData("x.ckpt.crdownload", "x.ckpt")]
    [InlineData("x.safetensors.incomplete", "x.safetensors")]
    public void A_download_that_has_not_ended_is_named(string there, string asked)
    {
        _folder.Write(there, "half");
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(_folder.File(asked)));
        Assert.Contains("download that has not ended", error.Message, StringComparison.Ordinal);
        Assert.Contains(asked, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_still_being_fetched_is_named()
    {
        _folder.Write("a.bin.part", "half");
        string path = _folder.Write("index.json", """{"weight_map":{"a":"a.bin"}}""");
        Assert.Contains("download that has not ended", Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(path)).Message, StringComparison.Ordinal);
    }

    // First bytes, and what they must be taken for.
    public static TheoryData<byte[], string> Strangers() => new()
    {
        { "GGUF\x03\0\0\0 and more"u8.ToArray(), "GGUF" },
        { [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10], "HDF5" },
        { [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], "a picture" },
        { [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0], "a picture" },
        { "RIFF\x10\0\0\0WEBPVP8 "u8.ToArray(), "a picture" },
        { [0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "packed archive" },
        { "PK\x05\x06"u8.ToArray(), "zip" },
        { "some text that is no weights"u8.ToArray(), "no weight file" },
        { [1], "no weight file" },
        { "{\"a\": 1}"u8.ToArray(), "no index" },
        { "<!DOCTYPE html><html>"u8.ToArray(), "web page" },
        { "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"u8.ToArray(), "git lfs pull" },
        { [], "is empty" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void What_is_no_weight_file_is_named(byte[] bytes, string cause)
    {
        string path = _folder.Write("x.ckpt", bytes);
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(path));
        Assert.Contains("x.ckpt", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_file_is_named()
    {
        byte[] bytes = new byte[1024];
        "storages"u8.CopyTo(bytes);
        "ustar"u8.CopyTo(bytes.AsSpan(257));
        Assert.Contains("tar file", Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(_folder.Write("x.ckpt", bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        Assert.Contains("There is no file", Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(_folder.File("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<Depth2ImgException>(() => WeightFiles.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
