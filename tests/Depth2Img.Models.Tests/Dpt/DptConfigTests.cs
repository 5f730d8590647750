using Depth2Img.Compute;
using Depth2Img.Models.Dpt;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Dpt;

public class DptConfigTests
{
    [Fact]
    public void Absent_keys_mean_transformers_defaults()
    {
        DptConfig config = Read("{}");

        Assert.Null(config.Backbone);
        Assert.Equal((768, 12, 12, 3072, 384, 16), (config.HiddenSize, config.NumHiddenLayers, config.NumAttentionHeads, config.IntermediateSize, config.ImageSize, config.PatchSize));
        Assert.Equal([2, 5, 8, 11], config.OutIndices);
        Assert.Equal([4, 2, 1, 0.5], config.ReassembleFactors);
        Assert.Equal([96, 192, 384, 768], config.NeckHiddenSizes);
        Assert.Equal((256, ReadoutType.Project, Activation.Gelu, 1e-12f), (config.FusionHiddenSize, config.ReadoutType, config.HiddenAct, config.LayerNormEps));
        Assert.True(config.QkvBias && config.UseBiasInFusionResidual && !config.AddProjection);
    }

    [Fact]
    public void The_published_hybrid_s_configuration_is_read()
    {
        DptConfig config = DptConfig.Read(JsonConfig.Open(Repository.Golden("full/depth-config.json")));

        Assert.NotNull(config.Backbone);
        Assert.Equal([256, 512, 1024], config.Backbone.StageChannels);
        Assert.Equal([3, 4, 9], config.Backbone.Depths);
        Assert.Equal([0, 1, 2], config.Backbone.OutStages);
        Assert.Equal((64, 32, true), (config.Backbone.EmbeddingSize, config.Backbone.NumGroups, config.Backbone.EmbeddingDynamicPadding));
        Assert.Equal([8, 11], config.OutIndices);
    }

    [Fact]
    public void A_hybrid_without_a_backbone_s_configuration_has_the_published_one()
    {
        DptConfig config = Read("""{"is_hybrid": true, "neck_hidden_sizes": [256, 512, 768, 768], "backbone_out_indices": [0, 1, 8, 11], "backbone_config": null}""");

        Assert.NotNull(config.Backbone);
        Assert.Equal([3, 4, 9], config.Backbone.Depths);
        Assert.True(config.Backbone.EmbeddingDynamicPadding);
    }

    [Theory]
    [InlineData("ignore", ReadoutType.Ignore)]
    [InlineData("add", ReadoutType.Add)]
    [InlineData("project", ReadoutType.Project)]
    public void A_readout_s_name_is_read(string name, ReadoutType readout) =>
        Assert.Equal(readout, Read($$"""{"readout_type": "{{name}}"}""").ReadoutType);

    [Theory]
    [InlineData("""{"architectures": ["DPTForSemanticSegmentation"]}""", "architectures")]
    [InlineData("""{"model_type": "zoedepth"}""", "model_type")]
    [InlineData("""{"architectures": ["GLPNForDepthEstimation"], "model_type": "glpn"}""", "architectures")]
    [InlineData("""{"backbone_config": {"model_type": "swinv2"}}""", "backbone_config")]
    [InlineData("""{"backbone": "vitb_rn50_384"}""", "backbone")]
    [InlineData("""{"num_attention_heads": 7}""", "num_attention_heads")]
    [InlineData("""{"patch_size": 0}""", "patch_size")]
    [InlineData("""{"image_size": 8}""", "image_size")]
    [InlineData("""{"image_size": 1000000}""", "image_size")]
    [InlineData("""{"hidden_act": "selu"}""", "hidden_act")]
    [InlineData("""{"backbone_out_indices": [2, 5, 8]}""", "backbone_out_indices")]
    [InlineData("""{"backbone_out_indices": [2, 5, 8, 12]}""", "backbone_out_indices")]
    [InlineData("""{"backbone_out_indices": [2, 8, 5, 11]}""", "backbone_out_indices")]
    [InlineData("""{"readout_type": "mean"}""", "readout_type")]
    [InlineData("""{"reassemble_factors": [4, 2, 1]}""", "reassemble_factors")]
    [InlineData("""{"reassemble_factors": [4, 1.5, 1, 0.5]}""", "reassemble_factors")]
    [InlineData("""{"reassemble_factors": [4, 2, 1, 0]}""", "reassemble_factors")]
    [InlineData("""{"reassemble_factors": [1e9, 2, 1, 0.5]}""", "reassemble_factors")]
    [InlineData("""{"fusion_hidden_size": 1}""", "fusion_hidden_size")]
    [InlineData("""{"use_batch_norm_in_fusion_residual": true}""", "use_batch_norm_in_fusion_residual")]
    [InlineData("""{"head_in_index": 0}""", "head_in_index")]
    [InlineData("""{"num_hidden_layers": 0}""", "num_hidden_layers")]
    public void An_impossible_value_is_named(string json, string key) => AssertNames(key, json);

    [Theory]
    [InlineData("\"readout_type\": \"add\"", "readout_type")]
    [InlineData("\"neck_ignore_stages\": [0]", "neck_ignore_stages")]
    [InlineData("\"backbone_featmap_shape\": [1, 512, 24, 24]", "backbone_featmap_shape")]
    [InlineData("\"patch_size\": 32", "patch_size")]
    [InlineData("\"neck_hidden_sizes\": [256, 256, 768, 768]", "neck_hidden_sizes[1]")]
    [InlineData("\"neck_hidden_sizes\": [256, 512]", "backbone_out_indices")]
    public void An_impossible_value_of_a_hybrid_is_named(string member, string key)
    {
        string sizes = member.Contains("neck_hidden_sizes", StringComparison.Ordinal) ? "" : "\"neck_hidden_sizes\": [256, 512, 768, 768],";

        AssertNames(key, $$"""{"is_hybrid": true, {{sizes}} {{member}} }""");
    }

    [Theory]
    [InlineData("\"model_type\": \"dinov2\"", "model_type")]
    [InlineData("\"layer_type\": \"preactivation\"", "layer_type")]
    [InlineData("\"global_padding\": \"valid\"", "global_padding")]
    [InlineData("\"global_padding\": null", "global_padding")]
    [InlineData("\"hidden_act\": \"gelu\"", "hidden_act")]
    [InlineData("\"num_groups\": 5", "num_groups")]
    [InlineData("\"hidden_sizes\": [256, 512]", "hidden_sizes")]
    [InlineData("\"output_stride\": 8", "output_stride")]
    [InlineData("\"out_features\": [\"stage1\", \"stage3\"]", "out_features")]
    [InlineData("\"out_features\": [\"stage1\", \"stage2\", \"stage4\"]", "out_features")]
    [InlineData("\"out_features\": [\"stage2\", \"stage1\", \"stage3\"]", "out_features")]
    [InlineData("\"out_features\": [\"stem\", \"stage1\", \"stage2\"]", "out_features")]
    [InlineData("\"num_channels\": 4", "num_channels")]
    [InlineData("\"width_factor\": 2", "width_factor")]
    public void An_impossible_value_of_a_backbone_is_named(string member, string key)
    {
        string[] members =
        [
            "\"layer_type\": \"bottleneck\"", "\"global_padding\": \"SAME\"", "\"depths\": [3, 4, 9]",
            "\"out_features\": [\"stage1\", \"stage2\", \"stage3\"]", member,
        ];
        string name = member[..member.IndexOf(':', StringComparison.Ordinal)];
        string backbone = string.Join(", ", members.Where(m => m == member || !m.StartsWith(name, StringComparison.Ordinal)));

        AssertNames($"backbone_config.{key}", $$"""{"is_hybrid": true, "neck_hidden_sizes": [256, 512, 768, 768], "backbone_config": { {{backbone}} } }""");
    }

    private static DptConfig Read(string json) => DptConfig.Read(JsonConfig.Parse(json, "config.json"));

    private static void AssertNames(string key, string json)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Read(json));
        Assert.StartsWith($"'config.json': {key} ", e.Message, StringComparison.Ordinal);
    }
}
