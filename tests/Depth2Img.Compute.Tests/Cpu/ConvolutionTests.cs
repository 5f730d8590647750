using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public sealed class ConvolutionTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    private sealed record Case(int Batch, int Height, int Width, int In, int Out, int KernelHeight, int KernelWidth, Window Window)
    {
        public ElementType Type { get; init; } = ElementType.Float32;

        public Activation Activation { get; init; }

        public bool Bias { get; init; } = true;

        public bool Residual { get; init; }

        public Shape Input => new(Batch, Height, Width, In);

        public Shape Output => new(Batch, Window.OutputHeight(Height, KernelHeight), Window.OutputWidth(Width, KernelWidth), Out);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Kernels_strides_and_paddings_agree_with_the_reference(CpuTier tier)
    {
        foreach (int kernel in new[] { 1, 2, 3, 7 })
        {
            foreach (int stride in new[] { 1, 2, 3 })
            {
                foreach (int padding in new[] { 0, 1, kernel / 2, kernel })
                    Check(tier, new(2, 9, 7, 5, 11, kernel, kernel, Window.Of(stride, padding)));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Few_and_odd_channels_agree_with_the_reference(CpuTier tier)
    {
        foreach (int inputs in new[] { 1, 3, 4, 5, 9, 17 })
        {
            foreach (int outputs in new[] { 1, 3, 4, 8, 33 })
                Check(tier, new(1, 6, 5, inputs, outputs, 3, 3, Window.Of(1, 1)));
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Odd_borders_and_oblong_filters_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(1, 8, 8, 16, 16, 3, 3, new Window(2, 0, 0, 1, 1)));
        Check(tier, new(3, 7, 11, 6, 10, 3, 3, Window.Same(2, 3, 7, 11)));
        Check(tier, new(1, 5, 9, 4, 12, 1, 5, new Window(1, 0, 2, 0, 2)));
        Check(tier, new(1, 9, 5, 4, 12, 5, 1, new Window(2, 3, 0, 1, 4)));
        Check(tier, new(1, 1, 1, 40, 40, 3, 3, Window.Of(1, 1)));
        Check(tier, new(2, 4, 4, 32, 8, 4, 4, Window.Of(4, 0)));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Windows_longer_than_a_block_of_products_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(1, 6, 6, 96, 40, 3, 3, Window.Of(1, 1)) { Type = ElementType.Float16 });
        Check(tier, new(2, 16, 17, 70, 70, 3, 3, Window.Of(1, 1)) { Type = ElementType.BFloat16 });
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Bias_activation_and_residual_agree_with_the_reference(CpuTier tier)
    {
        foreach (int kernel in new[] { 1, 3 })
        {
            Case test = new(2, 5, 6, 12, 20, kernel, kernel, Window.Of(1, kernel / 2));
            Check(tier, test with { Bias = false });
            Check(tier, test with { Activation = Activation.Relu, Residual = true });
            Check(tier, test with { Activation = Activation.Silu, Residual = true, Bias = false });
            Check(tier, test with { Activation = Activation.Clamp(0, 0.5f), Type = ElementType.Float16 });
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Depthwise_filters_agree_with_the_reference(CpuTier tier)
    {
        foreach ((int channels, int kernel, int stride) in new[] { (1, 3, 1), (5, 3, 2), (33, 5, 1), (64, 3, 1), (40, 7, 2) })
        {
            WeightTensor weight = TestWeights.Random(ElementType.Float16, channels, 1, channels, 1, kernel, kernel);
            WeightTensor bias = TestWeights.Random(ElementType.Float32, 8, 1, channels);
            float[] x = TestValues.Random(2 * 9 * 7 * channels, kernel);
            float[] Run(IBackend backend)
            {
                using ConvWeight w = backend.CreateDepthwiseConv2d(weight, bias);
                return BackendFixture.Run(backend, ops =>
                {
                    using Tensor t = ops.Upload(x, new Shape(2, 9, 7, channels));
                    return ops.Conv2d(t, w, Window.Of(stride, kernel / 2), Activation.Clamp(-2, 2));
                });
            }
            Close.AssertAll(Run(backends.Reference), Run(backends.Of(tier)), 3e-6, 1e-6, $"depthwise {channels} k{kernel} s{stride}");
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Transposed_filters_agree_with_the_reference(CpuTier tier)
    {
        foreach ((int batch, int height, int width, int inputs, int outputs, int kernel) in
            new[] { (1, 1, 1, 3, 5, 2), (2, 3, 4, 17, 9, 2), (1, 5, 3, 40, 33, 4), (1, 4, 4, 300, 8, 1) })
        {
            foreach (bool withBias in new[] { false, true })
            {
                WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 1, inputs, outputs, kernel, kernel);
                WeightTensor? bias = withBias ? TestWeights.Random(ElementType.Float32, 2, 1, outputs) : null;
                float[] x = TestValues.Random(batch * height * width * inputs, 3);
                float[] Run(IBackend backend, float[] values, WeightTensor filters, WeightTensor? shift)
                {
                    using ConvWeight w = backend.CreateConvTranspose2d(filters, shift);
                    return BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload(values, new Shape(batch, height, width, inputs)); return ops.ConvTranspose2d(t, w); });
                }
                float[] squares = Run(backends.Reference, TestWeights.Squared(x), TestWeights.Squared(weight), bias is null ? null : TestWeights.Squared(bias));
                RoundingBound.AssertAll(Run(backends.Reference, x, weight, bias), Run(backends.Of(tier), x, weight, bias), squares, inputs, $"{inputs} to {outputs}, k{kernel}");
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Not_a_number_reaches_the_windows_that_see_it_and_no_others(CpuTier tier)
    {
        IBackend backend = backends.Of(tier);
        using ConvWeight w = backend.CreateConv2d(TestWeights.Random(ElementType.Float32, 1, 1, 6, 4, 3, 3), null);
        float[] x = TestValues.Random(8 * 9 * 4, 2);
        x[(3 * 9 + 0) * 4 + 1] = float.NaN;
        float[] y = BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload(x, new Shape(1, 8, 9, 4)); return ops.Conv2d(t, w, Window.Of(1, 1)); });
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / 6 / 9, column = i / 6 % 9;
            Assert.Equal(row is >= 2 and <= 4 && column <= 1, float.IsNaN(y[i]));
        }
    }

    private void Check(CpuTier tier, Case test)
    {
        WeightTensor weight = TestWeights.Random(test.Type, 1, 0.5f, test.Out, test.In, test.KernelHeight, test.KernelWidth);
        WeightTensor? bias = test.Bias ? TestWeights.Random(test.Type, 2, 1, test.Out) : null;
        float[] x = TestValues.Random((int)test.Input.Count, 3);
        float[]? residual = test.Residual ? TestValues.Random((int)test.Output.Count, 4) : null;
        float[] expected = Run(backends.Reference, x, weight, bias, residual, test);
        float[] actual = Run(backends.Of(tier), x, weight, bias, residual, test);
        float[] squares = Run(backends.Reference, TestWeights.Squared(x), TestWeights.Squared(weight), bias is null ? null : TestWeights.Squared(bias),
            residual is null ? null : TestWeights.Squared(residual), test with { Activation = Activation.None });
        RoundingBound.AssertAll(expected, actual, squares, test.In * test.KernelHeight * test.KernelWidth, test.ToString());
    }

    private static float[] Run(IBackend backend, float[] x, WeightTensor weight, WeightTensor? bias, float[]? residual, Case test)
    {
        using ConvWeight w = backend.CreateConv2d(weight, bias);
        return BackendFixture.Run(backend, ops =>
        {
            using Tensor input = ops.Upload(x, test.Input);
            using Tensor? added = residual is null ? null : ops.Upload(residual, test.Output);
            Tensor result = ops.Conv2d(input, w, test.Window, test.Activation, added);
            Assert.Equal(test.Output, result.Shape);
            return result;
        });
    }
}
