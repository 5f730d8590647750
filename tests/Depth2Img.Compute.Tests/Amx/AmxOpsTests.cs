using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;
using Depth2Img.Compute.Tests.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>Whole ops whose products are made by the assembled AMX kernels, packing and edges included.</summary>
public sealed class AmxOpsTests(AmxFixture amx) : IClassFixture<AmxFixture>
{
    [Fact]
    public void Tails_of_rows_columns_and_products_agree_with_the_reference()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach (int rows in new[] { 1, 15, 16, 17, 31, 32, 33, 65 })
            {
                foreach ((int products, int columns) in new[] { (32, 32), (33, 33), (48, 48), (63, 65), (320, 40), (513, 37) })
                    CheckLinear(unit, rows, products, columns, ElementType.Float32, Activation.None);
            }
            CheckLinear(unit, 17, 1030, 33, ElementType.Float16, Activation.None);
        }
    }

    [Fact]
    public void Every_epilogue_agrees_with_the_reference()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float16, ElementType.BFloat16 })
            {
                foreach (Activation activation in new[] { Activation.None, Activation.Silu, Activation.Gelu })
                    CheckLinear(unit, 29, 70, 100, type, activation);
            }
            foreach ((int rows, int inputs, int outputs) in new[] { (1, 32, 32), (33, 48, 40), (70, 64, 96) })
            {
                WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 0.5f, 2 * outputs, inputs), bias = TestWeights.Random(ElementType.Float32, 2, 1, 2 * outputs);
                float[] x = TestValues.Random(rows * inputs, 3);
                Check(unit, $"GEGLU of {rows} x {inputs} x {outputs}", (backend, ops) =>
                {
                    using LinearWeight w = backend.CreateLinear(weight, bias);
                    using Tensor input = ops.Upload(x, new Shape(rows, inputs));
                    return ops.LinearGeglu(input, w);
                });
            }
        }
    }

    [Fact]
    public void Convolutions_3x3_agree_with_the_reference_on_awkward_sizes()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach ((int height, int width) in new[] { (1, 1), (1, 40), (40, 1), (3, 5), (8, 8), (7, 15), (5, 16), (4, 17), (3, 31), (3, 33) })
                CheckConvolution(unit, 1, height, width, 32, 33, Window.Of(1, 1));
            foreach ((int inputs, int outputs) in new[] { (48, 40), (33, 64), (65, 32), (320, 32) })
                CheckConvolution(unit, 2, 5, 6, inputs, outputs, Window.Of(1, 1));
        }
    }

    [Fact]
    public void Steps_and_borders_of_convolutions_3x3_agree_with_the_reference()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            CheckConvolution(unit, 2, 9, 7, 40, 36, Window.Of(1, 0));
            CheckConvolution(unit, 1, 9, 7, 40, 36, Window.Of(1, 3));
            CheckConvolution(unit, 2, 9, 7, 40, 36, Window.Of(2, 1));
            CheckConvolution(unit, 1, 8, 34, 40, 36, new Window(2, 0, 0, 1, 1));
            CheckConvolution(unit, 1, 12, 11, 40, 36, Window.Of(3, 2));
            CheckConvolution(unit, 1, 4, 9, 40, 36, new Window(1, 2, 0, 1, 3));
        }
    }

    [Fact]
    public void Other_filters_are_matrix_products_of_windows()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach ((int side, int step, int padding) in new[] { (1, 1, 0), (1, 2, 0), (2, 2, 0), (5, 1, 2) })
                CheckConvolution(unit, 2, 9, 7, 37, 48, Window.Of(step, padding), side);
        }
    }

    [Fact]
    public void Attention_agrees_with_the_reference()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach ((int queries, int keys, int size) in new[] { (1, 1, 1), (15, 7, 33), (33, 77, 40), (97, 31, 64), (17, 600, 16), (20, 33, 600) })
                CheckAttention(unit, queries, keys, 2, size, causal: false);
            foreach (int length in new[] { 1, 2, 33, 77 }) CheckAttention(unit, length, length, 2, 24, causal: true);
        }
    }

    [Fact]
    public void Not_a_number_spoils_every_result_that_depends_on_it_and_no_other()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
            {
                float[] x = TestValues.Random(29 * 70, 2);
                x[17 * 70 + 69] = bad;
                float[] y = Run(amx.Of(unit), (backend, ops) =>
                {
                    using LinearWeight w = backend.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 37, 70), null);
                    using Tensor input = ops.Upload(x, new Shape(29, 70));
                    return ops.Linear(input, w);
                });
                for (int i = 0; i < y.Length; i++) Assert.Equal(i / 37 != 17, float.IsFinite(y[i]));

                float[] picture = TestValues.Random(9 * 20 * 33, 3);
                picture[(4 * 20 + 19) * 33 + 32] = bad;
                float[] convolved = Run(amx.Of(unit), (backend, ops) =>
                {
                    using ConvWeight w = backend.CreateConv2d(TestWeights.Random(ElementType.Float32, 1, 1, 32, 33, 3, 3), null);
                    using Tensor input = ops.Upload(picture, new Shape(1, 9, 20, 33));
                    return ops.Conv2d(input, w, Window.Of(1, 1));
                });
                for (int i = 0; i < convolved.Length; i++)
                {
                    int row = i / 32 / 20, column = i / 32 % 20;
                    Assert.Equal(Math.Abs(row - 4) > 1 || column < 18, float.IsFinite(convolved[i]));
                }

                float[] values = TestValues.Random(70 * 40, 3);
                values[69 * 40 + 3] = bad;
                float[] attended = Attention(amx.Of(unit), TestValues.Random(5 * 40, 1), TestValues.Random(70 * 40, 2), values, 5, 70, 1, 40, causal: false);
                for (int i = 0; i < attended.Length; i++) Assert.Equal(i % 40 != 3, float.IsFinite(attended[i]));
            }
        }
    }

    [Fact]
    public void Results_are_the_same_bits_for_any_number_of_threads()
    {
        foreach (AmxUnit unit in amx.Units)
        {
            float[]? first = null;
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using CpuBackend backend = AmxFixture.NewBackend(unit, threads);
                float[] x = TestValues.Random(2 * 6 * 20 * 64, 3);
                float[] values =
                [
                    .. Linear(backend, x, 240, TestWeights.Random(ElementType.Float16, 1, 0.5f, 70, 64), null, Activation.Silu, null),
                    .. Convolution(backend, x, new Shape(2, 6, 20, 64), TestWeights.Random(ElementType.Float16, 1, 0.5f, 70, 64, 3, 3), null, Window.Of(1, 1), Activation.None, null),
                    .. Attention(backend, x, x, x, 240, 240, 2, 32, causal: false),
                ];
                if (first is null) first = values;
                else Close.AssertSameBits(first, values, $"{threads} threads");
            }
        }
    }

    [Fact]
    public void After_an_op_no_thread_holds_tiles()
    {
        int before = amx.Processor.AllTiles.Sum(tiles => tiles.Configurations);
        CheckLinear(amx.Units[0], 70, 64, 64, ElementType.Float32, Activation.None);
        CheckConvolution(amx.Units[0], 1, 6, 20, 32, 64, Window.Of(1, 1));
        CheckAttention(amx.Units[0], 40, 40, 2, 32, causal: false);
        Assert.True(amx.Processor.AllTiles.Sum(tiles => tiles.Configurations) >= before + 3);
        Assert.All(amx.Processor.AllTiles, tiles => Assert.False(tiles.IsConfigured));
    }

    [Fact]
    public unsafe void Convolutions_stay_within_their_operands_whatever_the_chunks()
    {
        using WorkerPool pool = new(2);
        using ScratchPool scratch = new(2);
        using Workspace workspace = new();
        foreach (AmxUnit unit in amx.Units)
        {
            foreach ((int channels, int outputs, int step, long chunkBytes) in new[] { (32, 32, 1, 1L << 24), (48, 33, 1, 20_000), (40, 64, 2, 1L), (32, 40, 1, 12_000) })
            {
                WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 0.5f, outputs, channels, 3, 3);
                using AmxConvWeight w = AmxConvWeight.Pack(weight, null, pool);
                Window window = Window.Of(step, 1);
                Shape input = new(3, 9, 7, channels), output = new(3, window.OutputHeight(9, 3), window.OutputWidth(7, 3), outputs);
                float[] values = TestValues.Random((int)input.Count, 1);
                float[] expected = Convolution(amx.Reference, values, input, weight, null, window, Activation.None, null);
                foreach (bool atEnd in new[] { true, false })
                {
                    using GuardedFloats x = new(values, atEnd), y = new(new float[output.Count], atEnd);
                    ConvolutionCall call = new(x.Data, y.Data, null)
                    {
                        InputShape = input,
                        OutputShape = output,
                        Weight = w,
                        Window = window,
                        Activation = Activation.None,
                    };
                    new AmxConvolution(AmxFixture.Vectors, new MicroKernelAmx(unit), pool, scratch, workspace) { ChunkBytes = chunkBytes }.Run(call, default);
                    NarrowTiers.AssertClose(expected, y.Values.ToArray(), $"{input} by step {step} in chunks of {chunkBytes}");
                }
            }
        }
    }

    [Fact]
    public unsafe void Matrix_products_stay_within_their_operands()
    {
        using WorkerPool pool = new(2);
        using ScratchPool scratch = new(2);
        foreach (AmxUnit unit in amx.Units)
        {
            MicroKernelAmx narrow = new(unit);
            MicroKernel kernel = MicroKernel.For(AmxFixture.Vectors);
            GemmDriver gemm = new(AmxFixture.Vectors, kernel, narrow, pool, scratch);
            foreach ((int rows, int columns, int depth) in new[] { (1, 32, 33), (17, 33, 49), (33, 70, 515) })
            {
                foreach (bool atEnd in new[] { true, false })
                {
                    using CpuLinearWeight w = CpuLinearWeight.Pack(TestWeights.Random(ElementType.Float16, 1, 1, columns, depth), null, kernel, narrow, pool);
                    using GuardedFloats x = new(TestValues.Random(rows * depth, 1), atEnd), y = new(new float[rows * columns], atEnd);
                    gemm.Run(new DenseRows(x.Data, rows, depth), w.Matrix, new DenseOutput(y.Data, columns, null, default, null, AmxFixture.Vectors), default);
                    Assert.DoesNotContain(y.Values.ToArray(), value => float.IsNaN(value) || value == 0);
                }
            }
        }
    }

    private void CheckLinear(AmxUnit unit, int rows, int products, int columns, ElementType type, Activation activation)
    {
        WeightTensor weight = TestWeights.Random(type, 1, 0.5f, columns, products), bias = TestWeights.Random(type, 2, 1, columns);
        float[] x = TestValues.Random(rows * products, 3), residual = TestValues.Random(rows * columns, 4);
        NarrowTiers.AssertClose(
            Linear(amx.Reference, x, rows, weight, bias, activation, residual),
            Linear(amx.Of(unit), x, rows, weight, bias, activation, residual),
            $"{rows} x {products} x {columns}, {type}, {activation.Kind}");
    }

    private void CheckConvolution(AmxUnit unit, int batch, int height, int width, int inputs, int outputs, Window window, int side = 3)
    {
        WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 0.5f, outputs, inputs, side, side), bias = TestWeights.Random(ElementType.Float32, 2, 1, outputs);
        Shape shape = new(batch, height, width, inputs);
        float[] x = TestValues.Random((int)shape.Count, 3);
        float[] residual = TestValues.Random(batch * window.OutputHeight(height, side) * window.OutputWidth(width, side) * outputs, 4);
        foreach (Activation activation in new[] { Activation.None, Activation.Silu })
        {
            NarrowTiers.AssertClose(
                Convolution(amx.Reference, x, shape, weight, bias, window, activation, residual),
                Convolution(amx.Of(unit), x, shape, weight, bias, window, activation, residual),
                $"{shape} to {outputs}, {side} x {side}, {window}, {activation.Kind}");
        }
    }

    private void CheckAttention(AmxUnit unit, int queries, int keys, int heads, int size, bool causal)
    {
        float[] q = TestValues.Random(queries * heads * size, 1), k = TestValues.Random(keys * heads * size, 2), v = TestValues.Random(keys * heads * size, 3, shift: 0.5f);
        NarrowTiers.AssertClose(
            Attention(amx.Reference, q, k, v, queries, keys, heads, size, causal),
            Attention(amx.Of(unit), q, k, v, queries, keys, heads, size, causal),
            $"{queries} queries, {keys} keys, {heads} heads of {size}");
    }

    private void Check(AmxUnit unit, string what, Func<IBackend, IOps, Tensor> op) =>
        NarrowTiers.AssertClose(Run(amx.Reference, op), Run(amx.Of(unit), op), what);

    private static float[] Run(IBackend backend, Func<IBackend, IOps, Tensor> op) => BackendFixture.Run(backend, ops => op(backend, ops));

    private static float[] Linear(IBackend backend, float[] x, int rows, WeightTensor weight, WeightTensor? bias, Activation activation, float[]? residual)
    {
        using LinearWeight w = backend.CreateLinear(weight, bias);
        return BackendFixture.Run(backend, ops =>
        {
            using Tensor input = ops.Upload(x, new Shape(rows, w.InFeatures));
            using Tensor? added = residual is null ? null : ops.Upload(residual, new Shape(rows, w.OutFeatures));
            return ops.Linear(input, w, activation, added);
        });
    }

    private static float[] Convolution(IBackend backend, float[] x, Shape shape, WeightTensor weight, WeightTensor? bias, Window window, Activation activation, float[]? residual)
    {
        using ConvWeight w = backend.CreateConv2d(weight, bias);
        return BackendFixture.Run(backend, ops =>
        {
            using Tensor input = ops.Upload(x, shape);
            Shape output = new(shape[0], window.OutputHeight(shape[1], w.KernelHeight), window.OutputWidth(shape[2], w.KernelWidth), w.OutChannels);
            using Tensor? added = residual is null ? null : ops.Upload(residual, output);
            return ops.Conv2d(input, w, window, activation, added);
        });
    }

    private static float[] Attention(IBackend backend, float[] q, float[] k, float[] v, int queries, int keys, int heads, int size, bool causal) => BackendFixture.Run(backend, ops =>
    {
        using Tensor a = ops.Upload(q, new Shape(1, queries, heads * size)), b = ops.Upload(k, new Shape(1, keys, heads * size)), c = ops.Upload(v, new Shape(1, keys, heads * size));
        return ops.Attention(a, b, c, heads, 1 / MathF.Sqrt(size), causal);
    });
}
