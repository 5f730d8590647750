using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Convolution.Winograd;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>The kernel itself, on shapes that dispatch would leave to others too, with operands that end at forbidden pages.</summary>
public sealed unsafe class WinogradTests : IDisposable
{
    // The transforms magnify rounding: errors against the size of a sum's products, as measured over many shapes, with a margin.
    private const double RmsBound = 4e-6;
    private const double MaxBound = 4e-5;

    private readonly WorkerPool _pool = new(2);
    private readonly ScratchPool _scratch = new(2);
    private readonly ReferenceBackend _reference = new();

    private sealed record Case(int Batch, int Height, int Width, int In, int Out, Window Window)
    {
        public ElementType Type { get; init; } = ElementType.Float32;

        public Activation Activation { get; init; }

        public bool Bias { get; init; } = true;

        public bool Residual { get; init; }

        public Shape Input => new(Batch, Height, Width, In);

        public Shape Output => new(Batch, Window.OutputHeight(Height, 3), Window.OutputWidth(Width, 3), Out);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Pictures_of_every_size_around_a_tile_agree_with_the_reference(CpuTier tier)
    {
        for (int height = 1; height <= 9; height++)
        {
            for (int width = 1; width <= 9; width++) Check(tier, new(1, height, width, 16, 8, Window.Of(1, 1)));
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Borders_of_every_kind_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(2, 7, 10, 32, 16, Window.Of(1, 0)));
        Check(tier, new(1, 7, 10, 32, 16, Window.Of(1, 2)));
        Check(tier, new(1, 3, 3, 32, 16, Window.Of(1, 5)));
        Check(tier, new(1, 8, 5, 32, 16, new Window(1, 0, 2, 1, 0)));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Channels_around_blocks_and_panels_agree_with_the_reference(CpuTier tier)
    {
        foreach (int inputs in new[] { 16, 48, 64, 80, 256, 272, 320 })
        {
            foreach (int outputs in new[] { 1, 7, 31, 33, 64 }) Check(tier, new(1, 6, 7, inputs, outputs, Window.Of(1, 1)));
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Several_chunks_of_tiles_and_pictures_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(3, 30, 33, 32, 40, Window.Of(1, 1)) { Type = ElementType.Float16 });
        Check(tier, new(1, 45, 41, 64, 70, Window.Of(1, 1)) { Type = ElementType.BFloat16 });
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Bias_activation_and_residual_agree_with_the_reference(CpuTier tier)
    {
        Case test = new(2, 5, 6, 32, 20, Window.Of(1, 1));
        Check(tier, test with { Bias = false });
        Check(tier, test with { Activation = Activation.Silu, Residual = true });
        Check(tier, test with { Activation = Activation.Relu, Bias = false, Type = ElementType.Float16 });
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Dispatch_takes_it_for_large_convolutions_of_step_one_only(CpuTier tier)
    {
        using Workspace workspace = new();
        MicroKernel kernel = MicroKernel.For(tier);
        WinogradConvolution convolution = new(tier, kernel, _pool, _scratch, workspace);
        Assert.True(Suits(convolution, kernel, 64, 64, 3, 64, Window.Of(1, 1)));
        Assert.False(Suits(convolution, kernel, 64, 64, 3, 64, Window.Of(2, 1)));
        Assert.False(Suits(convolution, kernel, 64, 64, 5, 64, Window.Of(1, 2)));
        Assert.False(Suits(convolution, kernel, 5, 64, 3, 64, Window.Of(1, 1)));
        Assert.False(Suits(convolution, kernel, 64, 64, 3, 1, Window.Of(1, 1)));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _scratch.Dispose();
        _reference.Dispose();
    }

    private bool Suits(WinogradConvolution convolution, MicroKernel kernel, int inputs, int outputs, int side, int pictureSide, Window window)
    {
        using CpuConvWeight weight = CpuConvWeight.Pack(TestWeights.Random(ElementType.Float32, 1, 1, outputs, inputs, side, side), null, kernel, narrow: null, _pool);
        ConvolutionCall call = new(null, null, null)
        {
            InputShape = new(1, pictureSide, pictureSide, inputs),
            OutputShape = new(1, window.OutputHeight(pictureSide, side), window.OutputWidth(pictureSide, side), outputs),
            Weight = weight,
            Window = window,
            Activation = Activation.None,
        };
        return convolution.Suits(call);
    }

    private void Check(CpuTier tier, Case test)
    {
        WeightTensor weight = TestWeights.Random(test.Type, 1, 0.5f, test.Out, test.In, 3, 3);
        WeightTensor? bias = test.Bias ? TestWeights.Random(test.Type, 2, 1, test.Out) : null;
        float[] x = TestValues.Random((int)test.Input.Count, 3);
        float[]? residual = test.Residual ? TestValues.Random((int)test.Output.Count, 4) : null;
        float[] expected = Reference(x, weight, bias, residual, test);
        float[] squares = Reference(TestWeights.Squared(x), TestWeights.Squared(weight), null, null, test with { Activation = Activation.None });
        float[] actual = Run(tier, x, weight, bias, residual, test);
        // A tile's error depends on all its inputs: its outputs' scale is that of the picture.
        double scale = Math.Sqrt(squares.Average(v => (double)v) + 1e-12), sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs((double)actual[i] - expected[i]) / scale;
            if (!(error <= MaxBound)) Assert.Fail($"{test}[{i}]: expected {expected[i]:R}, found {actual[i]:R}, {error:g3} of the scale {scale:g3} apart");
            sum += error * error;
        }
        Assert.InRange(Math.Sqrt(sum / expected.Length), 0, RmsBound);
    }

    private float[] Run(CpuTier tier, float[] x, WeightTensor weight, WeightTensor? bias, float[]? residual, Case test)
    {
        using Workspace workspace = new();
        MicroKernel kernel = MicroKernel.For(tier);
        using CpuConvWeight w = CpuConvWeight.Pack(weight, bias, kernel, narrow: null, _pool);
        using GuardedFloats input = new(x, atEnd: true), output = new(new float[test.Output.Count], atEnd: true), added = new(residual ?? [], atEnd: true);
        ConvolutionCall call = new(input.Data, output.Data, residual is null ? null : added.Data)
        {
            InputShape = test.Input,
            OutputShape = test.Output,
            Weight = w,
            Window = test.Window,
            Activation = test.Activation,
        };
        new WinogradConvolution(tier, kernel, _pool, _scratch, workspace).Run(call, default);
        return output.Values.ToArray();
    }

    private float[] Reference(float[] x, WeightTensor weight, WeightTensor? bias, float[]? residual, Case test)
    {
        using ConvWeight w = _reference.CreateConv2d(weight, bias);
        return BackendFixture.Run(_reference, ops =>
        {
            using Tensor input = ops.Upload(x, test.Input);
            using Tensor? added = residual is null ? null : ops.Upload(residual, test.Output);
            return ops.Conv2d(input, w, test.Window, test.Activation, added);
        });
    }
}
