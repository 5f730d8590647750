using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public sealed class LinearTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    private sealed record Case(int Rows, int In, int Out, ElementType Type, bool Bias, Activation Activation, bool Residual)
    {
        public Shape Input => new(Rows, In);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Tails_of_rows_columns_and_products_agree_with_the_reference(CpuTier tier)
    {
        // Around tiles of 12, 6 and 4 rows, panels of 32, 16 and 8 columns, and blocks of 256 products.
        foreach (int rows in new[] { 1, 2, 3, 5, 6, 7, 11, 12, 13, 25 })
        {
            foreach (int columns in new[] { 1, 7, 8, 9, 31, 33, 65 })
            {
                foreach (int products in new[] { 1, 2, 31, 257 })
                    Check(tier, new(rows, products, columns, ElementType.Float32, false, Activation.None, false));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Several_row_blocks_panel_groups_and_product_blocks_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, new(77, 1024, 520, ElementType.Float32, true, Activation.None, false));
        Check(tier, new(500, 300, 100, ElementType.Float16, true, Activation.None, true));
        Check(tier, new(3, 513, 1100, ElementType.BFloat16, true, Activation.None, false));
        Check(tier, new(1, 2000, 40, ElementType.Float16, false, Activation.None, false));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Every_element_type_activation_and_residual_agrees_with_the_reference(CpuTier tier)
    {
        Activation[] activations =
        [
            Activation.None, Activation.Silu, Activation.Gelu, Activation.QuickGelu, Activation.Relu, Activation.Sigmoid, Activation.Tanh,
            Activation.Clamp(-0.5f, 0.25f),
        ];
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float16, ElementType.BFloat16, ElementType.Float64 })
        {
            foreach (Activation activation in activations)
            {
                Check(tier, new(13, 50, 35, type, true, activation, false));
                Check(tier, new(13, 50, 35, type, false, activation, true));
                Check(tier, new(13, 50, 35, type, true, activation, true));
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Geglu_agrees_with_the_reference_whether_halves_are_whole_panels_or_not(CpuTier tier)
    {
        foreach (int half in new[] { 1, 5, 16, 31, 32, 33, 48, 63, 64, 100, 256, 300, 600 })
        {
            foreach (int rows in new[] { 1, 13, 50 })
            {
                foreach (bool withBias in new[] { false, true })
                {
                    WeightTensor weight = TestWeights.Random(ElementType.Float16, half, 0.3f, 2 * half, 40);
                    WeightTensor? bias = withBias ? TestWeights.Random(ElementType.Float32, 9, 1, 2 * half) : null;
                    float[] x = TestValues.Random(rows * 40, rows);
                    float[] Run(IBackend backend)
                    {
                        using LinearWeight w = backend.CreateLinear(weight, bias);
                        return BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload(x, new Shape(rows, 40)); return ops.LinearGeglu(t, w); });
                    }
                    Close.AssertAll(Run(backends.Reference), Run(backends.Of(tier)), 5e-6, 2e-6, $"geglu of {half} columns, {rows} rows");
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Filters_of_one_pixel_serve_as_a_matrix_and_leading_dimensions_are_kept(CpuTier tier)
    {
        IBackend backend = backends.Of(tier);
        using LinearWeight w = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 1, 6, 4, 1, 1), null);
        using IOps ops = backend.OpenSession();
        using Tensor x = ops.Upload(TestValues.Random(2 * 3 * 5 * 4, 2), new Shape(2, 3, 5, 4));
        using Tensor y = ops.Linear(x, w);
        Assert.Equal(new Shape(2, 3, 5, 6), y.Shape);
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Not_a_number_spoils_its_own_row_only(CpuTier tier)
    {
        IBackend backend = backends.Of(tier);
        using LinearWeight w = backend.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 37, 300), null);
        float[] x = TestValues.Random(29 * 300, 2);
        x[17 * 300 + 280] = float.NaN;
        float[] y = BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload(x, new Shape(29, 300)); return ops.Linear(t, w); });
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / 37 == 17, float.IsNaN(y[i]));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void No_rows_give_no_rows(CpuTier tier)
    {
        IBackend backend = backends.Of(tier);
        using LinearWeight w = backend.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 8, 8), null);
        Assert.Empty(BackendFixture.Run(backend, ops => { using Tensor t = ops.Upload([], new Shape(0, 8)); return ops.Linear(t, w); }));
    }

    private void Check(CpuTier tier, Case test)
    {
        WeightTensor weight = TestWeights.Random(test.Type, 1, 0.5f, test.Out, test.In);
        WeightTensor? bias = test.Bias ? TestWeights.Random(test.Type, 2, 1, test.Out) : null;
        float[] x = TestValues.Random(test.Rows * test.In, 3);
        float[]? residual = test.Residual ? TestValues.Random(test.Rows * test.Out, 4) : null;
        float[] expected = Run(backends.Reference, x, weight, bias, residual, test);
        float[] actual = Run(backends.Of(tier), x, weight, bias, residual, test);
        float[] squares = Run(backends.Reference, TestWeights.Squared(x), TestWeights.Squared(weight), bias is null ? null : TestWeights.Squared(bias),
            residual is null ? null : TestWeights.Squared(residual), test with { Activation = Activation.None });
        RoundingBound.AssertAll(expected, actual, squares, test.In, test.ToString());
    }

    private static float[] Run(IBackend backend, float[] x, WeightTensor weight, WeightTensor? bias, float[]? residual, Case test)
    {
        using LinearWeight w = backend.CreateLinear(weight, bias);
        return BackendFixture.Run(backend, ops =>
        {
            using Tensor input = ops.Upload(x, test.Input);
            using Tensor? added = residual is null ? null : ops.Upload(residual, new Shape(test.Rows, test.Out));
            return ops.Linear(input, w, test.Activation, added);
        });
    }
}
