using System.Text.Json;

namespace Depth2Img.Cli.Tests;

public sealed class ModelsVerifyAndConvertTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_model_is_verified_by_its_name()
    {
        CliRun run = await CliFolder.RunAsync("models", "verify", "demo");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("unet: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("is sound.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_model_gives_the_exit_code_of_a_bad_input_and_names_what_is_damaged()
    {
        string model = _folder.CopyTinyModel(), file = Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        CliRun run = await CliFolder.RunAsync("models", "verify", model);
        Assert.Equal(ExitCodes.Input, run.ExitCode);
        Assert.Contains("cut short", run.Output, StringComparison.Ordinal);
        CliRun json = await CliFolder.RunAsync("models", "verify", model, "--json");
        Assert.Equal(ExitCodes.Input, json.ExitCode);
        Assert.False(json.Json.GetProperty("isSound").GetBoolean());
        JsonElement unet = json.Json.GetProperty("components").EnumerateArray().Single(c => c.GetProperty("component").GetString() == "unet");
        Assert.Contains("cut short", unet.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_converted_model_makes_pictures()
    {
        CliRun run = await CliFolder.RunAsync("models", "convert", CliFolder.TinyModel, _folder["half"], "--precision", "float16");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("unet/diffusion_pytorch_model.safetensors: ", run.Output, StringComparison.Ordinal);
        CliRun generated = await CliFolder.RunAsync(
            "generate", CliFolder.Photo, "-p", "a red ball", "-m", _folder["half"], "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"]);
        Assert.Equal(ExitCodes.Success, generated.ExitCode);
        Assert.True(File.Exists(_folder["out.png"]));
    }

    [Fact]
    public async Task An_existing_folder_is_replaced_by_force_alone()
    {
        string[] convert = ["models", "convert", CliFolder.TinyModel, _folder["x"], "--json"];
        Assert.Equal(4, (await CliFolder.RunAsync(convert)).Json.GetProperty("networks").GetArrayLength());
        (await CliFolder.RunAsync(convert[..^1])).AssertRefused(ExitCodes.Output, "exists already");
        Assert.Equal(ExitCodes.Success, (await CliFolder.RunAsync([.. convert, "--force"])).ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_converted_is_refused()
    {
        (await CliFolder.RunAsync("models", "convert", CliFolder.TinyModel, _folder["x"], "--precision", "int8")).AssertRefused(ExitCodes.Usage, "int8", "bfloat16");
        (await CliFolder.RunAsync("models", "convert", _folder["none"], _folder["x"])).AssertRefused(ExitCodes.Input, "none");
        Assert.Empty(_folder.Files);
    }
}
