using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Depthwise;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Depthwise;

public unsafe class DepthwiseKernelTests
{
    private static readonly WorkerPool OneThread = new(1);

    private static readonly (int H, int W, int C, int KernelHeight, int KernelWidth, Window Window)[] Shapes =
    [
        (1, 1, 1, 1, 1, Window.Of(1, 0)), (1, 1, 20, 3, 3, Window.Of(1, 1)), (4, 3, 7, 3, 3, Window.Of(1, 1)), (6, 11, 16, 3, 3, Window.Of(1, 1)),
        (7, 12, 33, 3, 3, Window.Of(2, 1)), (9, 9, 48, 5, 5, Window.Of(1, 2)), (8, 17, 15, 5, 5, Window.Of(2, 2)), (5, 14, 32, 2, 4, new Window(1, 1, 0, 0, 3)),
        (3, 8, 17, 3, 3, Window.Of(1, 0)), (4, 4, 16, 3, 3, Window.Of(1, 4)), (2, 2, 8, 5, 5, Window.Of(1, 2)), (10, 30, 64, 3, 3, Window.Same(2, 3, 10, 30)),
    ];

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_border_step_and_channel_count_agrees_with_the_reference(CpuTier tier)
    {
        foreach (var s in Shapes)
        {
            foreach (bool withBias in new[] { false, true })
            {
                foreach (bool withResidual in new[] { false, true })
                {
                    (float[] expected, float[] found) = Both(tier, OneThread, s.H, s.W, s.C, s.KernelHeight, s.KernelWidth, s.Window, Activation.Clamp(-0.4f, 1), withBias, withResidual);
                    Close.AssertAll(expected, found, 2e-6, 0, $"{s}, bias {withBias}, residual {withResidual}");
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_activation_is_applied_before_the_residual(CpuTier tier)
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            Activation activation = new(kind, -0.2f, 0.3f);
            (float[] expected, float[] found) = Both(tier, OneThread, 6, 9, 19, 3, 3, Window.Of(1, 1), activation, withBias: true, withResidual: true);
            Close.AssertAll(expected, found, 2e-6, 0, kind.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_number_of_threads_changes_no_bit(CpuTier tier)
    {
        float[] expected = Both(tier, OneThread, 50, 60, 24, 3, 3, Window.Of(1, 1), Activation.Silu, withBias: true, withResidual: true).Found;
        using WorkerPool pool = new(3);
        float[] found = Both(tier, pool, 50, 60, 24, 3, 3, Window.Of(1, 1), Activation.Silu, withBias: true, withResidual: true).Found;
        Close.AssertSameBits(expected, found);
    }

    private static (float[] Expected, float[] Found) Both(CpuTier tier, WorkerPool pool, int h, int w, int channels, int kernelHeight, int kernelWidth,
        Window window, Activation activation, bool withBias, bool withResidual)
    {
        const int pictures = 2;
        int taps = kernelHeight * kernelWidth;
        float[] x = TestValues.Random(pictures * h * w * channels, 1);
        float[] filters = TestValues.Random(channels * taps, 2), bias = TestValues.Random(channels, 3);
        Shape shape = new(pictures, h, w, channels);
        WeightTensor weight = WeightTensor.FromFloats("weight", [channels, 1, kernelHeight, kernelWidth], filters);
        WeightTensor? biasTensor = withBias ? WeightTensor.FromFloats("bias", [channels], bias) : null;
        ConvWeight reference = Truth.Backend.CreateDepthwiseConv2d(weight, biasTensor);
        Shape output = OpShapes.Conv2d(shape, reference, window, null);
        float[] added = TestValues.Random((int)output.Count, 4);
        float[] expected = Truth.Of(x, shape, (ops, t) =>
            ops.Conv2d(t, reference, window, activation, withResidual ? ops.Upload(added, output) : null));

        float[] turned = new float[filters.Length];
        for (int i = 0; i < filters.Length; i++) turned[i % taps * channels + i / taps] = filters[i];
        using FloatBuffer source = new(x, 1), kernel = new(turned, 3), biases = new(bias, 2), residual = new(added, 4);
        using FloatBuffer target = FloatBuffer.ForResult(added.Length, 5);
        DepthwiseKernel.Run(tier, pool, new DepthwiseCall
        {
            Input = source.Data,
            Output = target.Data,
            Residual = withResidual ? residual.Data : null,
            Filters = kernel.Data,
            Bias = withBias ? biases.Data : null,
            InputShape = shape,
            OutputShape = output,
            KernelHeight = kernelHeight,
            KernelWidth = kernelWidth,
            Window = window,
        }, activation);
        return (expected, target.Checked());
    }
}
