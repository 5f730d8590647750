using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>The ops whose kernels have tests of their own, once more through the op set: operands, shapes and order of arguments.</summary>
public sealed class LightOpsTests(BackendFixture backends) : IClassFixture<BackendFixture>
{
    private static readonly Shape Picture = new(2, 7, 6, 20);

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Sums_agree_with_the_reference(CpuTier tier)
    {
        Check(tier, (_, ops) => With(Input(ops, Picture, 1), Input(ops, Picture, 2), ops.Add));
        Check(tier, (_, ops) => InPlace(Input(ops, Picture, 1), x => { using Tensor y = Input(ops, Picture, 2); ops.AddInPlace(x, y); }));
        Check(tier, (_, ops) => InPlace(Input(ops, Picture, 1), x => { using Tensor y = Input(ops, new Shape(2, 20), 2); ops.AddChannelsInPlace(x, y); }));
        Check(tier, (backend, ops) => InPlace(Input(ops, new Shape(3, 5, 20), 1), x =>
        {
            using VectorWeight table = backend.CreateVector(TestWeights.Random(ElementType.Float16, 3, 1, 1, 5, 20));
            ops.AddTableInPlace(x, table);
        }));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Functions_and_factors_agree_with_the_reference(CpuTier tier)
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
            Check(tier, (_, ops) => InPlace(Input(ops, Picture, 1), x => ops.Activate(x, new Activation(kind, -0.5f, 0.25f))));
        Check(tier, (_, ops) => InPlace(Input(ops, Picture, 1), x => ops.Scale(x, -1.7f)));
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Norms_agree_with_the_reference(CpuTier tier)
    {
        foreach (Shape shape in new[] { Picture, new(3, 11, 20) })
        {
            Check(tier, (backend, ops) => Normed(backend, ops, shape, (x, weight, bias) => ops.GroupNorm(x, weight, bias, 5, 1e-5f, Activation.Silu)));
            Check(tier, (backend, ops) => Normed(backend, ops, shape, (x, weight, bias) => ops.GroupNorm(x, weight, bias, 20, 1e-6f)));
            Check(tier, (backend, ops) => Normed(backend, ops, shape, (x, weight, bias) => ops.LayerNorm(x, weight, bias, 1e-5f)));
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Statistics_of_a_rectangle_are_those_of_its_pixels_alone(CpuTier tier)
    {
        const int groups = 5;
        foreach ((Shape shape, PixelRegion region) in new (Shape, PixelRegion)[]
        {
            (new(1, 7, 6, 20), new(0, 0, 7, 6)), (new(1, 7, 6, 20), new(6, 5, 1, 1)), (new(1, 37, 41, 35), new(3, 2, 30, 37)),
            (new(1, 5, 9, 15), new(2, 0, 1, 9)), (new(1, 3, 1800, 40), new(1, 11, 2, 1777)),
        })
        {
            // What lies around would spoil every sum that it entered.
            float[] values = new float[shape.Count];
            Array.Fill(values, float.NaN);
            int channels = shape.Channels, width = channels / groups;
            List<double>[] inside = [.. Enumerable.Range(0, groups).Select(_ => new List<double>())];
            float[] random = TestValues.Random((int)shape.Count, 9, 2, 0.3f);
            for (int y = region.Top; y < region.Top + region.Height; y++)
            {
                for (int i = (y * shape[2] + region.Left) * channels; i < (y * shape[2] + region.Left + region.Width) * channels; i++)
                {
                    values[i] = random[i];
                    inside[i % channels / width].Add(random[i]);
                }
            }
            foreach (IBackend backend in new[] { backends.Of(tier), backends.Reference })
            {
                using IOps ops = backend.OpenSession();
                using Tensor x = ops.Upload(values, shape);
                GroupStatistics found = ops.GroupStatistics(x, groups, region);
                Assert.Equal(region.Height * region.Width * width, found.Count);
                for (int group = 0; group < groups; group++)
                {
                    double mean = inside[group].Average(), variance = inside[group].Average(value => (value - mean) * (value - mean));
                    Assert.Equal(mean, found.Mean(group), 1e-6);
                    Assert.Equal(variance, found.Variance(group), 1e-6 * variance);
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Joining_cutting_and_repeating_agree_with_the_reference(CpuTier tier)
    {
        Shape tokens = new(2, 5, 12);
        Check(tier, (_, ops) => With(Input(ops, Picture, 1), Input(ops, new Shape(2, 7, 6, 9), 2), ops.ConcatChannels));
        Check(tier, (_, ops) => With(Input(ops, tokens, 1), Input(ops, new Shape(2, 3, 12), 2), ops.ConcatTokens));
        Check(tier, (_, ops) => With(Input(ops, tokens, 1), x => ops.SliceTokens(x, 1, 3)));
        Check(tier, (_, ops) => With(Input(ops, tokens, 1), x => ops.SliceTokens(x, 5, 0)));
        Check(tier, (_, ops) => With(Input(ops, new Shape(2, 1, 12), 1), x => ops.RepeatToken(x, 4)));
        foreach (ElementType type in new[] { ElementType.Float32, ElementType.Float16, ElementType.BFloat16, ElementType.Float64 })
        {
            Check(tier, (backend, ops) =>
            {
                using EmbeddingWeight table = backend.CreateEmbedding(TestWeights.Random(type, 1, 1, 10, 12));
                return ops.Embedding(table, [0, 9, 3, 3, 1, 0], 2);
            });
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Resizes_and_pools_agree_with_the_reference(CpuTier tier)
    {
        foreach ((int height, int width) in new[] { (14, 12), (7, 6), (3, 11), (1, 1) })
        {
            Check(tier, (_, ops) => With(Input(ops, Picture, 1), x => ops.ResizeNearest(x, height, width)));
            Check(tier, (_, ops) => With(Input(ops, Picture, 1), x => ops.ResizeBilinear(x, height, width, true)));
            Check(tier, (_, ops) => With(Input(ops, Picture, 1), x => ops.ResizeBilinear(x, height, width, false)));
        }
        foreach (bool zeroBorder in new[] { false, true })
        {
            Check(tier, (_, ops) => With(Input(ops, Picture, 1), x => ops.MaxPool2d(x, 3, Window.Of(2, 1), zeroBorder)));
            Check(tier, (_, ops) => With(Input(ops, Picture, 1), x => ops.MaxPool2d(x, 3, new Window(2, 0, 0, 1, 1), zeroBorder)));
        }
    }

    [Theory]
    [ClassData(typeof(Tiers))]
    public void Values_come_out_as_they_went_in(CpuTier tier)
    {
        using IOps ops = backends.Of(tier).OpenSession();
        float[] values = TestValues.Random((int)Picture.Count, 1);
        using Tensor x = ops.Upload(values, Picture);
        using Tensor y = ops.Reshape(x, new Shape(14, 120));
        Assert.Equal(values, ops.DownloadAll(y));
        Assert.Throws<ArgumentException>(() => ops.Upload(values, new Shape(3)));
        Assert.Throws<ArgumentException>(() => ops.Download(x, new float[3]));
    }

    private void Check(CpuTier tier, Func<IBackend, IOps, Tensor> compute)
    {
        IBackend backend = backends.Of(tier), reference = backends.Reference;
        float[] expected = BackendFixture.Run(reference, ops => compute(reference, ops));
        Close.AssertAll(expected, BackendFixture.Run(backend, ops => compute(backend, ops)), 2e-6, 1e-6);
    }

    private static Tensor Input(IOps ops, Shape shape, int seed) => ops.Upload(TestValues.Random((int)shape.Count, seed, 2, 0.3f), shape);

    private static Tensor With(Tensor x, Func<Tensor, Tensor> op)
    {
        using (x) return op(x);
    }

    private static Tensor With(Tensor a, Tensor b, Func<Tensor, Tensor, Tensor> op)
    {
        using (a)
        using (b) return op(a, b);
    }

    private static Tensor InPlace(Tensor x, Action<Tensor> op)
    {
        op(x);
        return x;
    }

    private static Tensor Normed(IBackend backend, IOps ops, Shape shape, Func<Tensor, VectorWeight, VectorWeight, Tensor> norm)
    {
        using VectorWeight weight = backend.CreateVector(TestWeights.Random(ElementType.Float32, 4, 1, shape.Channels));
        using VectorWeight bias = backend.CreateVector(TestWeights.Random(ElementType.BFloat16, 5, 1, shape.Channels));
        using Tensor x = Input(ops, shape, 6);
        return norm(x, weight, bias);
    }
}
