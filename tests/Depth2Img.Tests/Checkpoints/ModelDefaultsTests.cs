using Depth2Img.Checkpoints;
using Depth2Img.Prompts;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Checkpoints;

public sealed class ModelDefaultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_checkpoints_file_is_read_whole()
    {
        ModelDefaults demo = ModelDefaults.Read(Repository.Models("demo"));
        Assert.Equal(("Depth2Img demo", 25, 4.0, 0.8, 256), (demo.Name, demo.Steps, demo.Guidance, demo.Strength, demo.Size));
        Assert.Equal(("pndm", "tiefenrausch"), (demo.Scheduler, demo.DepthModel));
        Assert.NotNull(demo.Vocabulary);
        Assert.Equal(["dragon"], VocabularyCheck.UnknownWords("a photo of a golden dragon on grass, oil painting", demo.Vocabulary));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"steps": null, "vocabulary": null, "a later key": [1]}""")]
    [InlineData("\uFEFF{}")]
    public void What_is_not_said_is_as_in_the_reference(string? file)
    {
        if (file is not null) _folder.Write(ModelDefaults.FileName, file);
        ModelDefaults defaults = ModelDefaults.Read(_folder.Path);
        Assert.Equal(ModelDefaults.Reference, defaults);
        Assert.Equal((50, 7.5, 0.8), (defaults.Steps, defaults.Guidance, defaults.Strength));
        Assert.Null(defaults.Size);
        Assert.Null(defaults.DepthModel);
        Assert.Null(defaults.Scheduler);
        Assert.Null(defaults.Vocabulary);
    }

    [Theory]
    [InlineData("""{"strength": 0, "guidance": 0, "steps": 1, "size": 8}""")]
    [InlineData("""{"strength": 1, "guidance": 1e6, "steps": 1000, "size": 16384}""")]
    public void The_ends_of_the_ranges_are_accepted(string file)
    {
        _folder.Write(ModelDefaults.FileName, file);
        Assert.NotEqual(ModelDefaults.Reference, ModelDefaults.Read(_folder.Path));
    }

    [Theory]
    [InlineData("""{"steps": 0}""", "\"steps\" 0; a whole number from 1 was expected")]
    [InlineData("""{"steps": 2.5}""", "\"steps\" 2.5;")]
    [InlineData("""{"steps": "25"}""", "\"steps\" \"25\";")]
    [InlineData("""{"guidance": -1}""", "\"guidance\" -1; a number from 0 was expected")]
    [InlineData("""{"guidance": 1e999}""", "\"guidance\" 1e999;")]
    [InlineData("""{"strength": 1.5}""", "\"strength\" 1.5; a number from 0 to 1 was expected")]
    [InlineData("""{"strength": true}""", "\"strength\" true;")]
    [InlineData("""{"size": 7}""", "\"size\" 7; a whole number from 8 to 16384 was expected")]
    [InlineData("""{"size": [256]}""", "\"size\" as a JSON list;")]
    [InlineData("""{"scheduler": ""}""", "\"scheduler\" \"\"; a text that is not empty was expected")]
    [InlineData("""{"depthModel": 1}""", "\"depthModel\" 1;")]
    [InlineData("""{"name": {}}""", "\"name\" as a JSON object;")]
    [InlineData("""{"vocabulary": ["a", 1]}""", "\"vocabulary\" as a JSON list; a list of texts was expected")]
    [InlineData("""{"vocabulary": "a"}""", "\"vocabulary\" \"a\";")]
    [InlineData("[]", "holds a JSON list; an object was expected")]
    [InlineData("{\n\"steps\": }", "no valid JSON: line 2")]
    [InlineData("""{"name": "\udc00"}""", "no valid Unicode")]
    public void A_wrong_value_is_refused_with_file_and_key(string file, string message)
    {
        string path = _folder.Write(ModelDefaults.FileName, file);
        string refusal = Assert.Throws<Depth2ImgException>(() => ModelDefaults.Read(_folder.Path)).Message;
        Assert.Contains(path, refusal);
        Assert.Contains(message, refusal);
    }

    [Property(MaxTest = 300)]
    public void A_file_with_one_byte_changed_is_read_or_refused_with_a_sentence(int at, byte value)
    {
        byte[] bytes = File.ReadAllBytes(Repository.Models("demo/depth2img.json"));
        bytes[(at & int.MaxValue) % bytes.Length] = value;
        File.WriteAllBytes(Path.Combine(_folder.Path, ModelDefaults.FileName), bytes);
        try
        {
            Assert.InRange(ModelDefaults.Read(_folder.Path).Strength, 0, 1);
        }
        catch (Depth2ImgException e)
        {
            Assert.Contains(ModelDefaults.FileName, e.Message);
            Assert.EndsWith(".", e.Message);
        }
    }
}
