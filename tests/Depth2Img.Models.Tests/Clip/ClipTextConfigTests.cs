using Depth2Img.Compute;
using Depth2Img.Models.Clip;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Clip;

public class ClipTextConfigTests
{
    [Fact]
    public void An_empty_configuration_has_the_reference_class_s_defaults()
    {
        ClipTextConfig config = Read("{}");

        Assert.Equal(new ClipTextConfig(), config);
        Assert.Equal((49408, 512, 2048, 12, 8, 77), (config.VocabSize, config.HiddenSize, config.IntermediateSize, config.NumHiddenLayers, config.NumAttentionHeads, config.MaxPositionEmbeddings));
        Assert.Equal(Activation.QuickGelu, config.HiddenAct);
        Assert.Equal(1e-5f, config.LayerNormEps);
    }

    [Fact]
    public void Stable_Diffusion_2_s_configuration_is_read()
    {
        ClipTextConfig config = ClipTextConfig.Read(JsonConfig.Open(Repository.Golden("full/text-config.json")));

        Assert.Equal((1024, 4096, 23, 16), (config.HiddenSize, config.IntermediateSize, config.NumHiddenLayers, config.NumAttentionHeads));
        Assert.Equal(Activation.Gelu, config.HiddenAct);
    }

    [Fact]
    public void The_text_part_of_a_whole_CLIPModel_s_configuration_is_taken() =>
        Assert.Equal(768, Read("""{"architectures": ["CLIPModel"], "model_type": "clip", "hidden_size": 9, "text_config": {"model_type": "clip_text_model", "hidden_size": 768, "num_attention_heads": 12}}""").HiddenSize);

    [Theory]
    [InlineData("""{"hidden_size": 64, "num_attention_heads": 5}""", "num_attention_heads is 5, which does not divide hidden_size 64")]
    [InlineData("""{"hidden_act": "relu"}""", "hidden_act is \"relu\", which is not supported")]
    [InlineData("""{"num_hidden_layers": 0}""", "num_hidden_layers is 0")]
    [InlineData("""{"architectures": ["T5EncoderModel"]}""", "architectures is \"T5EncoderModel\"")]
    [InlineData("""{"model_type": "clip_vision_model"}""", "model_type is \"clip_vision_model\"")]
    [InlineData("""{"text_config": {"vocab_size": "many"}}""", "text_config.vocab_size is \"many\"")]
    public void What_cannot_be_run_is_refused_with_file_and_key(string json, string part)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => Read(json));

        Assert.StartsWith($"'text_encoder/config.json': {part}", e.Message, StringComparison.Ordinal);
    }

    private static ClipTextConfig Read(string json) => ClipTextConfig.Read(JsonConfig.Parse(json, "text_encoder/config.json"));
}
