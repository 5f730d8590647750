using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Norm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Norm;

public unsafe class GroupNormTests
{
    private static readonly WorkerPool OneThread = new(1);

    // Pictures, pixels, channels, groups: channels around the vector widths, pixels around those taken together and strips of every kind.
    public static TheoryData<CpuTier, int, int, int, int> Cases()
    {
        TheoryData<CpuTier, int, int, int, int> cases = [];
        foreach (CpuTier tier in CpuTiers.Available)
        {
            foreach ((int n, int p, int c, int g) in new[]
                { (1, 1, 1, 1), (1, 1, 8, 2), (2, 3, 6, 3), (1, 5, 15, 5), (2, 7, 16, 4), (1, 31, 17, 1), (3, 33, 33, 11), (1, 64, 320, 32), (2, 105, 320, 32), (1, 2100, 32, 32), (1, 33000, 1, 1), (1, 70, 1280, 32) })
                cases.Add(tier, n, p, c, g);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Group_norm_agrees_with_the_reference_in_every_shape(CpuTier tier, int pictures, int pixels, int channels, int groups)
    {
        float[] x = TestValues.Random(pictures * pixels * channels, 1, 3, 0.7f);
        float[] weight = TestValues.Random(channels, 2, 1, 1), bias = TestValues.Random(channels, 3);
        foreach (Activation activation in new[] { Activation.None, Activation.Silu, Activation.Gelu })
        {
            float[] expected = Reference(x, pictures, pixels, channels, groups, weight, bias, activation);
            Close.AssertAll(expected, Run(tier, OneThread, x, pictures, pixels, channels, groups, weight, bias, activation, inPlace: false), 1e-5, 2e-6);
            Close.AssertAll(expected, Run(tier, OneThread, x, pictures, pixels, channels, groups, weight, bias, activation, inPlace: true), 1e-5, 2e-6);
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_large_common_offset_does_not_spoil_the_variance(CpuTier tier)
    {
        // E[x²] - E[x]² in single precision would leave nothing of a variance of 1/3 beside a square of 10⁶.
        const int pixels = 5000, channels = 16;
        float[] x = TestValues.Random(pixels * channels, 4, 1, 1000);
        float[] weight = TestValues.Random(channels, 5, 1, 1), bias = TestValues.Random(channels, 6);
        float[] expected = Reference(x, 1, pixels, channels, 4, weight, bias, Activation.None);
        Close.AssertAll(expected, Run(tier, OneThread, x, 1, pixels, channels, 4, weight, bias, Activation.None, inPlace: false), 1e-4);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Channels_of_one_group_may_lie_far_apart(CpuTier tier)
    {
        const int pixels = 700, channels = 8;
        float[] x = TestValues.Random(pixels * channels, 7);
        for (int i = 0; i < x.Length; i++) x[i] += 100 * (i % channels);
        float[] weight = TestValues.Random(channels, 8, 1, 1), bias = TestValues.Random(channels, 9);
        float[] expected = Reference(x, 1, pixels, channels, 2, weight, bias, Activation.None);
        Close.AssertAll(expected, Run(tier, OneThread, x, 1, pixels, channels, 2, weight, bias, Activation.None, inPlace: false), 1e-5, 1e-6);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_constant_picture_becomes_the_bias(CpuTier tier)
    {
        float[] x = new float[300 * 12];
        Array.Fill(x, 3.3f);
        float[] weight = TestValues.Random(12, 10, 1, 1), bias = TestValues.Random(12, 11);
        float[] found = Run(tier, OneThread, x, 1, 300, 12, 4, weight, bias, Activation.None, inPlace: false);
        Close.AssertAll(x.Select((_, i) => bias[i % 12]).ToArray(), found, 1e-6);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_NaN_spreads_over_its_group_and_no_further(CpuTier tier)
    {
        float[] x = TestValues.Random(2 * 50 * 32, 12);
        x[50 * 32 + 9] = float.NaN;
        float[] weight = TestValues.Random(32, 13, 1, 1), bias = TestValues.Random(32, 14);
        float[] found = Run(tier, OneThread, x, 2, 50, 32, 4, weight, bias, Activation.Silu, inPlace: false);
        for (int i = 0; i < found.Length; i++) Assert.Equal(i >= 50 * 32 && i % 32 / 8 == 1, float.IsNaN(found[i]));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_number_of_threads_changes_no_bit(CpuTier tier)
    {
        const int pictures = 2, pixels = 9001, channels = 40;
        float[] x = TestValues.Random(pictures * pixels * channels, 15, 3, 1);
        float[] weight = TestValues.Random(channels, 16, 1, 1), bias = TestValues.Random(channels, 17);
        float[] expected = Run(tier, OneThread, x, pictures, pixels, channels, 8, weight, bias, Activation.Silu, inPlace: false);
        foreach (int threads in new[] { 2, 5 })
        {
            using WorkerPool pool = new(threads);
            Close.AssertSameBits(expected, Run(tier, pool, x, pictures, pixels, channels, 8, weight, bias, Activation.Silu, inPlace: false));
        }
    }

    private static float[] Run(CpuTier tier, WorkerPool pool, float[] x, int pictures, int pixels, int channels, int groups,
        float[] weight, float[] bias, Activation activation, bool inPlace)
    {
        using FloatBuffer source = new(x, 3), scale = new(weight, 1), shift = new(bias, 2);
        using FloatBuffer means = FloatBuffer.ForResult(pictures * channels), factors = FloatBuffer.ForResult(pictures * channels);
        using FloatBuffer scratch = FloatBuffer.ForResult((int)GroupNormStatistics.ScratchFloats(pictures, pixels, channels, groups));
        using FloatBuffer result = FloatBuffer.ForResult(x.Length, 5);
        FloatBuffer target = inPlace ? source : result;
        GroupNormStatistics.Compute(tier, pool, source.Data, pictures, pixels, channels, groups, 1e-6f, means.Data, factors.Data, scratch.Data);
        GroupNormKernel.FoldWeight(factors.Data, scale.Data, pictures, channels);
        AppliedNorm norm = new(means.Data, factors.Data, shift.Data, activation);
        GroupNormKernel.Normalize(tier, pool, norm, source.Data, target.Data, pictures, pixels, channels);
        means.Checked();
        factors.Checked();
        scratch.Checked();
        return target.Checked();
    }

    private static float[] Reference(float[] x, int pictures, int pixels, int channels, int groups, float[] weight, float[] bias, Activation activation) =>
        Truth.Of(x, new Shape(pictures, pixels, channels), (ops, t) => ops.GroupNorm(t, Truth.Vector(weight), Truth.Vector(bias), groups, 1e-6f, activation));
}
