using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Norm;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Norm;

public unsafe class LayerNormTests
{
    private static readonly WorkerPool OneThread = new(1);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Layer_norm_agrees_with_the_reference_for_every_width_around_the_vectors(CpuTier tier)
    {
        for (int channels = 1; channels <= 70; channels++)
        {
            float[] x = TestValues.Random(5 * channels, channels, 2, -0.3f);
            float[] weight = TestValues.Random(channels, 2, 1, 1), bias = TestValues.Random(channels, 3);
            float[] expected = Reference(x, 5, channels, weight, bias);
            Close.AssertAll(expected, Run(tier, OneThread, x, 5, channels, weight, bias, inPlace: false), 4e-6, 2e-6, $"{channels} channels");
            Close.AssertAll(expected, Run(tier, OneThread, x, 5, channels, weight, bias, inPlace: true), 4e-6, 2e-6, $"{channels} channels in place");
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Wide_rows_far_from_zero_are_normalised(CpuTier tier)
    {
        float[] x = TestValues.Random(3 * 1280, 4, 1, 1000);
        float[] weight = TestValues.Random(1280, 5, 1, 1), bias = TestValues.Random(1280, 6);
        Close.AssertAll(Reference(x, 3, 1280, weight, bias), Run(tier, OneThread, x, 3, 1280, weight, bias, inPlace: false), 5e-4);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_NaN_spreads_over_its_row_alone(CpuTier tier)
    {
        float[] x = TestValues.Random(4 * 20, 7);
        x[2 * 20 + 3] = float.NaN;
        float[] ones = new float[20];
        Array.Fill(ones, 1);
        float[] found = Run(tier, OneThread, x, 4, 20, ones, ones, inPlace: false);
        for (int i = 0; i < found.Length; i++) Assert.Equal(i / 20 == 2, float.IsNaN(found[i]));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_number_of_threads_changes_no_bit(CpuTier tier)
    {
        float[] x = TestValues.Random(1001 * 77, 8);
        float[] weight = TestValues.Random(77, 9, 1, 1), bias = TestValues.Random(77, 10);
        float[] expected = Run(tier, OneThread, x, 1001, 77, weight, bias, inPlace: false);
        using WorkerPool pool = new(3);
        Close.AssertSameBits(expected, Run(tier, pool, x, 1001, 77, weight, bias, inPlace: false));
    }

    private static float[] Run(CpuTier tier, WorkerPool pool, float[] x, int rows, int channels, float[] weight, float[] bias, bool inPlace)
    {
        using FloatBuffer source = new(x, 1), scale = new(weight, 2), shift = new(bias, 3), result = FloatBuffer.ForResult(x.Length, 5);
        FloatBuffer target = inPlace ? source : result;
        LayerNormKernel.Run(tier, pool, source.Data, scale.Data, shift.Data, target.Data, rows, channels, 1e-5f);
        return target.Checked();
    }

    private static float[] Reference(float[] x, int rows, int channels, float[] weight, float[] bias) =>
        Truth.Of(x, new Shape(rows, channels), (ops, t) => ops.LayerNorm(t, Truth.Vector(weight), Truth.Vector(bias), 1e-5f));
}
