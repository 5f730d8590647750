using Depth2Img.Checkpoints;
using Depth2Img.IO;
using Depth2Img.Styles;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Styles;

public sealed class StyleTests : IDisposable
{
    private const string Ink = """
        {
          // Comments are read over.
          "description": "Ink.",
          "prompt": "{prompt}, ink", /* here too */
          "negative": "photo",
          "strength": 0.9,
          "guidance": 6,
          "steps": 30,
          "scheduler": "dpmpp-2m",
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_style_is_read_with_comments_and_trailing_commas()
    {
        StylePreset style = StylePreset.Load(_folder.Write("wet-ink.json", Ink));
        Assert.Equal(
            new StylePreset { Name = "wet-ink", Description = "Ink.", Prompt = "{prompt}, ink", NegativePrompt = "photo", Strength = 0.9, Guidance = 6, Steps = 30, Scheduler = "dpm++2m" },
            style);
    }

    [Theory]
    [InlineData("{\n\"prompt\": \"{prompt}, x\",\n\"stregth\": 1\n}", 3, "stregth")]
    [InlineData("{\n\"prompt\": \"{prompt}, x\"\n\"strength\": 1\n}", 3, "JSON")]
    [InlineData("{\n\"prompt\": \"{prompt}, x\",\n\n\"scheduler\": \"eulr\"\n}", 4, "eulr")]
    [InlineData("{\n\"prompt\": \"oil painting\"\n}", 2, "{prompt}")]
    [InlineData("{\n\"prompt\": 5\n}", 2, "no text")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"strength\": 1.5\n}", 3, "1.5")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"guidance\": \"much\"\n}", 3, "much")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"steps\": 0\n}", 3, "steps")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"steps\": [\n1]\n}", 3, "steps")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"prompt\": \"{prompt}\"\n}", 3, "twice")]
    [InlineData("{\n\"prompt\": \"{prompt}\",\n\"name\": \"../x\"\n}", 3, "../x")]
    [InlineData("{\n\"description\": \"x\"\n}", 3, "prompt")]
    [InlineData("{\n\"prompt\": \"{prompt}\"\n}\n{}", 4, "JSON")]
    [InlineData("{\n\"prompt\": \"{prompt}", 2, "JSON")]
    [InlineData("\n[]", 2, "object")]
    [InlineData("{\n\"prompt\": \"{prompt} \\ud800\"\n}", 2, "Unicode")]
    public void What_is_wrong_is_told_with_file_and_line(string json, int line, string word)
    {
        string path = _folder.Write("ink.json", json);
        string message = Assert.Throws<Depth2ImgException>(() => StylePreset.Load(path)).Message;
        Assert.StartsWith($"'{path}', line {line}: ", message, StringComparison.Ordinal);
        Assert.Contains(word, message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public bool Any_bytes_are_a_style_or_refused(NonNull<byte[]> bytes, NonNull<string> text)
    {
        foreach (byte[] json in (byte[][])[bytes.Get, System.Text.Encoding.UTF8.GetBytes($$"""{"prompt": "{prompt} {{text.Get}}" {{text.Get}}}""")])
        {
            try
            {
                if (!StyleReader.Read(json, "x", "x").Prompt.Contains("{prompt}", StringComparison.Ordinal)) return false;
            }
            catch (Depth2ImgException e) when (e.Message.StartsWith("'x', line ", StringComparison.Ordinal))
            {
            }
        }
        return true;
    }

    [Fact]
    public void Templates_are_filled_in()
    {
        StylePreset style = new() { Name = "x", Prompt = "a drawing, {prompt}, ink", NegativePrompt = "photo" };
        Assert.Equal("a drawing, a ball, ink", style.ApplyTo("a ball"));
        Assert.Equal("a drawing, ink", style.ApplyTo(" "));
        Assert.Equal("photo", style.ApplyToNegative(""));
        Assert.Equal("night, photo", style.ApplyToNegative("night"));
        Assert.Equal("night", (style with { NegativePrompt = "" }).ApplyToNegative("night"));
    }

    [Fact]
    public void The_programs_styles_suit_their_models()
    {
        StyleLibrary library = new(_folder.File("none"));
        Assert.Empty(library.Problems);
        IReadOnlyList<string> vocabulary = ModelDefaults.Read(Repository.Models("demo")).Vocabulary!;
        IReadOnlyList<StylePreset> demo = library.Suiting(vocabulary);
        Assert.True(demo.Count >= 8);
        Assert.True(library.Suiting(null).Count >= demo.Count + 12);
        Assert.All(library.Styles, style =>
        {
            Assert.NotEmpty(style.Description);
            Assert.True(StyleLibrary.IsOfProgram(style));
        });
    }

    [Fact]
    public void Styles_are_added_found_and_take_the_programs_place()
    {
        StyleLibrary library = new(_folder.File("styles"));
        string file = _folder.Write("neon.json", Ink);
        string added = library.Add(file);
        Assert.Equal(Ink, File.ReadAllText(added));
        foreach (StyleLibrary each in (StyleLibrary[])[library, new StyleLibrary(_folder.File("styles"))])
        {
            Assert.Equal("{prompt}, ink", each.Find("NEON").Prompt);
            Assert.False(StyleLibrary.IsOfProgram(each.Find("neon")));
        }
        Assert.Throws<OutputException>(() => library.Add(file));
        library.Add(file, overwrite: true);
        Assert.Equal("neon", library.Find(file).Name);
    }

    [Fact]
    public void A_malformed_style_hides_no_other_and_is_told_when_it_is_wanted()
    {
        Directory.CreateDirectory(_folder.File("styles"));
        File.WriteAllText(Path.Combine(_folder.File("styles"), "broken.json"), "{\n}");
        StyleLibrary library = new(_folder.File("styles"));
        Assert.Contains("broken.json', line 2", Assert.Single(library.Problems), StringComparison.Ordinal);
        Assert.NotEmpty(library.Styles);
        Assert.Equal(library.Problems[0], Assert.Throws<Depth2ImgException>(() => library.Find("broken")).Message);
        Assert.Contains("watercolor", Assert.Throws<Depth2ImgException>(() => library.Find("watercolour")).Message, StringComparison.Ordinal);
    }
}
