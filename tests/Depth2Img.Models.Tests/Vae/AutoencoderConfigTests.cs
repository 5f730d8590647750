using Depth2Img.Compute.Reference;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Vae;

public class AutoencoderConfigTests
{
    [Fact]
    public void Absent_keys_of_a_variational_autoencoder_mean_diffusers_defaults()
    {
        AutoencoderKLConfig config = AutoencoderKLConfig.Read(JsonConfig.Parse("{}", "config.json"));

        Assert.Equal([64], config.BlockOutChannels);
        Assert.Equal((1, 4, 32, 0.18215f, 0f), (config.LayersPerBlock, config.LatentChannels, config.NormNumGroups, config.ScalingFactor, config.ShiftFactor));
        Assert.True(config.UseQuantConv && config.UsePostQuantConv && config.MidBlockAddAttention);
    }

    [Fact]
    public void A_variational_autoencoder_s_keys_are_read()
    {
        AutoencoderKLConfig config = AutoencoderKLConfig.Read(JsonConfig.Parse("""
            {"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "layers_per_block": 3, "latent_channels": 16, "norm_num_groups": 4,
             "scaling_factor": 0.3611, "shift_factor": 0.1159, "use_quant_conv": false, "use_post_quant_conv": false, "mid_block_add_attention": false}
            """, "config.json"));

        Assert.Equal([8, 16], config.BlockOutChannels);
        Assert.Equal((3, 16, 4, 0.3611f, 0.1159f), (config.LayersPerBlock, config.LatentChannels, config.NormNumGroups, config.ScalingFactor, config.ShiftFactor));
        Assert.False(config.UseQuantConv || config.UsePostQuantConv || config.MidBlockAddAttention);
    }

    [Theory]
    [InlineData("""{"_class_name": "VQModel"}""", "_class_name")]
    [InlineData("""{"act_fn": "gelu"}""", "act_fn")]
    [InlineData("""{"norm_num_groups": 7}""", "block_out_channels")]
    [InlineData("""{"norm_num_groups": 0}""", "norm_num_groups")]
    [InlineData("""{"scaling_factor": 0}""", "scaling_factor")]
    [InlineData("""{"scaling_factor": -1}""", "scaling_factor")]
    [InlineData("""{"scaling_factor": 1e300}""", "scaling_factor")]
    [InlineData("""{"scaling_factor": "one"}""", "scaling_factor")]
    [InlineData("""{"down_block_types": ["AttnDownEncoderBlock2D"]}""", "down_block_types")]
    [InlineData("""{"up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}""", "up_block_types")]
    [InlineData("""{"block_out_channels": []}""", "block_out_channels")]
    [InlineData("""{"latent_channels": -4}""", "latent_channels")]
    [InlineData("""{"layers_per_block": 0}""", "layers_per_block")]
    [InlineData("""{"latents_mean": [0, 0, 0, 0]}""", "latents_mean")]
    public void An_impossible_value_of_a_variational_autoencoder_is_named(string json, string key) =>
        AssertNames(key, () => AutoencoderKLConfig.Read(JsonConfig.Parse(json, "vae/config.json")));

    [Theory]
    [InlineData("""{"act_fn": "silu"}""", "act_fn")]
    [InlineData("""{"upsample_fn": "bilinear"}""", "upsample_fn")]
    [InlineData("""{"upsampling_scaling_factor": 4}""", "upsampling_scaling_factor")]
    [InlineData("""{"num_decoder_blocks": [3, 3, 1]}""", "num_decoder_blocks")]
    [InlineData("""{"encoder_block_out_channels": [64, 64, 64]}""", "encoder_block_out_channels")]
    [InlineData("""{"decoder_block_out_channels": [64, 64, 32, 64]}""", "decoder_block_out_channels")]
    [InlineData("""{"scaling_factor": 0}""", "scaling_factor")]
    public void An_impossible_value_of_a_tiny_autoencoder_is_named(string json, string key) =>
        AssertNames(key, () => AutoencoderTinyConfig.Read(JsonConfig.Parse(json, "vae/config.json")));

    [Fact]
    public void An_unknown_class_is_named()
    {
        using ReferenceBackend backend = new();
        using GoldenNetwork golden = GoldenNetwork.Open("vae.safetensors");
        JsonConfig config = JsonConfig.Parse("""{"_class_name": "AsymmetricAutoencoderKL"}""", "vae/config.json");

        Depth2ImgException e = AssertNames("_class_name", () => Autoencoder.Create(new CheckpointScope(golden.Weights, backend), config));

        Assert.Contains("\"AsymmetricAutoencoderKL\"", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_class_decides_which_autoencoder_is_made_and_is_variational_if_absent(bool named)
    {
        using ReferenceBackend backend = new();
        using GoldenNetwork golden = GoldenNetwork.Open("vae.safetensors");
        string json = named ? golden.Config.Replace("{", """{"_class_name": "AutoencoderKL", """, StringComparison.Ordinal) : golden.Config;

        using IAutoencoder vae = Autoencoder.Create(new CheckpointScope(golden.Weights, backend), JsonConfig.Parse(json, golden.Description));

        Assert.IsType<AutoencoderKL>(vae);
        Assert.Equal((4, 0.18215f, 0f, 8), (vae.LatentChannels, vae.ScalingFactor, vae.ShiftFactor, vae.DownscaleFactor));
    }

    private static Depth2ImgException AssertNames(string key, Action action)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(action);
        Assert.StartsWith($"'vae/config.json': {key}", e.Message, StringComparison.Ordinal);
        return e;
    }
}
