using Depth2Img.Adapters;
using Depth2Img.Embeddings;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Tests.Adapters;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Adapters and textual inversions in a whole pipeline, on the tiny checkpoint.</summary>
public sealed class AdaptedPipelineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Adapters_change_the_picture_and_are_in_its_settings()
    {
        AdapterOptions lora = new(Lora(), 0.8, 0.5);
        DepthToImageResult plain = await GenerateAsync(new PipelineOptions(), "a red ball");
        DepthToImageResult without = await GenerateAsync(new PipelineOptions { Adapters = [lora with { UNetStrength = 0, TextEncoderStrength = 0 }] }, "a red ball");
        DepthToImageResult with = await GenerateAsync(new PipelineOptions { Adapters = [lora] }, "a red ball");
        DepthToImageResult lowMemory = await GenerateAsync(new PipelineOptions { Adapters = [lora], LowMemory = true }, "a red ball");
        Assert.Equal(plain.Images[0].Pixels, without.Images[0].Pixels);
        Assert.NotEqual(plain.Images[0].Pixels, with.Images[0].Pixels);
        Assert.Equal(with.Images[0].Pixels, lowMemory.Images[0].Pixels);

        Assert.Null(plain.Settings.Adapters);
        AdapterUse use = Assert.Single(GenerationSettings.FromJson(with.Settings.ToJson()).Adapters!);
        Assert.Equal(("ink", 0.8, 0.5), (use.Name, use.UNetStrength, use.TextEncoderStrength));
        Assert.Contains("\"unetStrength\":0.8", with.Settings.ToJson(), StringComparison.Ordinal);
        Assert.StartsWith("a red ball <lora:ink:0.5:0.8>\n", with.Settings.ToParametersLine(), StringComparison.Ordinal);
        Assert.Contains($"Lora hashes: \"ink: {use.Hash}\"", with.Settings.ToParametersLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedding_s_word_changes_the_picture_where_the_prompt_has_it()
    {
        PipelineOptions options = new() { Embeddings = [new EmbeddingOptions(AdapterGolden.File("ti-diffusers.safetensors"))] };
        DepthToImageResult plain = await GenerateAsync(new PipelineOptions(), "a red ball");
        DepthToImageResult unnamed = await GenerateAsync(options, "a red ball");
        DepthToImageResult named = await GenerateAsync(options, "a red <statue>");
        Assert.Equal(plain.Images[0].Pixels, unnamed.Images[0].Pixels);
        Assert.NotEqual(plain.Images[0].Pixels, named.Images[0].Pixels);
        Assert.Empty(named.Warnings);
        EmbeddingUse use = Assert.Single(GenerationSettings.FromJson(named.Settings.ToJson()).Embeddings!);
        Assert.Equal(("<statue>", 3), (use.Token, use.Vectors));
        Assert.Contains($"TI hashes: \"ti-diffusers: {use.Hash}\"", named.Settings.ToParametersLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_match_nothing_are_among_the_pipeline_s_notes()
    {
        string path = Writer().Lora("lora_unet_nowhere", 8, 8).Write(_folder.File("odd.safetensors"));
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { Adapters = [new AdapterOptions(path)] });
        Assert.Contains(pipeline.Notes, note => note.Contains("nowhere", StringComparison.Ordinal));
    }

    private static AdapterWriter Writer() => new AdapterWriter().Lora("lora_te_text_model_encoder_layers_0_mlp_fc1", 160, 64, 4);

    private string Lora()
    {
        using Depth2Img.Compute.Checkpoints.SafetensorsFile unet = Depth2Img.Compute.Checkpoints.SafetensorsFile.Open(Repository.Golden("tiny-depth2img/unet/diffusion_pytorch_model.safetensors"));
        int[] sizes = unet["conv_in.weight"].Dimensions.ToArray();
        return Writer().Random("lora_unet_conv_in.lora_down.weight", 2, sizes[1], 3, 3).Random("lora_unet_conv_in.lora_up.weight", sizes[0], 2, 1, 1).Write(_folder.File("ink.safetensors"));
    }

    private static async Task<DepthToImageResult> GenerateAsync(PipelineOptions options, string prompt)
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), options);
        return await pipeline.GenerateAsync(new DepthToImageRequest
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
            Prompt = prompt,
            Steps = 2,
            Strength = 1,
            Seed = 1,
            MaxSize = 64,
        });
    }
}
