using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>Convolutions that normalise their input as they read it, against the ops that they stand for.</summary>
public sealed unsafe class NormConvolutionTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    private const int Groups = 4;
    private const float Eps = 1e-5f;

    // The first ones by tiles of several chunks, pictures and edges; the others by windows, which read a tensor.
    private static readonly Case[] s_cases =
    [
        new(new(2, 8, 8, 16), 16, Window.Of(1, 1)), new(new(3, 9, 7, 48), 33, Window.Of(1, 1)), new(new(1, 30, 33, 32), 40, Window.Of(1, 1)),
        new(new(2, 45, 41, 16), 20, Window.Of(1, 1)), new(new(5, 5, 6, 32), 64, Window.Of(1, 1)), new(new(2, 12, 10, 32), 32, Window.Of(1, 0)),
        new(new(2, 6, 9, 32), 32, new Window(1, 3, 0, 1, 2)), new(new(1, 70, 71, 16), 16, Window.Of(1, 1)), new(new(1, 6, 6, 320), 64, Window.Of(1, 1)),
        new(new(2, 9, 8, 32), 16, Window.Of(2, 1)), new(new(1, 7, 7, 12), 8, Window.Of(1, 1)), new(new(1, 16, 16, 64), 3, Window.Of(1, 1)),
    ];

    private sealed record Case(Shape Input, int Out, Window Window)
    {
        public Shape Output => new(Input[0], Window.OutputHeight(Input[1], 3), Window.OutputWidth(Input[2], 3), Out);

        public float[] X => TestValues.Random((int)Input.Count, 1, 2, 0.5f);
    }

    /// <summary>A case's weights, of one back end.</summary>
    private sealed class Weights(IBackend backend, Case test) : IDisposable
    {
        public ConvWeight Filters { get; } = backend.CreateConv2d(TestWeights.Random(ElementType.Float32, 2, 0.2f, test.Out, test.Input.Channels, 3, 3), Vector(test.Out, 3));

        public VectorWeight Scale { get; } = backend.CreateVector(Vector(test.Input.Channels, 4));

        public VectorWeight Bias { get; } = backend.CreateVector(Vector(test.Input.Channels, 5));

        public GroupNormalization Norm => new(Scale, Bias, Groups, Eps, Activation.Silu);

        public void Dispose()
        {
            Filters.Dispose();
            Scale.Dispose();
            Bias.Dispose();
        }

        private static WeightTensor Vector(int count, int seed) => WeightTensor.FromFloats("vector", [count], TestValues.Random(count, seed, 1, 0.5f));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void All_shapes_agree_with_the_reference(CpuTier tier)
    {
        foreach (Case test in s_cases)
        {
            float[] expected = Run(backends.Reference, test, Fused), found = Run(backends.Of(tier), test, Fused);
            double rms = Math.Sqrt(expected.Average(value => (double)value * value));
            Close.AssertAll(expected, found, 1e-4 * rms, 1e-5, test.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_bits_are_those_of_normalising_first(CpuTier tier)
    {
        foreach (Case test in s_cases)
            Close.AssertSameBits(Run(backends.Of(tier), test, Composed), Run(backends.Of(tier), test, Fused), test.ToString());
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Given_statistics_count_and_not_the_inputs_own(CpuTier tier)
    {
        GroupStatistics given = new(100, [0.1, -0.2, 0.3, 0], [50, 150, 100, 20]);
        foreach (Case test in s_cases.Where(test => test.Input[0] == 1))
        {
            float[] Of(Func<IOps, Tensor, GroupNormalization, Weights, Tensor> op) => BackendFixture.Run(backends.Of(tier), ops =>
            {
                using Weights weights = new(backends.Of(tier), test);
                using Tensor x = ops.Upload(test.X, test.Input);
                return op(ops, x, weights.Norm with { Statistics = given }, weights);
            });
            float[] expected = Of((ops, x, norm, weights) =>
            {
                using Tensor normed = ops.GroupNorm(x, given, norm.Weight, norm.Bias, Eps, norm.Activation);
                return ops.Conv2d(normed, weights.Filters, test.Window);
            });
            Close.AssertSameBits(expected, Of((ops, x, norm, weights) => ops.NormConv2d(x, norm, weights.Filters, test.Window)), test.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Statistics_gathered_on_the_way_are_those_of_the_result(CpuTier tier)
    {
        foreach (Case test in s_cases.Where(test => test.Out % Groups == 0))
        {
            // A common offset, which sums of squares would drown in.
            foreach (float offset in new[] { 0f, 1000f })
            {
                using IOps ops = backends.Of(tier).OpenSession();
                using Weights weights = new(backends.Of(tier), test), next = new(backends.Of(tier), test with { Input = test.Output });
                using Tensor x = ops.Upload(test.X, test.Input), shift = ops.Upload(Enumerable.Repeat(offset, test.Input[0] * test.Out).ToArray(), new Shape(test.Input[0], test.Out));
                using Tensor result = ops.NormConv2d(x, weights.Norm, weights.Filters, test.Window, shift);
                using Tensor copy = ops.Upload(ops.DownloadAll(result), result.Shape);
                using Tensor expected = ops.GroupNorm(copy, next.Scale, next.Bias, Groups, Eps), found = ops.GroupNorm(result, next.Scale, next.Bias, Groups, Eps);
                Close.AssertAll(ops.DownloadAll(expected), ops.DownloadAll(found), offset == 0 ? 1e-5 : 1e-3, what: test.ToString());
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Values_changed_in_place_are_read_anew(CpuTier tier)
    {
        Case test = s_cases[0];
        using IOps ops = backends.Of(tier).OpenSession();
        using Weights weights = new(backends.Of(tier), test);
        using Tensor x = ops.Upload(test.X, test.Input);
        using Tensor result = ops.NormConv2d(x, weights.Norm, weights.Filters, test.Window);
        Assert.True(((CpuTensor)result).Memory.MomentsOf(test.Input[0], test.Out) != null);
        using (Tensor view = ops.Reshape(result, new Shape(test.Input[0], 64, test.Out))) ops.Activate(view, Activation.Relu);
        Assert.True(((CpuTensor)result).Memory.MomentsOf(test.Input[0], test.Out) == null);
        using Tensor copy = ops.Upload(ops.DownloadAll(result), result.Shape);
        using Tensor expected = ops.GroupNorm(copy, weights.Scale, weights.Bias, Groups, Eps), found = ops.GroupNorm(result, weights.Scale, weights.Bias, Groups, Eps);
        Close.AssertSameBits(ops.DownloadAll(expected), ops.DownloadAll(found));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void A_NaN_spoils_its_own_picture_only(CpuTier tier)
    {
        Case test = s_cases[1];
        float[] values = test.X;
        values[values.Length / 2] = float.NaN;
        float[] found = BackendFixture.Run(backends.Of(tier), ops =>
        {
            using Weights weights = new(backends.Of(tier), test);
            using Tensor x = ops.Upload(values, test.Input);
            using Tensor h = ops.NormConv2d(x, weights.Norm, weights.Filters, test.Window);
            // Through the statistics that were gathered, too.
            using VectorWeight one = backends.Of(tier).CreateVector(WeightTensor.FromFloats("one", [test.Out], Enumerable.Repeat(1f, test.Out).ToArray()));
            return ops.GroupNorm(h, one, one, 3, Eps);
        });
        int picture = found.Length / 3;
        for (int i = 0; i < found.Length; i++) Assert.Equal(i / picture == 1, float.IsNaN(found[i]));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void The_number_of_threads_changes_no_bit(CpuTier tier)
    {
        foreach (Case test in new[] { s_cases[3], s_cases[4] })
        {
            float[][] found = [.. new[] { 1, 2, 5 }.Select(threads =>
            {
                using CpuBackend backend = new(new CpuBackendOptions { Tier = tier, Threads = threads });
                return Run(backend, test, (ops, x, shift, residual, weights, window) =>
                {
                    using Tensor h = Fused(ops, x, shift, residual, weights, window);
                    using Weights next = new(backend, test with { Input = test.Output });
                    return ops.GroupNorm(h, next.Scale, next.Bias, Groups, Eps);
                });
            })];
            Close.AssertSameBits(found[0], found[1], test.ToString());
            Close.AssertSameBits(found[0], found[2], test.ToString());
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void All_memory_is_given_back(CpuTier tier)
    {
        using IOps ops = backends.Of(tier).OpenSession();
        using (Weights weights = new(backends.Of(tier), s_cases[3]))
        using (Tensor x = ops.Upload(s_cases[3].X, s_cases[3].Input))
        {
            ops.NormConv2d(x, weights.Norm, weights.Filters, s_cases[3].Window).Dispose();
        }
        Assert.Equal(0, ((CpuOps)ops).Workspace.CurrentBytes);
    }

    [Fact]
    public void A_shift_of_another_shape_is_refused()
    {
        foreach (IBackend backend in new[] { backends.Reference, backends.Of(CpuTiers.Available[0]) })
        {
            using IOps ops = backend.OpenSession();
            using Weights weights = new(backend, s_cases[0]);
            using Tensor x = ops.Upload(s_cases[0].X, s_cases[0].Input), shift = ops.Upload(new float[16], new Shape(1, 16));
            ArgumentException error = Assert.Throws<ArgumentException>(() => ops.NormConv2d(x, weights.Norm, weights.Filters, s_cases[0].Window, shift));
            Assert.Contains("shift", error.Message, StringComparison.Ordinal);
        }
    }

    private static Tensor Fused(IOps ops, Tensor x, Tensor shift, Tensor residual, Weights weights, Window window) =>
        ops.NormConv2d(x, weights.Norm, weights.Filters, window, shift, residual);

    private static Tensor Composed(IOps ops, Tensor x, Tensor shift, Tensor residual, Weights weights, Window window) =>
        NormConvolution.Compose(ops, x, weights.Norm, weights.Filters, window, shift, residual);

    private static float[] Run(IBackend backend, Case test, Func<IOps, Tensor, Tensor, Tensor, Weights, Window, Tensor> op) => BackendFixture.Run(backend, ops =>
    {
        using Weights weights = new(backend, test);
        using Tensor x = ops.Upload(test.X, test.Input);
        using Tensor shift = ops.Upload(TestValues.Random(test.Input[0] * test.Out, 6), new Shape(test.Input[0], test.Out));
        using Tensor residual = ops.Upload(TestValues.Random((int)test.Output.Count, 7), test.Output);
        return op(ops, x, shift, residual, weights, test.Window);
    });
}
