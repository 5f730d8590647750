using System.Text.Json;
using Depth2Img.Adapters;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Reference;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

/// <summary>Merged weights and what the networks make of them, against torch, diffusers, peft and LyCORIS.</summary>
public sealed class AdapterMergeGoldenTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly AdapterGolden _golden = new();

    public void Dispose() => _golden.Dispose();

    [Theory]
    [InlineData("lora-kohya.safetensors", 146)]
    [InlineData("lora-diffusers.safetensors", 146)]
    [InlineData("lora-diffusers-noalpha.safetensors", 57)]
    [InlineData("lora-diffusers-old.safetensors", 92)]
    public void Every_dress_of_a_LoRA_gives_the_reference_s_weights(string file, int modules)
    {
        using AdapterSet adapters = _golden.Open(file);
        using SafetensorsFile expected = SafetensorsFile.Open(AdapterGolden.File("lora-merged.safetensors"));
        string[] touched = Touched(file);
        Assert.Equal(modules, touched.Length);
        Assert.Empty(adapters.Notes);
        foreach (string module in touched)
        {
            string name = module + ".weight";
            float[] values = _golden.Merged(adapters, name).ToFloats();
            JsonElement facts = _golden.Facts.GetProperty("tensors").GetProperty(name);
            Assert.Equal(facts.GetProperty("first").GetDouble(), values[0], Tolerance);
            Assert.Equal(facts.GetProperty("last").GetDouble(), values[^1], Tolerance);
            Assert.Equal(facts.GetProperty("sum").GetDouble(), values.Sum(v => (double)v), 1e-3);
            Assert.Equal(facts.GetProperty("abs").GetDouble(), values.Sum(v => Math.Abs((double)v)), 1e-3);
            if (expected.Contains(name)) NumericAssert.Close(expected[name].ToFloats(), values, Tolerance, name);
        }
    }

    [Fact]
    public void LyCORIS_kinds_odd_shapes_and_fewer_input_channels_give_the_reference_s_weights()
    {
        using AdapterSet adapters = _golden.Open("lycoris.safetensors");
        using SafetensorsFile expected = SafetensorsFile.Open(AdapterGolden.File("lycoris-merged.safetensors"));
        Assert.Equal(7, expected.Names.Count);
        foreach (string name in expected.Names) NumericAssert.Close(expected[name].ToFloats(), _golden.Merged(adapters, name).ToFloats(), Tolerance, name);
    }

    [Fact]
    public void The_networks_with_and_without_the_LoRA_give_the_reference_s_outputs()
    {
        using SafetensorsFile run = SafetensorsFile.Open(AdapterGolden.File("lora-run.safetensors"));
        using AdapterSet none = AdapterSet.Open([], _golden.Model);
        using AdapterSet adapters = _golden.Open("lora-kohya.safetensors");
        NumericAssert.Close(run["base.unet"].ToFloats(), RunUnet(run, none), 1e-4, "base.unet");
        NumericAssert.Close(run["merged.unet"].ToFloats(), RunUnet(run, adapters), 1e-4, "merged.unet");
        NumericAssert.Close(run["base.text"].ToFloats(), RunText(run, none), 1e-4, "base.text");
        NumericAssert.Close(run["merged.text"].ToFloats(), RunText(run, adapters), 1e-4, "merged.text");
    }

    private float[] RunUnet(SafetensorsFile run, AdapterSet adapters)
    {
        using ReferenceBackend backend = new();
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(Config("unet"));
        using UNet2DConditionModel unet = CheckpointScope.Load(adapters.Apply("unet", _golden.Unet), backend, scope => new UNet2DConditionModel(scope, config), out _);
        using IOps ops = backend.OpenSession();
        WeightTensor sample = run["in.sample"], context = run["in.context"];
        using Tensor latents = ops.UploadChannelsFirst(sample.ToFloats(), 1, 5, 16, 16);
        using Tensor text = ops.Upload(context.ToFloats(), new Shape(1, 77, 40));
        using UNetContext prepared = unet.PrepareContext(ops, text);
        using Tensor output = unet.Forward(ops, latents, run["in.timestep"].ToFloats()[0], prepared);
        return ops.DownloadChannelsFirst(output);
    }

    private float[] RunText(SafetensorsFile run, AdapterSet adapters)
    {
        using ReferenceBackend backend = new();
        ClipTextConfig config = ClipTextConfig.Read(Config("text"));
        using ClipTextModel model = CheckpointScope.Load(adapters.Apply("text_encoder", _golden.TextEncoder), backend, scope => new ClipTextModel(scope, config), out _);
        using IOps ops = backend.OpenSession();
        using Tensor output = model.Forward(ops, [.. run["in.ids"].ToFloats().Select(v => (int)v)], 1);
        return ops.DownloadAll(output);
    }

    private JsonConfig Config(string network) => JsonConfig.Parse(_golden.Facts.GetProperty(network).GetRawText(), network);

    /// <summary>The modules that the reference says are in a file: all of them, unless it lists them.</summary>
    private string[] Touched(string file) => _golden.Facts.GetProperty("files").TryGetProperty(file, out JsonElement list)
        ? [.. list.EnumerateArray().Select(m => m.GetString()!)]
        : [.. _golden.Facts.GetProperty("tensors").EnumerateObject().Select(t => t.Name[..^".weight".Length])];
}
