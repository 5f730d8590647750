using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public sealed class AttentionTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    private sealed record Case(int Batch, int Queries, int Keys, int Heads, int HeadSize, bool Causal = false, float Spread = 1)
    {
        public int Channels => Heads * HeadSize;
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Awkward_numbers_of_queries_keys_and_channels_agree_with_the_reference(CpuTier tier)
    {
        foreach (int queries in new[] { 1, 2, 13, 97 })
        {
            foreach (int keys in new[] { 1, 7, 32, 77, 256, 257, 300 })
            {
                foreach (int size in new[] { 1, 8, 33, 40 })
                    Check(tier, new(1, queries, keys, 2, size));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Batches_and_large_heads_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(3, 20, 77, 5, 64));
        Check(tier, new(2, 100, 100, 1, 512));
        Check(tier, new(1, 30, 600, 1, 300));
        Check(tier, new(1, 600, 600, 2, 16));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_causal_mask_agrees_with_the_reference(CpuTier tier)
    {
        foreach (int length in new[] { 1, 2, 12, 77, 255, 256, 257, 520 })
            Check(tier, new(2, length, length, 2, 24, Causal: true));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Large_scores_that_grow_along_the_keys_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(1, 40, 1000, 2, 32, Spread: 8));
        Check(tier, new(1, 40, 1000, 1, 32, Causal: false, Spread: 30));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Equal_keys_give_the_mean_of_the_values(CpuTier tier)
    {
        const int keys = 777;
        float[] v = TestValues.Random(keys * 8, 5);
        float[] k = new float[keys * 8];
        float[] y = Run(backends.Of(tier), TestValues.Random(3 * 8, 1), k, v, new(1, 3, keys, 1, 8));
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(Enumerable.Range(0, keys).Average(key => (double)v[key * 8 + i % 8]), y[i], 1e-6);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Weights_of_a_query_sum_to_one(CpuTier tier)
    {
        Case test = new(1, 50, 900, 2, 16, Spread: 5);
        float[] ones = Enumerable.Repeat(1f, test.Keys * test.Channels).ToArray();
        float[] y = Run(backends.Of(tier), TestValues.Random(test.Queries * test.Channels, 1, 5), TestValues.Random(ones.Length, 2, 5), ones, test);
        double rounding = 2 * Math.Sqrt(test.Keys) / (1 << 24);
        foreach (float sum in y) Assert.Equal(1, sum, rounding);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Not_a_number_in_a_query_spoils_that_query_of_that_head_only(CpuTier tier)
    {
        Case test = new(1, 30, 300, 2, 16);
        float[] q = TestValues.Random(test.Queries * test.Channels, 1);
        q[14 * test.Channels + 20] = float.NaN;
        float[] y = Run(backends.Of(tier), q, TestValues.Random(test.Keys * test.Channels, 2), TestValues.Random(test.Keys * test.Channels, 3), test);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(i / test.Channels == 14 && i % test.Channels >= 16, float.IsNaN(y[i]));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Not_a_number_in_a_key_is_not_hidden_by_the_running_maximum(CpuTier tier)
    {
        Case test = new(1, 20, 600, 1, 16);
        float[] k = TestValues.Random(test.Keys * test.Channels, 2);
        k[300 * test.Channels] = float.NaN;
        float[] y = Run(backends.Of(tier), TestValues.Random(test.Queries * test.Channels, 1), k, TestValues.Random(test.Keys * test.Channels, 3), test);
        Assert.All(y, value => Assert.True(float.IsNaN(value)));
    }

    private void Check(CpuTier tier, Case test)
    {
        float[] q = TestValues.Random(test.Batch * test.Queries * test.Channels, 1, test.Spread);
        float[] k = TestValues.Random(test.Batch * test.Keys * test.Channels, 2);
        float[] v = TestValues.Random(test.Batch * test.Keys * test.Channels, 3);
        // A score's rounding error is relative to the score's size, and is a relative error of its weight; values are at most 1.
        double score = Math.Sqrt(test.HeadSize) * test.Spread * Scale(test);
        double bound = 1.0 / (1 << 24) * (16 + 4 * score * Math.Sqrt(test.HeadSize) + 4 * Math.Sqrt(test.Keys));
        Close.AssertAll(Run(backends.Reference, q, k, v, test), Run(backends.Of(tier), q, k, v, test), bound, 1e-6, test.ToString());
    }

    private static float Scale(Case test) => 1 / MathF.Sqrt(test.HeadSize);

    private static float[] Run(IBackend backend, float[] q, float[] k, float[] v, Case test) => BackendFixture.Run(backend, ops =>
    {
        using Tensor queries = ops.Upload(q, new Shape(test.Batch, test.Queries, test.Channels));
        using Tensor keys = ops.Upload(k, new Shape(test.Batch, test.Keys, test.Channels));
        using Tensor values = ops.Upload(v, new Shape(test.Batch, test.Keys, test.Channels));
        return ops.Attention(queries, keys, values, test.Heads, Scale(test), test.Causal);
    });
}
