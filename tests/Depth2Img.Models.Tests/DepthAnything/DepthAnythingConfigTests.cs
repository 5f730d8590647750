using Depth2Img.Models.DepthAnything;

namespace Depth2Img.Models.Tests.DepthAnything;

public class DepthAnythingConfigTests
{
    private const string Small = """{"model_type":"dinov2","hidden_size":384,"num_attention_heads":6,"image_size":518,"out_features":["stage3","stage6","stage9","stage12"]}""";

    [Fact]
    public void A_published_small_model_is_read_with_the_reference_s_defaults()
    {
        DepthAnythingConfig config = Read($$"""{"architectures":["DepthAnythingForDepthEstimation"],"model_type":"depth_anything","backbone_config":{{Small}}}""");

        Assert.Equal([3, 6, 9, 12], config.Backbone.OutLayers);
        Assert.Equal((384, 6, 12, 1536, 37), (config.Backbone.HiddenSize, config.Backbone.NumAttentionHeads, config.Backbone.NumHiddenLayers, config.Backbone.IntermediateSize, config.Backbone.Grid));
        Assert.Equal([48, 96, 192, 384], config.NeckHiddenSizes);
        Assert.Equal((64, 32), (config.FusionHiddenSize, config.HeadHiddenSize));
        Assert.Null(config.MaxDepth);
    }

    [Fact]
    public void Layers_are_taken_by_number_where_they_have_no_names() =>
        Assert.Equal([9, 10, 11, 12], Read("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"out_indices":[9,10,11,12]}}""").Backbone.OutLayers);

    [Fact]
    public void A_metric_model_has_its_farthest_distance() =>
        Assert.Equal(80, Read($$"""{"depth_estimation_type":"metric","max_depth":80,"backbone_config":{{Small}}}""").MaxDepth);

    [Theory]
    [InlineData("""{"model_type":"zoedepth"}""", "model_type")]
    [InlineData("{}", "backbone_config")]
    [InlineData("""{"backbone_config":{"model_type":"swinv2"}}""", "swinv2")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":7}}""", "num_attention_heads")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"use_swiglu_ffn":true}}""", "use_swiglu_ffn")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"out_features":["stage3","stage13"]}}""", "out_features")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"out_features":["stem","stage1","stage2","stage3"]}}""", "stem")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"out_indices":[4,3,2,1]}}""", "out_indices")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"out_indices":[4]}}""", "neck_hidden_sizes")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"image_size":5}}""", "image_size")]
    [InlineData("""{"backbone_config":{"hidden_size":384,"num_attention_heads":6,"mlp_ratio":1e9}}""", "mlp_ratio")]
    [InlineData("""{"reassemble_hidden_size":768,"backbone_config":SMALL}""", "reassemble_hidden_size")]
    [InlineData("""{"patch_size":16,"backbone_config":SMALL}""", "patch_size")]
    [InlineData("""{"reassemble_factors":[4,2,1],"backbone_config":SMALL}""", "reassemble_factors")]
    [InlineData("""{"reassemble_factors":[4,2,1,0],"backbone_config":SMALL}""", "reassemble_factors")]
    [InlineData("""{"depth_estimation_type":"absolute","backbone_config":SMALL}""", "depth_estimation_type")]
    [InlineData("""{"depth_estimation_type":"metric","max_depth":-1,"backbone_config":SMALL}""", "max_depth")]
    public void What_cannot_be_computed_is_refused_by_its_key(string json, string named)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Read(json.Replace("SMALL", Small, StringComparison.Ordinal)));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", e.Message, StringComparison.Ordinal);
    }

    private static DepthAnythingConfig Read(string json) => DepthAnythingConfig.Read(JsonConfig.Parse(json, "config.json"));
}
