using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Elementwise;

public unsafe class UnaryKernelTests
{
    private static readonly Activation[] Activations =
    [
        Activation.None, Activation.Silu, Activation.Gelu, Activation.QuickGelu, Activation.Relu, Activation.Sigmoid, Activation.Tanh,
        Activation.Clamp(-0.5f, 2),
    ];

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_length_around_the_vector_width_is_activated_in_place_and_nothing_else(CpuTier tier)
    {
        for (int length = 0; length <= 67; length++)
        {
            float[] values = TestValues.Random(length, length, 6);
            foreach (Activation activation in Activations)
            {
                using FloatBuffer x = new(values, misalignment: length % 16);
                UnaryKernel.ActivateRow(tier, x.Data, length, activation);
                Close.AssertAll(Expected(values, activation), x.Checked(), 1e-6, 3e-7, $"{activation.Kind} of {length}");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_value_is_activated_alike_wherever_it_lies_in_a_row(CpuTier tier)
    {
        float[] values = TestValues.AllMagnitudes(40_009_999);
        foreach (Activation activation in Activations)
        {
            using FloatBuffer whole = new(values);
            UnaryKernel.ActivateRow(tier, whole.Data, values.Length, activation);
            using FloatBuffer single = new(values);
            for (int i = 0; i < values.Length; i++) UnaryKernel.ActivateRow(tier, single.Data + i, 1, activation);
            Close.AssertSameBits(single.Checked(), whole.Checked(), activation.Kind.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Special_values_give_the_limits_of_the_functions(CpuTier tier)
    {
        foreach (Activation activation in Activations)
        {
            using FloatBuffer x = new(TestValues.Special);
            UnaryKernel.ActivateRow(tier, x.Data, x.Length, activation);
            Close.AssertAll(Expected(TestValues.Special, activation), x.Checked(), 1e-6, 1e-6, activation.Kind.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Large_tensors_are_cut_without_a_gap_whatever_the_number_of_threads(CpuTier tier)
    {
        float[] values = TestValues.Random(3 * Chunks.Floats + 5, 1, 6);
        float[] expected = Expected(values, Activation.Silu);
        foreach (int threads in new[] { 1, 3 })
        {
            using WorkerPool pool = new(threads);
            using FloatBuffer x = new(values, 1);
            UnaryKernel.Activate(tier, pool, x.Data, x.Length, Activation.Silu);
            Close.AssertAll(expected, x.Checked(), 3e-7, 3e-7);
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_clamp_keeps_what_lies_between_its_bounds_to_the_bit(CpuTier tier)
    {
        float[] values = TestValues.Random(77, 5, 6);
        using FloatBuffer x = new(values);
        UnaryKernel.ActivateRow(tier, x.Data, x.Length, Activation.Clamp(0, 6));
        Close.AssertSameBits(values.Select(v => Math.Clamp(v, 0, 6)).ToArray(), x.Checked());
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Scaling_multiplies_every_value(CpuTier tier)
    {
        float[] values = [.. TestValues.Special, .. TestValues.Random(100, 3)];
        using WorkerPool pool = new(2);
        using FloatBuffer x = new(values);
        UnaryKernel.Apply(tier, pool, x.Data, x.Data, x.Length, new ScaleOperator(0.18215f));
        Close.AssertSameBits(values.Select(v => v * 0.18215f).ToArray(), x.Checked());
    }

    [Fact]
    public void An_activation_that_does_not_exist_is_refused()
    {
        using WorkerPool pool = new(1);
        using FloatBuffer x = new([1]);
        float* data = x.Data;
        Assert.Throws<ArgumentOutOfRangeException>(() => UnaryKernel.Activate(CpuTier.Vector128, pool, data, 1, new Activation((ActivationKind)99)));
        Assert.Throws<ArgumentOutOfRangeException>(() => UnaryKernel.ActivateRow(CpuTier.Vector128, data, 1, new Activation((ActivationKind)99)));
    }

    private static float[] Expected(float[] values, Activation activation) =>
        [.. values.Select(v => (float)ReferenceMath.Activate(v, activation))];
}
