using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Tests;

/// <summary>Styles, weighted prompts and choices from the command line.</summary>
public sealed class StylizeCommandTests : IDisposable
{
    private const string Ink = """{ "prompt": "{prompt}, ink", "negative": "photo", "guidance": 3 }""";

    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Several_styles_make_a_picture_each_and_a_figure()
    {
        CliRun run = await StylizeAsync("--style", "neon", "--style", Style("ink.json"), "-p", "a ball", "--figure", _folder["figure.png"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal([_folder["out-neon.png"], _folder["out-ink.png"], _folder["figure.png"]], run.Output.TrimEnd().Split('\n'));
        GenerationSettings settings = Settings("out-ink.png");
        Assert.Equal(("a ball", "ink", 1.0, 3.0, 1L), (settings.Prompt, settings.Style!.Name, settings.Style.Strength, settings.Guidance, settings.Seed));
        Assert.NotEqual(Pixels("out-neon.png"), Pixels("out-ink.png"));
        DecodedImage figure = ImageFile.Load(_folder["figure.png"]);
        Assert.True(figure.Width > 3 * 256 && figure.Height > 256);
    }

    [Fact]
    public async Task A_style_of_strength_0_is_the_plain_picture_and_of_1_the_typed_one()
    {
        await GenerateAsync("plain.png", "-p", "a red ball");
        await GenerateAsync("zero.png", "-p", "a red ball", "--style", Style("ink.json"), "--style-strength", "0");
        await GenerateAsync("one.png", "-p", "a red ball", "--style", Style("ink.json"));
        await GenerateAsync("typed.png", "-p", "a red ball, ink", "-n", "photo", "--guidance", "3");
        Assert.Equal(Pixels("plain.png"), Pixels("zero.png"));
        Assert.Equal(Pixels("typed.png"), Pixels("one.png"));
        Assert.NotEqual(Pixels("plain.png"), Pixels("one.png"));
    }

    [Fact]
    public async Task Choices_make_a_picture_each_with_one_seed()
    {
        CliRun run = await GenerateAsync("out.png", "-p", "a {red|(blue:1.2)} ball", "--prompt-syntax", "weighted", "--count", "2", "--guidance-rescale", "0.5", "--json");
        Assert.Equal(["out-1.png", "out-2.png", "out-3.png", "out-4.png"], _folder.Files);
        Assert.Equal(4, run.Json.GetProperty("outputs").GetArrayLength());
        Assert.Equal(("a red ball", 0, 1L), (Settings("out-1.png").Prompt, Settings("out-1.png").Index, Settings("out-1.png").Seed));
        Assert.Equal(("a (blue:1.2) ball", 1, 1L), (Settings("out-4.png").Prompt, Settings("out-4.png").Index, Settings("out-4.png").Seed));
        Assert.Equal(0.5, Settings("out-4.png").GuidanceRescale);
        Assert.Equal("a (blue:1.2) ball", run.Json.GetProperty("variants")[1].GetProperty("settings").GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task In_the_plain_syntax_braces_are_text()
    {
        await GenerateAsync("out.png", "-p", "a {red|blue} ball");
        Assert.Equal(["out.png"], _folder.Files);
    }

    [Fact]
    public async Task What_is_wrong_is_one_line()
    {
        (await StylizeAsync()).AssertRefused(ExitCodes.Usage, "--style");
        (await StylizeAsync("--style", "nonesuch")).AssertRefused(ExitCodes.Input, "nonesuch", "neon");
        (await StylizeAsync("--style", _folder.Write("a.json", "{\n\"prompt\": \"{prompt}\",,\n}"u8.ToArray()))).AssertRefused(ExitCodes.Input, "a.json", "line 2");
        (await StylizeAsync("--style", _folder.Write("b.json", "{\n\"prompt\": \"{prompt}\",\n\"scheduler\": \"eulr\"\n}"u8.ToArray()))).AssertRefused(ExitCodes.Input, "b.json", "line 3", "eulr");
        (await StylizeAsync("--style", "neon", "--style-strength", "1.5")).AssertRefused(ExitCodes.Usage, "StyleStrength", "1.5");
        (await StylizeAsync("--style", "neon", "--guidance-rescale", "-1")).AssertRefused(ExitCodes.Usage, "GuidanceRescale");
        (await StylizeAsync("--style", "neon", "--figure", _folder["figure.jpg"])).AssertRefused(ExitCodes.Output, "figure.jpg", ".png");
        (await StylizeAsync("--style", "neon", "--long-prompt", "drop")).AssertRefused(ExitCodes.Usage, "--long-prompt", "chunks");
        Assert.Equal(["a.json", "b.json"], _folder.Files);
    }

    [Fact]
    public async Task Styles_are_listed_and_shown()
    {
        CliRun list = await CliFolder.RunAsync("styles", "list");
        Assert.Contains("watercolor", list.Output, StringComparison.Ordinal);
        CliRun show = await CliFolder.RunAsync("styles", "show", Style("ink.json"));
        Assert.Contains("{prompt}, ink", show.Output, StringComparison.Ordinal);
        // What is shown as JSON is a style again.
        CliRun json = await CliFolder.RunAsync("styles", "show", "film-noir", "--json");
        string copy = _folder.Write("copy.json", System.Text.Encoding.UTF8.GetBytes(json.Output));
        Assert.Equal(json.Output, (await CliFolder.RunAsync("styles", "show", copy, "--json")).Output);
    }

    [Fact]
    public async Task A_malformed_style_is_not_added() =>
        (await CliFolder.RunAsync("styles", "add", _folder.Write("x.json", "{\n\"promt\": 1 }"u8.ToArray()))).AssertRefused(ExitCodes.Input, "x.json", "line 2", "promt");

    private string Style(string name) => File.Exists(_folder[name]) ? _folder[name] : _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(Ink));

    private GenerationSettings Settings(string name) => GenerationSettings.FromJson(ImageFile.Load(_folder[name]).Text[GenerationSettings.TextKey]);

    private byte[] Pixels(string name) => ImageFile.Load(_folder[name]).ToRgb().Pixels;

    private Task<CliRun> GenerateAsync(string name, params string[] args) => CliFolder.RunAsync(
        ["generate", CliFolder.Photo, "-m", CliFolder.TinyModel, "--steps", "2", "--seed", "1", "--max-size", "64", "--strength", "1", "-o", _folder[name], .. args]);

    private Task<CliRun> StylizeAsync(params string[] args) => CliFolder.RunAsync(
        ["stylize", CliFolder.Photo, "-m", CliFolder.TinyModel, "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"], .. args]);
}
