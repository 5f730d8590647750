using Depth2Img.Adapters;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

public sealed class AdapterRefusalTests : IDisposable
{
    private const string Module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    private const string CrossModule = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";

    private readonly AdapterGolden _golden = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _golden.Dispose();
    }

    [Theory]
    [InlineData(768, "Stable Diffusion 1")]
    [InlineData(1024, "Stable Diffusion 2")]
    [InlineData(2048, "Stable Diffusion XL")]
    public void A_LoRA_of_another_family_is_refused_by_naming_both(int width, string family) =>
        AssertRefused(new AdapterWriter().Lora(Module, 16, 16).Lora(CrossModule, 16, width), family, $"width {width}", "width 40", "small model");

    [Theory]
    [InlineData("lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "Stable Diffusion XL")]
    [InlineData("transformer.transformer_blocks.0.attn.to_q.lora_A.weight", "Flux")]
    [InlineData("lora_unet_double_blocks_0_img_attn_proj.lora_down.weight", "Flux")]
    public void Families_without_a_UNet_and_one_text_encoder_are_named(string key, string family) =>
        AssertRefused(new AdapterWriter().Lora(Module, 16, 16).Random(key, 2, 16).Random(key.Replace("down", "up").Replace("_A", "_B"), 16, 2), family, "small model");

    [Theory]
    [InlineData(".dora_scale", "DoRA")]
    [InlineData(".lora_magnitude_vector", "DoRA")]
    [InlineData(".oft_blocks", "OFT")]
    [InlineData(".on_input", "IA3")]
    [InlineData(".a1.weight", "GLoRA")]
    [InlineData(".diff", "full differences")]
    [InlineData(".diff_b", "full differences")]
    [InlineData(".w_norm", "normalisation")]
    [InlineData(".lora_B.bias", "biases")]
    public void Kinds_that_are_not_supported_are_named(string ending, string kind) =>
        AssertRefused(new AdapterWriter().Lora(Module, 16, 16).Random(Module + ending, 16, 1), kind, Module + ending);

    [Fact]
    public void Factors_that_do_not_fit_the_weight_are_refused_with_both_shapes() =>
        AssertRefused(new AdapterWriter().Lora(Module, 16, 17), "[16,17]", "[16,16]", "attn1.to_q.weight");

    [Fact]
    public void Factors_that_do_not_fit_each_other_are_refused_with_both_shapes() =>
        AssertRefused(new AdapterWriter().Random(Module + ".lora_down.weight", 2, 16).Random(Module + ".lora_up.weight", 16, 3), "[2,16]", "[16,3]");

    [Fact]
    public void Fewer_channels_are_filled_for_the_input_convolution_alone() =>
        AssertRefused(new AdapterWriter().Lora(Module, 16, 15), "[16,15]", "[16,16]");

    [Theory]
    [InlineData(".hada_w1_a", ".hada_w1_b", ".hada_w2_a")]
    [InlineData(".lora_down.weight", ".alpha", null)]
    [InlineData(".lokr_w1", ".lokr_w2_a", null)]
    [InlineData(".lora_up.weight", null, null)]
    public void A_module_with_a_part_of_its_factors_is_refused(params string?[] endings)
    {
        AdapterWriter writer = new();
        foreach (string? ending in endings)
        {
            if (ending == ".alpha") writer.Alpha(Module, 1);
            else if (ending is not null) writer.Random(Module + ending, 16, 16);
        }
        AssertRefused(writer, "part of the factors", Module);
    }

    [Fact]
    public void Two_names_of_one_factor_are_refused() =>
        AssertRefused(new AdapterWriter().Lora("unet.x.to_q", 16, 16).Random("unet.x.to_q.lora.down.weight", 2, 16), "twice", "to_q.lora.down");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Alpha_must_be_one_finite_number(int kind) => AssertRefused(
        new AdapterWriter().Lora(Module, 16, 16).With(kind == 1 ? WeightTensor.FromFloats(Module + ".alpha", [2], [1, 1]) : WeightTensor.FromFloats(Module + ".alpha", [1], [float.NaN])),
        Module + ".alpha");

    [Fact]
    public void Factors_that_are_not_finite_are_named_when_they_are_merged()
    {
        AdapterWriter writer = new AdapterWriter().Random(Module + ".lora_down.weight", 1, 16)
            .With(WeightTensor.FromFloats(Module + ".lora_up.weight", [16, 1], [.. Enumerable.Repeat(float.PositiveInfinity, 16)]));
        using AdapterSet adapters = _golden.Open(writer.Write(_folder.File("a.safetensors")));
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => adapters.Apply("unet", _golden.Unet)["down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"]);
        Assert.Contains(Module + ".lora_up.weight", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_that_match_nothing_are_told_with_their_number_and_first_names()
    {
        AdapterWriter writer = new AdapterWriter().Lora(Module, 16, 16).Lora("lora_unet_nowhere", 16, 16).Random("something.else", 3);
        using AdapterSet adapters = _golden.Open(writer.Write(_folder.File("a.safetensors")));
        string note = Assert.Single(adapters.Notes);
        Assert.Contains("3 keys", note, StringComparison.Ordinal);
        Assert.Contains("nowhere", note, StringComparison.Ordinal);
        Assert.Contains("something.else", note, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_of_which_nothing_matches_is_refused() =>
        AssertRefused(new AdapterWriter().Lora("lora_unet_nowhere", 16, 16), "none of its 1 modules", "nowhere", "small model");

    [Fact]
    public void What_is_no_adapter_is_named()
    {
        AssertRefused(new AdapterWriter().Random("emb_params", 2, 64), "textual inversion", "--embedding");
        AssertRefused(new AdapterWriter().Random("model.diffusion_model.out.2.weight", 2, 64), "checkpoint", "--model");
        AssertRefused(new AdapterWriter().Random("some.weight", 2, 64), "no LoRA", "some.weight");
        AssertRefused(new AdapterWriter(), "no LoRA", "no tensors");
    }

    [Theory]
    [InlineData("[]", "adapter_config.json")]
    [InlineData("{\"peft_type\": \"IA3\"}", "IA3")]
    [InlineData("{\"use_dora\": true}", "DoRA")]
    [InlineData("{\"lora_alpha\": \"much\"}", "lora_alpha")]
    [InlineData("{\"alpha_pattern\": {\"to_q\": null}}", "alpha_pattern")]
    public void A_bad_PEFT_configuration_is_refused(string config, string word)
    {
        const string module = "base_model.model.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
        new AdapterWriter().Random(module + ".lora_A.weight", 2, 16).Random(module + ".lora_B.weight", 16, 2).Write(_folder.File("adapter_model.safetensors"));
        _folder.Write("adapter_config.json", config);
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => AdapterSet.Open([new AdapterOptions(_folder.Path)], _golden.Model));
        Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_in_the_header_must_be_JSON()
    {
        string path = new AdapterWriter().Lora(Module, 16, 16).Write(_folder.File("a.safetensors"), new Dictionary<string, string> { ["lora_adapter_metadata"] = "{" });
        Assert.Contains("lora_adapter_metadata", Assert.Throws<Depth2ImgException>(() => _golden.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_folders_without_adapters_are_named()
    {
        Assert.Contains("no file", Assert.Throws<Depth2ImgException>(() => _golden.Open(_folder.File("none.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Contains("adapter_model.safetensors", Assert.Throws<Depth2ImgException>(() => _golden.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-101)]
    public void A_strength_out_of_its_range_is_refused(double strength) => Assert.Throws<InvalidRequestException>(
        () => AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors"), strength)], _golden.Model));

    [Fact]
    public void A_core_that_would_unfold_without_bounds_is_refused_before_it_does() => AssertRefused(
        new AdapterWriter().Random(Module + ".lora_up.weight", 16, 16).Random(Module + ".lora_down.weight", 16, 65536).Random(Module + ".lora_mid.weight", 16, 16, 1, 1024),
        "no network has a weight of that size");

    /// <summary>Cut and altered files end in a message, whatever was cut or altered.</summary>
    [Fact]
    public void A_damaged_file_ends_in_a_message()
    {
        byte[] whole = File.ReadAllBytes(AdapterGolden.File("lycoris.safetensors"));
        System.Random random = new(20261122);
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] bytes = [.. whole];
            if (i % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else bytes[random.Next(2800)] = (byte)random.Next(32, 127);
            string path = _folder.Write("damaged.safetensors", bytes);
            try
            {
                using AdapterSet adapters = _golden.Open(path);
                IWeightSource merged = adapters.Apply("unet", _golden.Unet);
                foreach (string name in merged.Names) _ = merged[name];
            }
            catch (Depth2ImgException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 300, 600);
    }

    private void AssertRefused(AdapterWriter writer, params string[] words)
    {
        Depth2ImgException e = Assert.Throws<Depth2ImgException>(() => _golden.Open(writer.Write(_folder.File("a.safetensors"))));
        foreach (string word in (string[])["a.safetensors", .. words]) Assert.Contains(word, e.Message, StringComparison.Ordinal);
    }
}
