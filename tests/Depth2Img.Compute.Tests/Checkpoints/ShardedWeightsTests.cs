using System.Text;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Compute.Tests.Checkpoints;

public sealed class ShardedWeightsTests : IDisposable
{
    private const string IndexName = "model.safetensors.index.json";

    private readonly TemporaryFolder _folder = new();

    public ShardedWeightsTests()
    {
        SafetensorsWriter.Write(_folder.File("model-00001-of-00002.safetensors"),
            [WeightTensor.FromFloats("a", [2], [1, 2]), WeightTensor.FromFloats("unlisted", [1], [0])]);
        SafetensorsWriter.Write(_folder.File("model-00002-of-00002.safetensors"), [WeightTensor.FromFloats("b", [1], [3])]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_come_from_the_files_that_the_index_names()
    {
        using ShardedWeights weights = ShardedWeights.Open(Index(
            """{"metadata":{"total_size":12},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""));
        Assert.Equal(["a", "b"], weights.Names.Order());
        Assert.Equal([1, 2], weights["a"].ToFloats());
        Assert.Equal([3], weights["b"].ToFloats());
        Assert.True(weights.Contains("b"));
        Assert.False(weights.Contains("unlisted"));
        Assert.Throws<KeyNotFoundException>(() => weights["unlisted"]);
        Assert.EndsWith(IndexName, weights.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Closing_the_weights_closes_every_file()
    {
        ShardedWeights weights = ShardedWeights.Open(Index(
            """{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""));
        weights.Dispose();
        Assert.Throws<ObjectDisposedException>(() => weights["a"]);
        Assert.Throws<ObjectDisposedException>(() => weights["b"]);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"model-00003-of-00002.safetensors"}}""", "not in its folder")]
    [InlineData("""{"weight_map":{"b":"model-00001-of-00002.safetensors"}}""", "which it lacks")]
    [InlineData("""{"weight_map":{"a":"../model.safetensors"}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":"..\\model.safetensors"}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":"C:model.safetensors"}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":".."}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":""}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":"x\u0000y"}}""", "only plain names")]
    [InlineData("""{"weight_map":{"a":5}}""", "not given a file name")]
    [InlineData("""{"weight_map":{"a":"x","a":"x"}}""", "stands twice")]
    [InlineData("""{"weight_map":[]}""", "no object 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "no tensor at all")]
    [InlineData("""{"metadata":{}}""", "no object 'weight_map'")]
    [InlineData("[]", "no object 'weight_map'")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 30000\n", "git lfs pull")]
    public void An_index_that_cannot_be_followed_is_refused_with_its_cause(string index, string cause)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => ShardedWeights.Open(Index(index)));
        Assert.Contains(IndexName, error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_named_itself()
    {
        _folder.Write("broken.safetensors", [1, 2, 3]);
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => ShardedWeights.Open(Index("""{"weight_map":{"a":"broken.safetensors"}}""")));
        Assert.Contains("broken.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_index_is_refused() =>
        Assert.Contains("There is no file", Assert.Throws<Depth2ImgException>(() => ShardedWeights.Open(_folder.File("none.json"))).Message, StringComparison.Ordinal);

    [Property(MaxTest = 300)]
    public void Mutated_indices_are_refused_or_read_and_nothing_else((ushort Place, byte Value)[] changes)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("""{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}""");
        foreach ((ushort place, byte value) in changes) bytes[place % bytes.Length] = value;
        try
        {
            using ShardedWeights weights = ShardedWeights.Open(_folder.Write(IndexName, bytes));
            Assert.All(weights.Names, name => Assert.NotEmpty(weights[name].ToFloats()));
        }
        catch (Depth2ImgException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    private string Index(string text) => _folder.Write(IndexName, Encoding.UTF8.GetBytes(text));
}
