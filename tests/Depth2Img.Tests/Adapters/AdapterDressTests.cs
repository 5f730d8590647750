using Depth2Img.Adapters;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

/// <summary>One LoRA in every dress that it can have comes to the same weights.</summary>
public sealed class AdapterDressTests : IDisposable
{
    private const string UnetModule = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
    private const string UnetOut = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0";
    private const string TextModule = "text_model.encoder.layers.0.self_attn.q_proj";
    private const string TextMlp = "text_model.encoder.layers.1.mlp.fc1";

    private readonly AdapterGolden _golden = new();
    private readonly TemporaryFolder _folder = new();
    private readonly AdapterWriter _kohya = new AdapterWriter()
        .Lora("lora_unet_" + UnetModule.Replace('.', '_'), 16, 16).Lora("lora_unet_" + UnetOut.Replace('.', '_'), 16, 16)
        .Lora("lora_te_" + TextModule.Replace('.', '_'), 64, 64).Lora("lora_te_" + TextMlp.Replace('.', '_'), 160, 64);

    public void Dispose()
    {
        _folder.Dispose();
        _golden.Dispose();
    }

    [Theory]
    [InlineData("kohya with the original module names", "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q", "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_out_0", "lora_te_text_model_encoder_layers_0_self_attn_q_proj", "lora_te_text_model_encoder_layers_1_mlp_fc1", ".lora_down.weight", ".lora_up.weight")]
    [InlineData("PEFT in diffusers", "unet." + UnetModule, "unet." + UnetOut, "text_encoder." + TextModule, "text_encoder." + TextMlp, ".lora_A.weight", ".lora_B.weight")]
    [InlineData("PEFT with its adapter's name, the text encoder's root left out", "unet.base_model.model." + UnetModule, "unet.base_model.model." + UnetOut, "text_encoder.base_model.model.encoder.layers.0.self_attn.q_proj", "text_encoder.base_model.model.encoder.layers.1.mlp.fc1", ".lora_A.default.weight", ".lora_B.default.weight")]
    [InlineData("diffusers between", "unet." + UnetModule, "unet." + UnetOut, "text_encoder." + TextModule, "text_encoder." + TextMlp, ".lora.down.weight", ".lora.up.weight")]
    [InlineData("diffusers between, the text encoder's own", "unet." + UnetModule, "unet." + UnetOut, "text_encoder." + TextModule, "text_encoder." + TextMlp, ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight")]
    [InlineData("diffusers' first", "down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q", "down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_out", "text_encoder.text_model.encoder.layers.0.self_attn.to_q", null, "_lora.down.weight", "_lora.up.weight")]
    public void Every_dress_comes_to_the_same_weights(string name, string unet, string unetOut, string text, string? mlp, string down, string up)
    {
        using AdapterSet expected = _golden.Open(_kohya.Write(_folder.File("kohya.safetensors")));
        (string From, string? To)[] modules =
        [
            ("lora_unet_" + UnetModule.Replace('.', '_'), unet), ("lora_unet_" + UnetOut.Replace('.', '_'), unetOut),
            ("lora_te_" + TextModule.Replace('.', '_'), text), ("lora_te_" + TextMlp.Replace('.', '_'), mlp),
        ];
        AdapterWriter dressed = _kohya.Renamed(key =>
        {
            (string from, string? to) = modules.Single(m => key.StartsWith(m.From + ".", StringComparison.Ordinal));
            return (to ?? from) + (to is null ? key[from.Length..] : key.EndsWith(".lora_down.weight", StringComparison.Ordinal) ? down : up);
        });
        using AdapterSet actual = _golden.Open(dressed.Write(_folder.File("dressed.safetensors")));
        Assert.Empty(actual.Notes);
        foreach (string weight in (string[])["unet." + UnetModule, "unet." + UnetOut, "text_encoder." + TextModule, "text_encoder." + TextMlp])
        {
            Assert.NotEqual(BaseOf(weight), _golden.Merged(actual, weight + ".weight").ToFloats());
            Assert.True(_golden.Merged(expected, weight + ".weight").Data.Span.SequenceEqual(_golden.Merged(actual, weight + ".weight").Data.Span), $"{name}: {weight}");
        }
    }

    [Theory]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 6}", 3f)]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 6, \"use_rslora\": true}", 4.2426405f)]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 6, \"alpha_pattern\": {\"attn1.to_q\": 8, \"to_k\": 100}}", 4f)]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 0}", 1f)]
    [InlineData("{}", 1f)]
    public void A_PEFT_folder_s_alpha_comes_from_its_configuration(string config, float scale)
    {
        string module = "base_model.model." + UnetModule;
        AdapterWriter writer = new AdapterWriter().Random(module + ".lora_A.weight", 2, 16).Random(module + ".lora_B.weight", 16, 2);
        writer.Write(_folder.File("adapter_model.safetensors"));
        _folder.Write("adapter_config.json", config);
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(_folder.Path)], _golden.Model);
        AssertDelta(adapters, "unet." + UnetModule, Product(writer[module + ".lora_B.weight"], writer[module + ".lora_A.weight"], 2), scale);
        Assert.Equal(Path.GetFileName(_folder.Path), adapters.Uses[0].Name);
    }

    [Fact]
    public void A_folder_of_PEFT_folders_changes_both_networks()
    {
        foreach ((string network, string module, int size) in (ReadOnlySpan<(string, string, int)>)[("unet", UnetModule, 16), ("text_encoder", "encoder.layers.0.self_attn.q_proj", 64)])
            new AdapterWriter().Random($"base_model.model.{module}.lora_A.weight", 2, size).Random($"base_model.model.{module}.lora_B.weight", size, 2).Write(Path.Combine(_folder.Path, network, "adapter_model.safetensors"));
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(_folder.Path)], _golden.Model);
        Assert.NotEqual(BaseOf("unet." + UnetModule), _golden.Merged(adapters, $"unet.{UnetModule}.weight").ToFloats());
        Assert.NotEqual(BaseOf("text_encoder." + TextModule), _golden.Merged(adapters, $"text_encoder.{TextModule}.weight").ToFloats());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_Kronecker_product_is_w1_by_w2_scaled_only_where_one_is_factored(bool first, bool second)
    {
        const string key = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
        AdapterWriter writer = new AdapterWriter().Alpha(key, 6);
        float[] w1, w2;
        if (first)
        {
            writer.Random(key + ".lokr_w1_a", 4, 3).Random(key + ".lokr_w1_b", 3, 2);
            w1 = Product(writer[key + ".lokr_w1_a"], writer[key + ".lokr_w1_b"], 3);
        }
        else
        {
            w1 = writer.Random(key + ".lokr_w1", 4, 2)[key + ".lokr_w1"];
        }
        if (second)
        {
            writer.Random(key + ".lokr_w2_a", 4, 3).Random(key + ".lokr_w2_b", 3, 8);
            w2 = Product(writer[key + ".lokr_w2_a"], writer[key + ".lokr_w2_b"], 3);
        }
        else
        {
            w2 = writer.Random(key + ".lokr_w2", 4, 8)[key + ".lokr_w2"];
        }
        float[] kron = new float[256];
        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 16; column++) kron[16 * row + column] = w1[row / 4 * 2 + column / 8] * w2[row % 4 * 8 + column % 8];
        }
        writer.Write(_folder.File("lokr.safetensors"));
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(_folder.File("lokr.safetensors"))], _golden.Model);
        AssertDelta(adapters, "unet." + UnetModule, kron, first || second ? 2 : 1);
    }

    [Fact]
    public void A_Kronecker_product_of_a_convolution_takes_a_core()
    {
        const string key = "lora_unet_down_blocks_0_resnets_0_conv2";
        AdapterWriter writer = new AdapterWriter().Alpha(key, 2).Random(key + ".lokr_w1", 4, 4)
            .Random(key + ".lokr_w2_a", 2, 4).Random(key + ".lokr_w2_b", 2, 4).Random(key + ".lokr_t2", 2, 2, 3, 3);
        float[] w1 = writer[key + ".lokr_w1"], a = writer[key + ".lokr_w2_a"], b = writer[key + ".lokr_w2_b"], core = writer[key + ".lokr_t2"];
        float[] kron = new float[16 * 16 * 9];
        for (int i = 0; i < kron.Length; i++)
        {
            int tap = i % 9, input = i / 9 % 16, output = i / 144;
            float sum = 0;
            for (int p = 0; p < 2; p++)
            {
                for (int q = 0; q < 2; q++) sum += core[(p * 2 + q) * 9 + tap] * a[p * 4 + output % 4] * b[q * 4 + input % 4];
            }
            kron[i] = w1[output / 4 * 4 + input / 4] * sum;
        }
        writer.Write(_folder.File("lokr.safetensors"));
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(_folder.File("lokr.safetensors"))], _golden.Model);
        AssertDelta(adapters, "unet.down_blocks.0.resnets.0.conv2", kron, 1);
    }

    private void AssertDelta(AdapterSet adapters, string module, float[] delta, float scale)
    {
        float[] expected = [.. BaseOf(module).Zip(delta, (b, d) => b + scale * d)];
        NumericAssert.Close(expected, _golden.Merged(adapters, module + ".weight").ToFloats(), 1e-5, module);
    }

    private float[] BaseOf(string module)
    {
        using AdapterSet none = AdapterSet.Open([], _golden.Model);
        return _golden.Merged(none, module + ".weight").ToFloats();
    }

    private static float[] Product(float[] left, float[] right, int k)
    {
        int m = left.Length / k, n = right.Length / k;
        float[] product = new float[m * n];
        for (int i = 0; i < product.Length; i++)
        {
            for (int j = 0; j < k; j++) product[i] += left[i / n * k + j] * right[j * n + i % n];
        }
        return product;
    }
}
