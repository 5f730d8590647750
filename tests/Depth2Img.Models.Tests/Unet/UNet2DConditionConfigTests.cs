using System.Text.Json.Nodes;
using Depth2Img.Models.Unet;
using Depth2Img.TestSupport;
using FsCheck.Xunit;

namespace Depth2Img.Models.Tests.Unet;

public class UNet2DConditionConfigTests
{
    [Fact]
    public void An_empty_configuration_has_the_reference_class_s_defaults()
    {
        UNet2DConditionConfig config = Read("{}");

        Assert.Equal([320, 640, 1280, 1280], config.BlockOutChannels);
        Assert.Equal([2, 2, 2, 2], config.LayersPerBlock);
        Assert.Equal([8, 8, 8, 8], config.AttentionHeads);
        Assert.Equal([true, true, true, false], config.DownBlockAttends);
        Assert.Equal([false, true, true, true], config.UpBlockAttends);
        Assert.Equal((4, 4, 1280, 32, 1280), (config.InChannels, config.OutChannels, config.CrossAttentionDim, config.NormNumGroups, config.TimeEmbeddingDim));
        Assert.True(config.FlipSinToCos);
        Assert.Equal(0, config.FreqShift);
        Assert.Equal(1, config.DownsamplePadding);
        Assert.Null(config.SampleSize);
    }

    [Fact]
    public void Stable_Diffusion_2_depth_s_configuration_is_read()
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Repository.Golden("full/unet-config.json")));

        Assert.Equal((5, 4, 1024, 64), (config.InChannels, config.OutChannels, config.CrossAttentionDim, config.SampleSize));
        Assert.Equal([5, 10, 20, 20], config.AttentionHeads);
    }

    [Fact]
    public void A_given_number_of_heads_goes_before_the_misnamed_one() =>
        Assert.Equal([4, 4, 4, 4], Read("""{"num_attention_heads": 4, "attention_head_dim": [5, 10, 20, 20]}""").AttentionHeads);

    [Fact]
    public void Numbers_and_lists_are_read_alike()
    {
        UNet2DConditionConfig config = Read("""{"layers_per_block": [1, 2, 3, 4], "transformer_layers_per_block": [1, 2, 10, 1], "only_cross_attention": true, "cross_attention_dim": [768, 768, 768, 768], "sample_size": [64, 96]}""");

        Assert.Equal([1, 2, 3, 4], config.LayersPerBlock);
        Assert.Equal([1, 2, 10, 1], config.TransformerLayersPerBlock);
        Assert.Equal([true, true, true, true], config.OnlyCrossAttention);
        Assert.Equal(768, config.CrossAttentionDim);
        Assert.Equal(96, config.SampleSize);
    }

    [Theory]
    [InlineData("""{"_class_name": "UNet3DConditionModel"}""", "_class_name is \"UNet3DConditionModel\"")]
    [InlineData("""{"attention_head_dim": 7}""", "attention_head_dim gives block 0 7 heads, which do not divide its 320 channels")]
    [InlineData("""{"num_attention_heads": [5, 10, 20, 3]}""", "num_attention_heads gives block 3 3 heads")]
    [InlineData("""{"attention_head_dim": [5, 10]}""", "attention_head_dim has 2 entries; 4 were expected")]
    [InlineData("""{"norm_num_groups": 48}""", "norm_num_groups is 48, which does not divide the 320 of block_out_channels")]
    [InlineData("""{"norm_num_groups": null}""", "norm_num_groups is null")]
    [InlineData("""{"down_block_types": ["AttnDownBlock2D", "DownBlock2D", "DownBlock2D", "DownBlock2D"]}""", "down_block_types names \"AttnDownBlock2D\"")]
    [InlineData("""{"up_block_types": ["UpBlock2D"]}""", "up_block_types has 1 entries, and block_out_channels has 4")]
    [InlineData("""{"block_out_channels": []}""", "block_out_channels is an empty list")]
    [InlineData("""{"mid_block_type": null}""", "mid_block_type is null, which is not supported")]
    [InlineData("""{"mid_block_type": "UNetMidBlock2DSimpleCrossAttn"}""", "mid_block_type is")]
    [InlineData("""{"class_embed_type": "timestep"}""", "class_embed_type is \"timestep\"")]
    [InlineData("""{"num_class_embeds": 1000}""", "num_class_embeds is 1000")]
    [InlineData("""{"addition_embed_type": "text_time"}""", "addition_embed_type is \"text_time\"")]
    [InlineData("""{"dual_cross_attention": true}""", "dual_cross_attention is true")]
    [InlineData("""{"encoder_hid_dim": 4096}""", "encoder_hid_dim is 4096")]
    [InlineData("""{"center_input_sample": true}""", "center_input_sample is true")]
    [InlineData("""{"act_fn": "gelu"}""", "act_fn is \"gelu\"")]
    [InlineData("""{"time_embedding_type": "fourier"}""", "time_embedding_type is \"fourier\"")]
    [InlineData("""{"time_cond_proj_dim": 256}""", "time_cond_proj_dim is 256")]
    [InlineData("""{"resnet_time_scale_shift": "scale_shift"}""", "resnet_time_scale_shift is \"scale_shift\"")]
    [InlineData("""{"conv_in_kernel": 1}""", "conv_in_kernel is 1")]
    [InlineData("""{"downsample_padding": 2}""", "downsample_padding is 2")]
    [InlineData("""{"cross_attention_dim": [768, 1024, 768, 768]}""", "cross_attention_dim differs")]
    [InlineData("""{"freq_shift": 160}""", "freq_shift is 160")]
    [InlineData("""{"in_channels": 0}""", "in_channels is 0")]
    public void What_cannot_be_run_is_refused_with_file_and_key(string json, string part)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Read(json));

        Assert.StartsWith($"'unet/config.json': {part}", e.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 500)]
    public void Any_value_under_any_key_is_read_or_refused(int keyChoice, int valueChoice, int number)
    {
        JsonObject config = (JsonObject)JsonNode.Parse(File.ReadAllText(Repository.Golden("full/unet-config.json")))!;
        string key = config.ElementAt((int)((uint)keyChoice % config.Count)).Key;
        JsonNode?[] values = [null, number, number / 3.0, true, "\ud800", "x", new JsonArray(), new JsonArray(number, number), new JsonObject(), long.MaxValue];
        config[key] = values[(uint)valueChoice % values.Length];
        try
        {
            Read(config.ToJsonString());
        }
        catch (Depth2ImgException e)
        {
            Assert.StartsWith("'unet/config.json': ", e.Message, StringComparison.Ordinal);
        }
    }

    private static UNet2DConditionConfig Read(string json) => UNet2DConditionConfig.Read(JsonConfig.Parse(json, "unet/config.json"));
}
