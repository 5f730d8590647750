using System.Buffers.Binary;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>What cannot be done is refused with one clear line and a non-zero exit, and nothing is written.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void AssertOnly(params string[] inputs) => Assert.Equal(inputs, _folder.Files);

    [Fact]
    public async Task A_missing_file()
    {
        (await _folder.GenerateAsync(_folder["none.png"])).AssertRefused(ExitCodes.Input, "none.png");
        AssertOnly();
    }

    [Fact]
    public async Task A_folder_in_place_of_a_picture()
    {
        (await _folder.GenerateAsync(_folder.Path)).AssertRefused(ExitCodes.Input, "folder");
        AssertOnly();
    }

    [Fact]
    public async Task A_text_file_named_png()
    {
        string file = _folder.Write("text.png", "this is no picture"u8.ToArray());
        (await _folder.GenerateAsync(file)).AssertRefused(ExitCodes.Input, "text.png");
        AssertOnly("text.png");
    }

    [Fact]
    public async Task An_empty_file()
    {
        (await _folder.GenerateAsync(_folder.Write("empty.png", []))).AssertRefused(ExitCodes.Input, "empty.png", "empty");
        AssertOnly("empty.png");
    }

    [Theory]
    [InlineData("rendered/square.png")]
    [InlineData("photos/pumpkin.jpg")]
    public async Task A_truncated_picture(string sample)
    {
        byte[] whole = File.ReadAllBytes(Repository.Samples(sample));
        string name = Path.GetFileName(sample);
        (await _folder.GenerateAsync(_folder.Write(name, whole[..(whole.Length / 2)]))).AssertRefused(ExitCodes.Input, name);
        AssertOnly(name);
    }

    [Fact]
    public async Task A_header_of_60000x60000_before_memory_is_taken()
    {
        byte[] png = File.ReadAllBytes(CliFolder.Photo);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), 60000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), 60000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));
        long before = GC.GetTotalAllocatedBytes();
        (await _folder.GenerateAsync(_folder.Write("huge.png", png))).AssertRefused(ExitCodes.Input, "60000x60000");
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100_000_000);
        AssertOnly("huge.png");
    }

    [Theory]
    [InlineData("--strength", "-1", "Strength is -1")]
    [InlineData("--strength", "1.5", "Strength is 1.5")]
    [InlineData("--strength", "NaN", "Strength is NaN")]
    [InlineData("--strength", "much", "'much'")]
    [InlineData("--steps", "0", "Steps is 0")]
    [InlineData("--steps", "1001", "1000")]
    [InlineData("--guidance", "-2", "Guidance is -2")]
    [InlineData("--guidance", "NaN", "Guidance is NaN")]
    [InlineData("--guidance-interval", "0.2", "FROM:TO")]
    [InlineData("--guidance-interval", "0.8:0.2", "GuidanceInterval is 0.8:0.2")]
    [InlineData("--guidance-interval", "NaN:1", "GuidanceInterval is NaN:1")]
    [InlineData("--reuse-features", "0", "ReuseFeatures is 0")]
    [InlineData("--reuse-features", "half", "'half'")]
    [InlineData("--count", "0", "Count is 0")]
    [InlineData("--size", "64", "--size")]
    [InlineData("--size", "4x4", "4x4")]
    [InlineData("--scheduler", "eular", "euler")]
    [InlineData("--init", "nothing", "nothing")]
    [InlineData("--init", "noise", "strength")]
    [InlineData("--depth-gamma", "0", "gamma")]
    [InlineData("--precision", "int8", "int8")]
    [InlineData("--no-such-option", "1", "--no-such-option")]
    public async Task A_setting_out_of_its_range(string option, string value, string expected)
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a ball", "-m", CliFolder.TinyModel, "-o", _folder["out.png"], option, value);
        run.AssertRefused(ExitCodes.Usage, expected);
        AssertOnly();
    }

    [Fact]
    public async Task A_prompt_that_is_not_there() =>
        (await CliFolder.RunAsync("generate", CliFolder.Photo, "-o", _folder["out.png"])).AssertRefused(ExitCodes.Usage, "--prompt");

    [Fact]
    public async Task A_processor_tier_that_nobody_knows_or_that_the_machine_lacks()
    {
        (await _folder.GenerateAsync(CliFolder.Photo, "--cpu", "mmx")).AssertRefused(ExitCodes.Input, "'mmx'", "vector128");
        (await CliFolder.RunAsync("depth", CliFolder.Photo, "-o", _folder["depth.png"], "--cpu", "mmx")).AssertRefused(ExitCodes.Input, "'mmx'");
        (await CliFolder.RunAsync("composition", CliFolder.Photo, "--cpu", "mmx")).AssertRefused(ExitCodes.Input, "'mmx'");
        foreach (CpuTier tier in Enum.GetValues<CpuTier>().Except(CpuTiers.Available))
            (await _folder.GenerateAsync(CliFolder.Photo, "--cpu", tier.Name())).AssertRefused(ExitCodes.Input, tier.Name());
        AssertOnly();
    }

    [Fact]
    public async Task A_depth_model_that_nobody_knows()
    {
        (await _folder.GenerateAsync(CliFolder.Photo, "--depth-model", "midas3")).AssertRefused(ExitCodes.Input, "midas3", "tiefenrausch");
        AssertOnly();
    }

    [Fact]
    public async Task A_depth_map_with_NaN()
    {
        byte[] pfm = [.. "Pf\n2 2\n-1.0\n"u8, .. Floats(1, 2, float.NaN, 4)];
        (await _folder.GenerateAsync(CliFolder.Photo, "--depth", _folder.Write("map.pfm", pfm))).AssertRefused(ExitCodes.Input, "map.pfm", "NaN");
        AssertOnly("map.pfm");
    }

    [Theory]
    [InlineData("/proc/out.png")]
    [InlineData("/proc/1/new/out.png")]
    public async Task An_output_folder_that_cannot_be_written(string output)
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a ball", "-m", CliFolder.TinyModel, "-o", output);
        run.AssertRefused(ExitCodes.Output, "cannot be written");
    }

    [Theory]
    [InlineData("out.bmp")]
    [InlineData("out")]
    public async Task An_output_of_a_format_that_is_not_written(string name)
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a ball", "-m", CliFolder.TinyModel, "-o", _folder[name]);
        run.AssertRefused(ExitCodes.Output, name, ".png");
        AssertOnly();
    }

    [Fact]
    public async Task A_model_folder_that_is_not_there()
    {
        CliRun run = await CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a ball", "-m", _folder["none"], "-o", _folder["out.png"]);
        run.AssertRefused(ExitCodes.Input, "none");
        AssertOnly();
    }

    [Theory]
    [InlineData("unet/diffusion_pytorch_model.safetensors")]
    [InlineData("text_encoder/model.safetensors")]
    [InlineData("vae/diffusion_pytorch_model.safetensors")]
    public async Task A_truncated_weights_file(string name)
    {
        string model = _folder.CopyTinyModel();
        byte[] whole = File.ReadAllBytes(Path.Combine(model, name));
        File.WriteAllBytes(Path.Combine(model, name), whole[..(whole.Length - 100)]);
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, Path.GetFileName(name), "cut short");
        Assert.False(File.Exists(_folder["out.png"]));
    }

    [Fact]
    public async Task A_checkpoint_with_a_missing_tensor()
    {
        string model = Rewrite("unet/diffusion_pytorch_model.safetensors", tensors => tensors.Remove("mid_block.resnets.0.conv1.weight"));
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, "mid_block.resnets.0.conv1.weight", "missing");
    }

    [Fact]
    public async Task A_checkpoint_with_a_tensor_of_a_wrong_shape()
    {
        string model = Rewrite("unet/diffusion_pytorch_model.safetensors", tensors => tensors["conv_in.bias"] = WeightTensor.FromFloats("conv_in.bias", [3], [1, 2, 3]));
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, "conv_in.bias", "[3]", "expected");
    }

    [Fact]
    public async Task A_checkpoint_with_NaN_weights()
    {
        string model = Rewrite("vae/diffusion_pytorch_model.safetensors", tensors =>
        {
            WeightTensor bias = tensors["decoder.conv_in.bias"];
            float[] values = bias.ToFloats();
            values[1] = float.NaN;
            tensors["decoder.conv_in.bias"] = WeightTensor.FromFloats("decoder.conv_in.bias", bias.Dimensions, values);
        });
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, "decoder.conv_in.bias", "NaN");
    }

    [Theory]
    [InlineData("model_index.json", "UNet2DConditionModel", "UNet3DModel")]
    [InlineData("scheduler/scheduler_config.json", "PNDMScheduler", "MagicScheduler")]
    [InlineData("unet/config.json", "UNetMidBlock2DCrossAttn", "UNetMidBlockOfDreams")]
    [InlineData("vae/config.json", "UpDecoderBlock2D", "AsideDecoderBlock2D")]
    public async Task A_config_that_names_an_unknown_class(string file, string known, string unknown)
    {
        string model = _folder.CopyTinyModel();
        string path = Path.Combine(model, file);
        File.WriteAllText(path, File.ReadAllText(path).Replace(known, unknown, StringComparison.Ordinal));
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, unknown);
    }

    [Fact]
    public async Task A_text_to_image_checkpoint_is_named_as_what_it_is()
    {
        string model = _folder.CopyTinyModel();
        string path = Path.Combine(model, "unet/config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"in_channels\": 5", "\"in_channels\": 4", StringComparison.Ordinal));
        (await GenerateWith(model)).AssertRefused(ExitCodes.Input, "4 channels", "without a depth channel");
    }

    [Fact]
    public async Task A_picture_without_settings() =>
        (await CliFolder.RunAsync("info", CliFolder.Photo)).AssertRefused(ExitCodes.Input, "no settings");

    private Task<CliRun> GenerateWith(string model) =>
        CliFolder.RunAsync("generate", CliFolder.Photo, "-p", "a ball", "-m", model, "--steps", "1", "--max-size", "64", "-o", _folder["out.png"]);

    private string Rewrite(string name, Action<Dictionary<string, WeightTensor>> change)
    {
        string model = _folder.CopyTinyModel();
        using SafetensorsFile original = SafetensorsFile.Open(Path.Combine(CliFolder.TinyModel, name));
        Dictionary<string, WeightTensor> tensors = original.Names.ToDictionary(key => key, key => original[key]);
        change(tensors);
        SafetensorsWriter.Write(Path.Combine(model, name), tensors.Values);
        return model;
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
        }
        return ~crc;
    }
}
