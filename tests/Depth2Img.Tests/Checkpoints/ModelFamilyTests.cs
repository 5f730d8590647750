using Depth2Img.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Checkpoints;

/// <summary>A checkpoint is known by the shapes of its UNet, and gets the settings of its family where it brings none.</summary>
public sealed class ModelFamilyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CheckpointFolder Make(string unet, string prediction = "epsilon", bool depth = false)
    {
        string estimator = depth ? """, "depth_estimator": ["transformers", "DPTForDepthEstimation"]""" : "";
        _folder.Write("model_index.json", $$"""{"_class_name": "X", "unet": ["diffusers", "UNet2DConditionModel"], "scheduler": ["diffusers", "DDIMScheduler"]{{estimator}}}""");
        foreach (string part in (string[])["unet", "scheduler", "depth_estimator"]) Directory.CreateDirectory(_folder.File(part));
        _folder.Write("unet/config.json", $$"""{"_class_name": "UNet2DConditionModel", {{unet}}}""");
        _folder.Write("scheduler/scheduler_config.json", $$"""{"_class_name": "DDIMScheduler", "prediction_type": "{{prediction}}"}""");
        return CheckpointFolder.Open(_folder.Path);
    }

    [Theory]
    [InlineData("\"in_channels\": 5, \"cross_attention_dim\": 1024", "epsilon", "Stable Diffusion 2 depth", 512)]
    [InlineData("\"in_channels\": 4, \"cross_attention_dim\": 1024", "epsilon", "Stable Diffusion 2 base or 2.1 base", 512)]
    [InlineData("\"in_channels\": 4, \"cross_attention_dim\": 1024", "v_prediction", "Stable Diffusion 2 or 2.1 (768)", 768)]
    [InlineData("\"in_channels\": 9, \"cross_attention_dim\": 1024", "epsilon", "Stable Diffusion 2 inpainting", 512)]
    [InlineData("\"in_channels\": 4, \"cross_attention_dim\": 768", "epsilon", "Stable Diffusion 1", 512)]
    [InlineData("\"in_channels\": 4, \"cross_attention_dim\": 2048, \"addition_embed_type\": \"text_time\"", "epsilon", "Stable Diffusion XL", 1024)]
    public void A_family_is_told_by_shapes(string unet, string prediction, string family, int size)
    {
        CheckpointFolder checkpoint = Make(unet, prediction);
        Assert.Equal(family, checkpoint.Family);
        Assert.Equal(size, checkpoint.Defaults.Size);
    }

    [Fact]
    public void Stable_Diffusion_2_depth_has_the_references_settings_its_own_size_and_its_own_depth_network()
    {
        ModelDefaults defaults = Make("\"in_channels\": 5, \"cross_attention_dim\": 1024", depth: true).Defaults;
        Assert.Equal((50, 7.5, 0.8, 512, "checkpoint"), (defaults.Steps, defaults.Guidance, defaults.Strength, defaults.Size, defaults.DepthModel));
    }

    [Fact]
    public void The_file_beside_the_checkpoint_wins()
    {
        _folder.Write("depth2img.json", """{"name": "mine", "steps": 20, "size": 640, "depthModel": "tiefenrausch"}""");
        CheckpointFolder checkpoint = Make("\"in_channels\": 5, \"cross_attention_dim\": 1024", depth: true);
        Assert.Equal((20, 640, "tiefenrausch", "mine"), (checkpoint.Defaults.Steps, checkpoint.Defaults.Size, checkpoint.Defaults.DepthModel, checkpoint.Name));
    }

    [Fact]
    public void Without_a_depth_network_of_its_own_depth_comes_from_the_one_beside_the_program() =>
        Assert.Equal("tiefenrausch", Make("\"in_channels\": 5, \"cross_attention_dim\": 1024").Defaults.DepthModel);

    [Fact]
    public void A_configuration_that_cannot_be_read_has_no_family() => Assert.Null(Make("\"in_channels\": \"many\"").Family);
}
