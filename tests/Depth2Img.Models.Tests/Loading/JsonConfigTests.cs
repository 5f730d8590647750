using System.Text;
using FsCheck.Xunit;

namespace Depth2Img.Models.Tests.Loading;

public sealed class JsonConfigTests : IDisposable
{
    private const string Source = "unet/config.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("depth2img-config-").FullName;

    [Fact]
    public void Values_are_read_by_key()
    {
        JsonConfig config = JsonConfig.Parse("""{"i": 32, "whole": 32.0, "x": 1e-05, "b": true, "t": "silu", "list": [1, 2], "o": {"i": 7}, "n": null}""", Source);

        Assert.Equal(32, config.Integer("i"));
        Assert.Equal(32, config.Integer("whole"));
        Assert.Equal(1e-5, config.Number("x"));
        Assert.True(config.Boolean("b"));
        Assert.Equal("silu", config.Text("t"));
        Assert.Equal([1, 2], config.Integers("list"));
        Assert.Equal(7, config.OptionalObject("o")!.Integer("i"));
        Assert.False(config.Has("n"));
    }

    [Fact]
    public void An_absent_key_takes_the_fallback()
    {
        JsonConfig config = JsonConfig.Parse("{}", Source);

        Assert.Equal(5, config.Integer("key", 5));
        Assert.Equal(0.5, config.Number("key", 0.5));
        Assert.False(config.Boolean("key", false));
        Assert.Equal("a", config.Text("key", "a"));
        Assert.Equal([3, 4], config.Integers("key", [3, 4]));
        Assert.Equal([2, 2, 2], config.IntegerPerBlock("key", 3, 2));
        Assert.Null(config.OptionalInteger("key"));
        Assert.Null(config.OptionalObject("key"));
    }

    [Fact]
    public void One_number_stands_for_every_block() =>
        Assert.Equal([8, 8, 8], JsonConfig.Parse("""{"heads": 8}""", Source).IntegerPerBlock("heads", 3));

    [Theory]
    [InlineData("""{}""", "'unet/config.json': key is missing.")]
    [InlineData("""{"key": "8"}""", "'unet/config.json': key is \"8\"; a whole number was expected.")]
    [InlineData("""{"key": 8.5}""", "'unet/config.json': key is 8.5; a whole number was expected.")]
    [InlineData("""{"key": null}""", "'unet/config.json': key is null; a whole number was expected.")]
    [InlineData("""{"key": [8]}""", "'unet/config.json': key is a list; a whole number was expected.")]
    [InlineData("""{"key": 0}""", "'unet/config.json': key is 0; a whole number from 1 to 16777216 was expected.")]
    [InlineData("""{"key": -3}""", "'unet/config.json': key is -3; a whole number from 1 to 16777216 was expected.")]
    [InlineData("""{"key": 1e300}""", "'unet/config.json': key is 1e300; a whole number from 1 to 16777216 was expected.")]
    public void A_bad_integer_is_named_with_file_and_key(string json, string message) =>
        Assert.Equal(message, Assert.Throws<Depth2ImgException>(() => JsonConfig.Parse(json, Source).Integer("key")).Message);

    [Theory]
    [InlineData("""{"key": "1"}""")]
    [InlineData("""{"key": 1e999}""")]
    [InlineData("""{"key": null}""")]
    public void A_bad_number_is_named(string json) => AssertNames("key", () => JsonConfig.Parse(json, Source).Number("key"));

    [Fact]
    public void Other_bad_values_are_named()
    {
        AssertNames("key", () => JsonConfig.Parse("""{"key": 1}""", Source).Boolean("key"));
        AssertNames("key", () => JsonConfig.Parse("""{"key": 1}""", Source).Text("key"));
        AssertNames("key", () => JsonConfig.Parse("""{"key": "\ud800"}""", Source).Text("key"));
        AssertNames("key", () => JsonConfig.Parse("""{"key": []}""", Source).Integers("key"));
        AssertNames("key[1]", () => JsonConfig.Parse("""{"key": [1, "2"]}""", Source).Integers("key"));
        AssertNames("key", () => JsonConfig.Parse("""{"key": [1, 2]}""", Source).IntegerPerBlock("key", 3));
        AssertNames("key", () => JsonConfig.Parse("""{"key": 3}""", Source).OptionalObject("key"));
        AssertNames("outer.key", () => JsonConfig.Parse("""{"outer": {"key": true}}""", Source).OptionalObject("outer")!.Integer("key"));
        AssertNames("key", () => JsonConfig.Parse("""{"key": "tanh"}""", Source).Choice("key", "relu", "relu", "gelu"));
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("false", false)]
    [InlineData("1.0", 1)]
    [InlineData("\"default\"", "default")]
    public void The_one_supported_value_passes_and_others_are_refused(string json, object? supported)
    {
        JsonConfig.Parse($$"""{"key": {{json}}}""", Source).RequireOnly("key", supported);
        JsonConfig.Parse("{}", Source).RequireOnly("key", supported);

        foreach (string other in (IEnumerable<string>)["null", "true", "2", "\"timestep\"", "[1]", "{}"])
        {
            if (other == json) continue;
            Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => JsonConfig.Parse($$"""{"key": {{other}}}""", Source).RequireOnly("key", supported));
            Assert.StartsWith("'unet/config.json': key is ", e.Message, StringComparison.Ordinal);
            Assert.Contains("not supported", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"_class_name": "AutoencoderKL"}""", "'unet/config.json': _class_name is \"AutoencoderKL\", which is not supported; \"CLIPTextModel\" or \"CLIPModel\" is.")]
    [InlineData("""{"architectures": ["T5EncoderModel"]}""", "'unet/config.json': architectures is \"T5EncoderModel\", which is not supported; \"CLIPTextModel\" or \"CLIPModel\" is.")]
    [InlineData("""{"model_type": "t5"}""", "'unet/config.json': model_type is \"t5\", which is not supported; \"clip\" is.")]
    public void Another_class_is_refused_by_name(string json, string message) =>
        Assert.Equal(message, Assert.Throws<Depth2ImgException>(() => JsonConfig.Parse(json, Source).RequireClass(["CLIPTextModel", "CLIPModel"], "clip")).Message);

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"architectures": null, "model_type": "clip"}""")]
    [InlineData("""{"architectures": ["CLIPModel"]}""")]
    [InlineData("""{"_class_name": "CLIPTextModel"}""")]
    public void The_right_class_or_none_passes(string json) =>
        JsonConfig.Parse(json, Source).RequireClass(["CLIPTextModel", "CLIPModel"], "clip");

    [Theory]
    [InlineData("")]
    [InlineData("[1, 2]")]
    [InlineData("42")]
    [InlineData("{\"key\": 1,}")]
    [InlineData("{\"key\": NaN}")]
    [InlineData("version https://git-lfs.github.com/spec/v1")]
    public void A_file_that_holds_no_JSON_object_is_refused_by_name(string content)
    {
        string path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, content);

        Assert.Contains(path, Assert.Throws<Depth2ImgException>(() => JsonConfig.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"key": 1, "\ud800": 2}""")]
    [InlineData("""{"key": 1, "list": [{"\udc00x": 2}]}""")]
    public void A_key_that_is_no_text_is_refused(string json) =>
        Assert.Contains("a key that is no valid text", Assert.Throws<Depth2ImgException>(() => JsonConfig.Parse(json, Source)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_byte_order_mark_does_not_matter()
    {
        string path = Path.Combine(_folder, "config.json");
        File.WriteAllText(path, """{"key": 3}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal(3, JsonConfig.Open(path).Integer("key"));
    }

    [Fact]
    public void A_folder_a_missing_file_and_a_huge_one_are_refused_by_name()
    {
        string huge = Path.Combine(_folder, "huge.json");
        using (FileStream stream = File.Create(huge)) stream.SetLength(JsonConfig.MaxFileLength + 1L);

        foreach (string path in (IEnumerable<string>)[_folder, Path.Combine(_folder, "absent.json"), huge])
            Assert.Contains(path, Assert.Throws<Depth2ImgException>(() => JsonConfig.Open(path)).Message, StringComparison.Ordinal);
    }

    [Property]
    public void Random_bytes_are_read_or_refused(byte[] bytes)
    {
        string path = Path.Combine(_folder, "random.json");
        File.WriteAllBytes(path, bytes);
        try
        {
            JsonConfig.Open(path);
        }
        catch (Depth2ImgException e)
        {
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertNames(string key, Action read)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(read);
        Assert.StartsWith("'unet/config.json': ", e.Message, StringComparison.Ordinal);
        Assert.Contains(key + " ", e.Message + " ", StringComparison.Ordinal);
    }
}
