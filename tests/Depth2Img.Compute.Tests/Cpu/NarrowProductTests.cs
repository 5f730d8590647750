using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Linears, 1x1 convolutions and attention on tiers that multiply 16-bit numbers.</summary>
public sealed class NarrowProductTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    [Fact]
    public void Tails_of_rows_columns_and_products_agree_with_the_reference()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            foreach (int rows in Enumerable.Range(1, 13).Append(25))
            {
                foreach (int columns in new[] { 32, 33, 63, 65, 320 })
                {
                    foreach (int products in new[] { 32, 33, 48, 511, 513, 1030 })
                        CheckLinear(tier, rows, products, columns, ElementType.Float32, Activation.None);
                }
            }
        }
    }

    [Fact]
    public void Every_element_type_and_activation_agrees_with_the_reference()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float16, ElementType.BFloat16, ElementType.Float64 })
            {
                CheckLinear(tier, 29, 70, 100, type, Activation.None);
                CheckLinear(tier, 500, 300, 100, type, Activation.Silu);
                CheckLinear(tier, 3, 2000, 1100, type, Activation.Gelu);
            }
        }
    }

    [Fact]
    public void Operands_of_16_bits_give_the_reference_s_sums()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            // Nothing is left to round but the sums themselves.
            const int rows = 31, products = 333, columns = 77;
            float[] x = Array.ConvertAll(TestValues.Random(rows * products, 3), Rounded);
            WeightTensor weight = TestWeights.Random(ElementType.BFloat16, 1, 0.5f, columns, products);
            float[] expected = Linear(backends.Reference, x, rows, weight, null, Activation.None, null);
            float[] squares = Linear(backends.Reference, TestWeights.Squared(x), rows, TestWeights.Squared(weight), null, Activation.None, null);
            RoundingBound.AssertAll(expected, Linear(backends.Of(tier), x, rows, weight, null, Activation.None, null), squares, products, tier.Name());
        }
    }

    [Fact]
    public void Sensitive_and_small_weights_stay_in_single_precision_and_3x3_filters_where_there_are_no_tiles()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            IBackend backend = backends.Of(tier);
            using LinearWeight plain = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 1, 64, 64), null);
            using LinearWeight sensitive = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 1, 64, 64), null, sensitive: true);
            using LinearWeight small = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 1, 64, 4), null);
            using ConvWeight pointwise = backend.CreateConv2d(TestWeights.Random(ElementType.Float16, 1, 1, 64, 64, 1, 1), null);
            using ConvWeight square = backend.CreateConv2d(TestWeights.Random(ElementType.Float16, 1, 1, 64, 64, 3, 3), null);
            Assert.Equal(2, ((CpuLinearWeight)plain).Matrix.ProductsPerStep);
            Assert.Equal(1, ((CpuLinearWeight)sensitive).Matrix.ProductsPerStep);
            Assert.Equal(1, ((CpuLinearWeight)small).Matrix.ProductsPerStep);
            Assert.Equal(2, ((CpuConvWeight)pointwise).Matrix.ProductsPerStep);
            if (tier == CpuTier.Amx) Assert.IsType<AmxConvWeight>(square);
            else Assert.Equal(1, ((CpuConvWeight)square).Matrix.ProductsPerStep);
        }
    }

    [Fact]
    public void Convolutions_agree_with_the_reference()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            foreach ((int side, int stride, int padding) in new[] { (1, 1, 0), (1, 2, 0), (2, 2, 0), (5, 1, 2), (4, 3, 1) })
            {
                WeightTensor weight = TestWeights.Random(ElementType.Float16, 1, 0.5f, 48, 37, side, side);
                float[] x = TestValues.Random(2 * 9 * 7 * 37, 2);
                float[] Run(IBackend backend)
                {
                    using ConvWeight w = backend.CreateConv2d(weight, null);
                    return BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload(x, new Shape(2, 9, 7, 37)); return ops.Conv2d(t, w, Window.Of(stride, padding)); });
                }
                NarrowTiers.AssertClose(Run(backends.Reference), Run(backends.Of(tier)), $"{side} x {side}, step {stride}");
            }
        }
    }

    [Fact]
    public void Attention_agrees_with_the_reference()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            foreach (int queries in new[] { 1, 13, 97 })
            {
                foreach (int keys in new[] { 1, 7, 77, 257, 513, 1100 })
                {
                    foreach (int size in new[] { 1, 33, 40, 64 }) CheckAttention(tier, queries, keys, 2, size, causal: false);
                }
            }
            CheckAttention(tier, 100, 100, 1, 512, causal: false);
            CheckAttention(tier, 30, 600, 1, 1300, causal: false);
            foreach (int length in new[] { 1, 2, 77, 511, 513 }) CheckAttention(tier, length, length, 2, 24, causal: true);
        }
    }

    [Fact]
    public void Not_a_number_and_infinity_spoil_every_result_that_depends_on_them_and_no_other()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
            {
                IBackend backend = backends.Of(tier);
                float[] x = TestValues.Random(29 * 600, 2);
                x[17 * 600 + 580] = bad;
                float[] y = Linear(backend, x, 29, TestWeights.Random(ElementType.Float32, 1, 1, 37, 600), null, Activation.None, null);
                for (int i = 0; i < y.Length; i++) Assert.Equal(i / 37 != 17, float.IsFinite(y[i]));

                float[] v = TestValues.Random(600 * 40, 3);
                v[590 * 40 + 3] = bad;
                float[] attended = Attention(backend, TestValues.Random(5 * 40, 1), TestValues.Random(600 * 40, 2), v, 5, 600, 1, 40, causal: false);
                for (int i = 0; i < attended.Length; i++) Assert.Equal(i % 40 != 3, float.IsFinite(attended[i]));
            }
        }
    }

    [Fact]
    public void Results_are_the_same_bits_on_every_run_and_for_any_number_of_threads()
    {
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            float[]? first = null;
            foreach (int threads in new[] { 1, 2, 3, 5, 1 })
            {
                using CpuBackend backend = new(new CpuBackendOptions { Tier = tier, Threads = threads });
                float[] x = TestValues.Random(300 * 640, 3);
                float[] values =
                [
                    .. Linear(backend, x, 300, TestWeights.Random(ElementType.Float16, 1, 0.5f, 700, 640), null, Activation.Silu, null),
                    .. Attention(backend, x, x, x, 300, 300, 10, 64, causal: false),
                ];
                if (first is null) first = values;
                else Close.AssertSameBits(first, values, $"{threads} threads");
            }
        }
    }

    [Fact]
    public unsafe void Kernels_stay_within_their_operands()
    {
        using WorkerPool pool = new(2);
        using ScratchPool scratch = new(2);
        foreach (CpuTier tier in NarrowTiers.Available)
        {
            MicroKernel kernel = MicroKernel.For(tier), narrow = MicroKernel.NarrowFor(tier)!;
            CpuTier vectors = tier.Vectors();
            GemmDriver gemm = new(vectors, kernel, narrow, pool, scratch);
            foreach (bool atEnd in new[] { true, false })
            {
                foreach ((int rows, int columns, int depth) in new[] { (1, 32, 33), (13, 33, 257), (29, 70, 1025), (12, 64, 512) })
                {
                    using CpuLinearWeight w = CpuLinearWeight.Pack(TestWeights.Random(ElementType.Float16, 1, 1, columns, depth), null, kernel, narrow, pool);
                    using GuardedFloats x = new(TestValues.Random(rows * depth, 1), atEnd), y = new(new float[rows * columns], atEnd);
                    gemm.Run(new DenseRows(x.Data, rows, depth), w.Matrix, new DenseOutput(y.Data, columns, null, default, null, vectors), default);
                    Assert.DoesNotContain(y.Values.ToArray(), value => float.IsNaN(value) || value == 0);
                }
                foreach ((int queries, int keys, int size, bool causal) in new[] { (1, 1, 1, false), (13, 77, 40, false), (99, 515, 33, false), (77, 77, 64, true) })
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
                    new TiledAttention(narrow, pool, scratch).Run(call, workspace, default);
                    Assert.All(y.Values.ToArray(), value => Assert.InRange(value, -1.01f, 1.01f));
                }
            }
        }
    }

    private static float Rounded(float value) => BitConverter.UInt32BitsToSingle((uint)BFloat16Rounding.Round(value) << 16);

    private void CheckLinear(CpuTier tier, int rows, int products, int columns, ElementType type, Activation activation)
    {
        WeightTensor weight = TestWeights.Random(type, 1, 0.5f, columns, products), bias = TestWeights.Random(type, 2, 1, columns);
        float[] x = TestValues.Random(rows * products, 3), residual = TestValues.Random(rows * columns, 4);
        NarrowTiers.AssertClose(
            Linear(backends.Reference, x, rows, weight, bias, activation, residual),
            Linear(backends.Of(tier), x, rows, weight, bias, activation, residual),
            $"{rows} x {products} x {columns}, {type}");
    }

    private void CheckAttention(CpuTier tier, int queries, int keys, int heads, int size, bool causal)
    {
        float[] q = TestValues.Random(queries * heads * size, 1), k = TestValues.Random(keys * heads * size, 2), v = TestValues.Random(keys * heads * size, 3, shift: 0.5f);
        NarrowTiers.AssertClose(
            Attention(backends.Reference, q, k, v, queries, keys, heads, size, causal),
            Attention(backends.Of(tier), q, k, v, queries, keys, heads, size, causal),
            $"{queries} queries, {keys} keys, {heads} heads of {size}");
    }

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

    private static float[] Attention(IBackend backend, float[] q, float[] k, float[] v, int queries, int keys, int heads, int size, bool causal) => BackendFixture.Run(backend, ops =>
    {
        using Tensor a = ops.Upload(q, new Shape(1, queries, heads * size)), b = ops.Upload(k, new Shape(1, keys, heads * size)), c = ops.Upload(v, new Shape(1, keys, heads * size));
        return ops.Attention(a, b, c, heads, 1 / MathF.Sqrt(size), causal);
    });
}
