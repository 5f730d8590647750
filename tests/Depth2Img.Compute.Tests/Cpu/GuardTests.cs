using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Kernels run on operands that begin or end at forbidden pages: the process dies of one float too many.</summary>
public unsafe sealed class GuardTests : IDisposable
{
    private readonly WorkerPool _pool = new(2);
    private readonly ScratchPool _scratch = new(2);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Matrix_products_stay_within_their_operands(CpuTier tier)
    {
        GemmDriver gemm = Driver(tier, out MicroKernel kernel);
        foreach ((int rows, int columns, int depth) in new[] { (1, 1, 1), (13, 33, 257), (29, 70, 300), (12, 32, 256), (5, 17, 9) })
        {
            WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 1, 2 * columns, depth);
            using CpuLinearWeight w = CpuLinearWeight.Pack(weight, TestWeights.Random(ElementType.Float32, 2, 1, 2 * columns), kernel, narrow: null, _pool);
            foreach (bool atEnd in new[] { true, false })
            {
                using GuardedFloats x = new(TestValues.Random(rows * depth, 1), atEnd);
                using GuardedFloats residual = new(new float[rows * 2 * columns], atEnd);
                using GuardedFloats y = new(new float[rows * 2 * columns], atEnd), geglu = new(new float[rows * columns], atEnd);
                gemm.Run(new DenseRows(x.Data, rows, depth), w.Matrix, new DenseOutput(y.Data, 2 * columns, w.Bias.Data, Activation.Silu, residual.Data, tier), default);
                gemm.Run(new DenseRows(x.Data, rows, depth), w.Matrix, new GegluOutput(geglu.Data, columns, w.Bias.Data, tier), default);
                Assert.DoesNotContain(y.Values.ToArray(), float.IsNaN);
                Assert.DoesNotContain(geglu.Values.ToArray(), float.IsNaN);
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Convolutions_stay_within_their_operands(CpuTier tier)
    {
        GemmDriver gemm = Driver(tier, out MicroKernel kernel);
        ConvolutionKernel convolution = new ImplicitGemmConvolution(gemm);
        foreach ((int inputs, int outputs, int side, int stride, int padding) in new[] { (3, 5, 3, 1, 1), (5, 33, 7, 2, 3), (40, 8, 3, 1, 2), (1, 1, 2, 2, 0) })
        {
            WeightTensor weight = TestWeights.Random(ElementType.Float32, 1, 1, outputs, inputs, side, side);
            using CpuConvWeight w = CpuConvWeight.Pack(weight, null, kernel, narrow: null, _pool);
            Window window = Window.Of(stride, padding);
            Shape input = new(2, 9, 8, inputs), output = new(2, window.OutputHeight(9, side), window.OutputWidth(8, side), outputs);
            foreach (bool atEnd in new[] { true, false })
            {
                using GuardedFloats x = new(TestValues.Random((int)input.Count, 1), atEnd), y = new(new float[output.Count], atEnd);
                ConvolutionCall call = new(x.Data, y.Data, null)
                {
                    InputShape = input,
                    OutputShape = output,
                    Weight = w,
                    Window = window,
                    Activation = Activation.None,
                };
                convolution.Run(call, default);
                Assert.Contains(y.Values.ToArray(), value => value != 0);
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Attention_stays_within_its_operands(CpuTier tier)
    {
        TiledAttention attention = new(MicroKernel.For(tier), _pool, _scratch);
        foreach ((int queries, int keys, int size, bool causal) in new[] { (1, 1, 1, false), (13, 77, 40, false), (99, 300, 33, false), (77, 77, 64, true) })
        {
            foreach (bool atEnd in new[] { true, false })
            {
                using Workspace workspace = new();
                using GuardedFloats q = new(TestValues.Random(queries * 2 * size, 1), atEnd), k = new(TestValues.Random(keys * 2 * size, 2), atEnd);
                using GuardedFloats v = new(TestValues.Random(keys * 2 * size, 3), atEnd), y = new(new float[queries * 2 * size], atEnd);
                AttentionCall call = new(q.Data, k.Data, v.Data, y.Data)
                {
                    Batch = 1,
                    Queries = queries,
                    Keys = keys,
                    Heads = 2,
                    HeadSize = size,
                    Scale = 1,
                    Causal = causal,
                };
                attention.Run(call, workspace, default);
                Assert.All(y.Values.ToArray(), value => Assert.InRange(value, -1.0001f, 1.0001f));
            }
        }
    }

    public void Dispose()
    {
        _pool.Dispose();
        _scratch.Dispose();
    }

    private GemmDriver Driver(CpuTier tier, out MicroKernel kernel)
    {
        kernel = MicroKernel.For(tier);
        return new GemmDriver(tier, kernel, narrow: null, _pool, _scratch);
    }
}
