using Depth2Img.Hub;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Hub;

public class NamesAndFormsTests
{
    [Theory]
    [InlineData("owner/name", "owner", "name", null)]
    [InlineData("owner/name@main", "owner", "name", "main")]
    [InlineData("o-w.n_er/Name-2.1@refs/pr/1", "o-w.n_er", "Name-2.1", "refs/pr/1")]
    public void A_reference_is_read(string text, string owner, string name, string? revision)
    {
        Assert.Equal(new ModelReference(owner, name, revision), ModelReference.Parse(text));
        Assert.Equal(text, ModelReference.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b..c")]
    [InlineData("a--b/c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../x")]
    [InlineData("a/b@/x")]
    [InlineData("a/b@x/")]
    [InlineData("a/b@x\n")]
    [InlineData("a\\b/c")]
    public void What_is_no_reference_is_refused(string text) => Assert.False(ModelReference.TryParse(text, out _));

    [Property(MaxTest = 2000)]
    public void No_reference_leaves_the_caches_folder(byte[] letters)
    {
        // Letters that matter, so that many of the texts are references.
        const string alphabet = "ab.-_/";
        string text = $"o/n@{string.Concat(letters.Select(letter => alphabet[letter % alphabet.Length]))}";
        if (!ModelReference.TryParse(text, out ModelReference? reference)) return;
        string root = Path.GetFullPath("/cache/models--o--n/refs/");
        Assert.StartsWith(root, Path.GetFullPath(new HubCache("/cache").ReferenceFile(reference, reference.RevisionOrDefault)), StringComparison.Ordinal);
    }

    private static string? Choose(ModelPrecision precision, params string[] names) => WeightForm.Choose(names, precision) is { } form ? string.Join(' ', form.Names) : null;

    [Theory]
    [InlineData(ModelPrecision.Float32, "model.safetensors", "model.safetensors", "model.fp16.safetensors", "pytorch_model.bin")]
    [InlineData(ModelPrecision.Float16, "model.fp16.safetensors", "model.safetensors", "model.fp16.safetensors", "pytorch_model.fp16.bin")]
    [InlineData(ModelPrecision.Float16, "model.safetensors", "model.safetensors", "pytorch_model.fp16.bin")]
    [InlineData(ModelPrecision.Float32, "model.fp16.safetensors", "model.fp16.safetensors", "pytorch_model.bin")]
    [InlineData(ModelPrecision.Float32, "pytorch_model.bin", "pytorch_model.fp16.bin", "pytorch_model.bin")]
    [InlineData(ModelPrecision.Float32, null, "model.onnx", "tf_model.h5", "model.non_ema.safetensors", "other.safetensors")]
    public void One_form_is_chosen_safetensors_first_then_the_variant(ModelPrecision precision, string? expected, params string[] names) =>
        Assert.Equal(expected, Choose(precision, names));

    [Fact]
    public void Shards_come_with_their_index_and_only_when_all_are_there()
    {
        const string a = "diffusion_pytorch_model-00001-of-00002.safetensors", b = "diffusion_pytorch_model-00002-of-00002.safetensors", index = "diffusion_pytorch_model.safetensors.index.json";
        Assert.Equal($"{index} {a} {b}", Choose(ModelPrecision.Float32, a, b, index));
        Assert.Null(Choose(ModelPrecision.Float32, a, index));
        Assert.Null(Choose(ModelPrecision.Float32, a, b));
    }

    [Theory]
    [InlineData("model.fp16-00001-of-00001.safetensors", "model.safetensors.index.fp16.json")]
    [InlineData("model-00001-of-00001.fp16.safetensors", "model.safetensors.fp16.index.json")]
    public void Shards_of_variants_are_known_by_both_their_names(string shard, string index)
    {
        Assert.Equal($"{index} {shard}", Choose(ModelPrecision.Float16, shard, index, "model.safetensors.index.json"));
        Assert.Equal("model.safetensors", Choose(ModelPrecision.Float32, shard, index, "model.safetensors"));
    }

    [Fact]
    public void Short_names_are_unique_and_resolve_with_revisions()
    {
        Assert.Equal(KnownModels.All.Count, KnownModels.All.Select(m => m.Alias).Distinct().Count());
        Assert.Equal("sd2-community/stable-diffusion-2-depth@fp16", KnownModels.Resolve("sd2-depth@fp16").ToString());
        Assert.Contains("short names are", Assert.Throws<Depth2ImgException>(() => KnownModels.Resolve("sd9")).Message, StringComparison.Ordinal);
    }
}
