using Depth2Img.Adapters;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Adapters;

public sealed class AdapterMergePropertyTests : IDisposable
{
    private const string Module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    private const string Key = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight";

    private readonly AdapterGolden _stored = new(widened: false);
    private readonly AdapterGolden _wide = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _stored.Dispose();
        _wide.Dispose();
    }

    [Theory]
    [InlineData("lora-kohya.safetensors")]
    [InlineData("lycoris.safetensors")]
    public void At_strength_0_all_weights_are_bit_identical(string file)
    {
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(AdapterGolden.File(file), 0, 0)], _stored.Model);
        AssertSame(_stored.Unet, adapters.Apply("unet", _stored.Unet));
        AssertSame(_stored.TextEncoder, adapters.Apply("text_encoder", _stored.TextEncoder));
    }

    [Fact]
    public void The_strengths_of_the_two_networks_are_separate()
    {
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors"), 0, 1)], _stored.Model);
        AssertSame(_stored.Unet, adapters.Apply("unet", _stored.Unet));
        Assert.False(_stored.TextEncoder["text_model.encoder.layers.0.mlp.fc1.weight"].Data.Span.SequenceEqual(adapters.Apply("text_encoder", _stored.TextEncoder)["text_model.encoder.layers.0.mlp.fc1.weight"].Data.Span));
    }

    [Fact]
    public void Merging_leaves_the_model_s_own_weights_as_they_were()
    {
        byte[] before = _stored.Unet[Key].Data.ToArray();
        using (AdapterSet adapters = AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors"))], _stored.Model))
            Assert.False(before.AsSpan().SequenceEqual(adapters.Apply("unet", _stored.Unet)[Key].Data.Span));
        Assert.Equal(before, _stored.Unet[Key].Data.ToArray());
    }

    [Fact]
    public void Stored_halves_are_rounded_once_after_the_sum()
    {
        using AdapterSet half = AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors")), new AdapterOptions(AdapterGolden.File("lycoris.safetensors"))], _stored.Model);
        using AdapterSet wide = AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors")), new AdapterOptions(AdapterGolden.File("lycoris.safetensors"))], _wide.Model);
        float[] exact = wide.Apply("unet", _wide.Unet)[Key].ToFloats();
        float[] stored = half.Apply("unet", _stored.Unet)[Key].ToFloats();
        Assert.Equal(exact.Select(v => (float)(Half)v), stored);
    }

    /// <summary>Any two LoRAs of any ranks and strengths: their changes add up, and their order is of no matter but for rounding.</summary>
    [Property(MaxTest = 60)]
    public Property Two_LoRAs_add_up_in_either_order()
    {
        Gen<(int, int, int, double, double)> cases =
            from seed in Gen.Choose(0, 10_000)
            from rank in Gen.Choose(1, 9)
            from otherRank in Gen.Choose(1, 9)
            from strength in Gen.Choose(-200, 200)
            from otherStrength in Gen.Choose(-200, 200)
            select (seed, rank, otherRank, strength / 100.0, otherStrength / 100.0);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            (int seed, int rank, int otherRank, double strength, double otherStrength) = c;
            AdapterOptions one = new(new AdapterWriter(seed).Lora(Module, 16, 16, rank).Write(_folder.File("one.safetensors")), strength);
            AdapterOptions two = new(new AdapterWriter(seed + 1).Lora(Module, 16, 16, otherRank).Write(_folder.File("two.safetensors")), otherStrength);
            float[] own = _wide.Unet[Key].ToFloats(), first = Merge(one), second = Merge(two), both = Merge(one, two), turned = Merge(two, one);
            return Enumerable.Range(0, own.Length).All(i =>
                Math.Abs(both[i] - (first[i] + second[i] - own[i])) < 1e-4 && Math.Abs(both[i] - turned[i]) < 1e-5);
        });
    }

    /// <summary>Any rank and number of columns, so that every remainder of the vector loops is met, against plain loops.</summary>
    [Property(MaxTest = 100)]
    public Property A_product_is_the_plain_sum()
    {
        Gen<(int, int, int)> cases = from rows in Gen.Choose(1, 70) from k in Gen.Choose(1, 11) from columns in Gen.Choose(1, 1100) select (rows, k, columns);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            (int rows, int k, int columns) = c;
            System.Random random = new(rows * 7919 + k * 31 + columns);
            float[] left = [.. Enumerable.Range(0, rows * k).Select(_ => (float)random.NextDouble() - 0.5f)];
            float[] right = [.. Enumerable.Range(0, k * columns).Select(_ => (float)random.NextDouble() - 0.5f)];
            float[] product = FactorMath.Multiply(left, right, k);
            for (int i = 0; i < product.Length; i++)
            {
                double sum = 0;
                for (int j = 0; j < k; j++) sum += (double)left[i / columns * k + j] * right[j * columns + i % columns];
                if (Math.Abs(sum - product[i]) > 1e-5) return false;
            }
            return true;
        });
    }

    [Fact]
    public void A_merged_source_holds_no_copy_and_makes_one_tensor_at_a_time()
    {
        using AdapterSet adapters = AdapterSet.Open([new AdapterOptions(AdapterGolden.File("lora-kohya.safetensors")), new AdapterOptions(AdapterGolden.File("lycoris.safetensors"))], _wide.Model);
        IWeightSource merged = adapters.Apply("unet", _stored.Unet);
        int largest = merged.Names.Max(n => _stored.Unet[n].Count);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (string name in merged.Names) _ = merged[name];
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(kept < 4L * largest + 50_000, $"{kept} bytes are kept where the largest tensor has {largest} values");

        // Untouched tensors come as they are, without a copy; of a touched one no more than a few are made.
        const string large = "up_blocks.3.resnets.1.conv2.weight";
        WeightTensor tensor = _stored.Unet[large];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        _ = merged[large];
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.True(allocated < 6 * 4L * tensor.Count + 20_000, $"{allocated} bytes for a tensor of {tensor.Count} values");
    }

    private float[] Merge(params AdapterOptions[] options)
    {
        using AdapterSet adapters = AdapterSet.Open(options, _wide.Model);
        return adapters.Apply("unet", _wide.Unet)[Key].ToFloats();
    }

    private static void AssertSame(IWeightSource expected, IWeightSource actual)
    {
        foreach (string name in expected.Names)
        {
            Assert.Equal(expected[name].Type, actual[name].Type);
            Assert.True(expected[name].Data.Span.SequenceEqual(actual[name].Data.Span), name);
        }
    }
}
