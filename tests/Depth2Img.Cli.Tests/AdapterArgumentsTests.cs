using System.Text.Json;
using Depth2Img.Adapters;
using Depth2Img.Cli.Generation;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Embeddings;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

public sealed class AdapterArgumentsTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.safetensors", "a.safetensors", 1, 1)]
    [InlineData("a.safetensors:0.8", "a.safetensors", 0.8, 0.8)]
    [InlineData("a.safetensors:0.8:0.5", "a.safetensors", 0.8, 0.5)]
    [InlineData("a.safetensors:-1:0", "a.safetensors", -1, 0)]
    [InlineData("C:\\loras\\a.safetensors", "C:\\loras\\a.safetensors", 1, 1)]
    [InlineData("C:\\loras\\a.safetensors:.5", "C:\\loras\\a.safetensors", 0.5, 0.5)]
    [InlineData("a:b.safetensors:much", "a:b.safetensors:much", 1, 1)]
    [InlineData("a:1:2:3", "a:1", 2, 3)]
    public void Strengths_are_taken_from_the_end_of_a_path(string text, string path, double unet, double textEncoder) =>
        Assert.Equal(new AdapterOptions(path, unet, textEncoder), AdapterArguments.ParseLora(text));

    [Theory]
    [InlineData("a.pt", "a.pt", null)]
    [InlineData("a.pt:<word>", "a.pt", "<word>")]
    [InlineData("C:\\e\\a.pt", "C:\\e\\a.pt", null)]
    [InlineData("C:\\e\\a.pt:word", "C:\\e\\a.pt", "word")]
    [InlineData("C:a.pt", "C:a.pt", null)]
    [InlineData("a.pt:", "a.pt:", null)]
    public void A_word_is_taken_from_the_end_of_a_path(string text, string path, string? word) =>
        Assert.Equal(new EmbeddingOptions(path, word), AdapterArguments.ParseEmbedding(text));

    [Fact]
    public async Task Adapters_by_option_and_by_tag_and_embeddings_are_in_the_settings()
    {
        string lora = Golden("ti-diffusers.safetensors");
        CliRun run = await _folder.GenerateAsync(CliFolder.Photo, "--json", "--embedding", lora, "--embedding", $"{Golden("ti-diffusers-1d.safetensors")}:dot");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement[] embeddings = [.. run.Json.GetProperty("settings").GetProperty("embeddings").EnumerateArray()];
        Assert.Equal(["<statue>", "dot"], embeddings.Select(e => e.GetProperty("token").GetString()!));
    }

    [Fact]
    public async Task A_prompt_s_tags_are_text_unless_its_syntax_is_weighted()
    {
        const string prompt = "a ball <lora:ink:0.5>";
        CliRun plain = await GenerateAsync(prompt);
        Assert.Equal(prompt, plain.Json.GetProperty("settings").GetProperty("prompt").GetString());
        Assert.False(plain.Json.GetProperty("settings").TryGetProperty("adapters", out _));
        CliRun withoutEffect = await GenerateAsync(prompt, "--lora-dir", _folder["loras"]);
        Assert.Equal(ExitCodes.Usage, withoutEffect.ExitCode);
        Assert.Contains("--prompt-syntax weighted", withoutEffect.Error, StringComparison.Ordinal);
        CliRun refused = await GenerateAsync(prompt, "--prompt-syntax", "weighted", "--lora-dir", _folder["loras"]);
        Assert.Equal(ExitCodes.Input, refused.ExitCode);
        Assert.Contains("'ink'", refused.Error, StringComparison.Ordinal);

        Lora("ink");
        CliRun weighted = await GenerateAsync(prompt, "--prompt-syntax", "weighted", "--lora-dir", _folder["loras"], "--lora", $"{Lora("wash")}:1:0.25");
        Assert.Equal("a ball", weighted.Json.GetProperty("settings").GetProperty("prompt").GetString());
        JsonElement[] adapters = [.. weighted.Json.GetProperty("settings").GetProperty("adapters").EnumerateArray()];
        Assert.Equal(["wash", "ink"], adapters.Select(a => a.GetProperty("name").GetString()!));
        Assert.Equal([0.25, 0.5], adapters.Select(a => a.GetProperty("textEncoderStrength").GetDouble()));
        Assert.Equal([1, 0.5], adapters.Select(a => a.GetProperty("unetStrength").GetDouble()));
    }

    [Fact]
    public async Task Without_a_folder_for_them_LoRAs_are_looked_for_beside_the_model()
    {
        Lora("ink");
        string model = _folder.CopyTinyModel();
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a <lora:ink> ball", "-m", model, "--steps", "1", "--max-size", "64", "-o", _folder["out.png"], "--json", "--prompt-syntax", "weighted");
        Assert.Equal("ink", Assert.Single(run.Json.GetProperty("settings").GetProperty("adapters").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_LoRA_that_does_not_fit_and_a_strength_that_is_none_are_refused()
    {
        (await _folder.GenerateAsync(CliFolder.Photo, "--lora", Golden("ti-diffusers.safetensors"))).AssertRefused(ExitCodes.Input, "no LoRA", "<statue>");
        (await _folder.GenerateAsync(CliFolder.Photo, "--lora", $"{Golden("lora-kohya.safetensors")}:1000")).AssertRefused(ExitCodes.Usage, "strength", "1000");
        (await _folder.GenerateAsync(CliFolder.Photo, "--embedding", Golden("lora-kohya.safetensors"))).AssertRefused(ExitCodes.Input, "--lora");
    }

    [Fact]
    public async Task Models_info_tells_what_a_LoRA_is()
    {
        CliRun text = await CliFolder.RunAsync("models", "info", Golden("lycoris.safetensors"));
        Assert.Contains("LoHa", text.Output, StringComparison.Ordinal);
        Assert.Contains("ss_network_module: lycoris.kohya", text.Output, StringComparison.Ordinal);
        CliRun json = await CliFolder.RunAsync("models", "info", Golden("lora-kohya.safetensors"), "--json");
        Assert.Equal(4, json.Json.GetProperty("ranks")[0].GetInt32());
        Assert.Equal("sd_v2", json.Json.GetProperty("facts").GetProperty("ss_base_model_version").GetString());
    }

    private Task<CliRun> GenerateAsync(string prompt, params string[] args) => CliFolder.RunAsync(
        ["generate", CliFolder.Photo, "-p", prompt, "-m", CliFolder.TinyModel, "--steps", "1", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"], "-f", "--json", .. args]);

    /// <summary>A LoRA of the tiny checkpoint's text encoder, in the folder "loras".</summary>
    private string Lora(string name)
    {
        const string module = "lora_te_text_model_encoder_layers_0_mlp_fc1";
        Directory.CreateDirectory(_folder["loras"]);
        string path = Path.Combine(_folder["loras"], name + ".safetensors");
        SafetensorsWriter.Write(path,
        [
            WeightTensor.FromFloats(module + ".lora_down.weight", [1, 64], [.. Enumerable.Repeat(0.1f, 64)]),
            WeightTensor.FromFloats(module + ".lora_up.weight", [160, 1], [.. Enumerable.Repeat(0.1f, 160)]),
        ]);
        return path;
    }

    private static string Golden(string name) => Repository.Golden(Path.Combine("lora", name));
}
