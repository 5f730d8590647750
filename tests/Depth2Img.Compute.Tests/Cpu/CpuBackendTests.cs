using System.Diagnostics;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Reference;
using Depth2Img.Compute.Tests.Support;

namespace Depth2Img.Compute.Tests.Cpu;

public class CpuBackendTests
{
    [Theory]
    [ClassData(typeof(Tiers))]
    public void Results_are_the_same_bits_for_any_number_of_threads(CpuTier tier)
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3, 5 })
        {
            using CpuBackend backend = new(new CpuBackendOptions { Tier = tier, Threads = threads });
            float[] values = AllHeavyOps(backend);
            if (first is null) first = values;
            else Close.AssertSameBits(first, values, $"{threads} threads");
        }
    }

    [Fact]
    public void The_description_names_kernels_and_threads()
    {
        using CpuBackend one = new(new CpuBackendOptions { Tier = CpuTier.Vector128, Threads = 1 });
        using CpuBackend three = new(new CpuBackendOptions { Tier = CpuTier.Vector128, Threads = 3 });
        Assert.Equal("cpu vector128, 1 thread", one.Description);
        Assert.Equal("cpu vector128, 3 threads", three.Description);
    }

    [Fact]
    public void No_thread_at_all_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuBackend(new CpuBackendOptions { Threads = 0 }));

    [Fact]
    public void Two_sessions_at_a_time_give_what_one_gives()
    {
        using CpuBackend backend = new();
        float[] alone = AllHeavyOps(backend);
        float[][] together = new float[4][];
        Thread[] threads = [.. Enumerable.Range(0, together.Length).Select(i => new Thread(() => together[i] = AllHeavyOps(backend)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        foreach (float[] values in together) Close.AssertSameBits(alone, values);
    }

    [Fact]
    public void A_cancelled_session_refuses_every_op()
    {
        using CancellationTokenSource source = new();
        using CpuBackend backend = new();
        using LinearWeight linear = backend.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 4, 4), null);
        using VectorWeight vector = backend.CreateVector(TestWeights.Random(ElementType.Float32, 1, 1, 4));
        using IOps ops = backend.OpenSession(source.Token);
        using Tensor x = ops.Upload(new float[16], new Shape(1, 4, 4));
        using Tensor picture = ops.Upload(new float[16], new Shape(1, 2, 2, 4));
        source.Cancel();
        Action[] refused =
        [
            () => ops.Upload([1], new Shape(1)), () => ops.DownloadAll(x), () => ops.Linear(x, linear), () => ops.LinearGeglu(x, linear),
            () => ops.Attention(x, x, x, 1, 1), () => ops.Activate(x, Activation.Relu), () => ops.Scale(x, 2), () => ops.Add(x, x),
            () => ops.AddInPlace(x, x), () => ops.AddTableInPlace(x, vector), () => ops.ConcatChannels(x, x), () => ops.ConcatTokens(x, x),
            () => ops.SliceTokens(x, 0, 1), () => ops.LayerNorm(x, vector, vector, 1e-5f), () => ops.GroupNorm(x, vector, vector, 2, 1e-5f),
            () => ops.ResizeNearest(picture, 4, 4), () => ops.ResizeBilinear(picture, 4, 4, false), () => ops.MaxPool2d(picture, 2, Window.Of(2, 0)),
        ];
        foreach (Action op in refused) Assert.Throws<OperationCanceledException>(op);
    }

    [Fact]
    public void Cancelling_ends_a_long_convolution_early_and_gives_its_memory_back()
    {
        using CancellationTokenSource source = new();
        using CpuBackend backend = new(new CpuBackendOptions { Tier = CpuTier.Vector128, Threads = 1 });
        using ConvWeight weight = backend.CreateConv2d(TestWeights.Random(ElementType.Float32, 1, 1, 256, 256, 3, 3), null);
        using CpuOps ops = (CpuOps)backend.OpenSession(source.Token);
        using Tensor x = ops.Upload(new float[256 * 256 * 256], new Shape(1, 256, 256, 256));
        long before = ops.Workspace.CurrentBytes;
        // About two seconds of work on a fast processor; far more tasks than one are left when the token is cancelled.
        source.CancelAfter(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() =>
        {
            for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMinutes(1);) ops.Conv2d(x, weight, Window.Of(1, 1)).Dispose();
        });
        Assert.Equal(before, ops.Workspace.CurrentBytes);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_with_the_op_and_the_shapes()
    {
        using CpuBackend backend = new();
        using LinearWeight linear = backend.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 6, 4), null);
        using ConvWeight conv = backend.CreateConv2d(TestWeights.Random(ElementType.Float32, 1, 1, 6, 4, 3, 3), null);
        using IOps ops = backend.OpenSession();
        using Tensor x = ops.Upload(new float[2 * 5], new Shape(2, 5));
        using Tensor picture = ops.Upload(new float[2 * 2 * 4], new Shape(1, 2, 2, 4));
        AssertRefused(() => ops.Linear(x, linear), "Linear", "[2,5]", "[6,4]");
        AssertRefused(() => ops.Conv2d(picture, conv, Window.Of(1, 0)), "Conv2d", "[1,2,2,4]");
        AssertRefused(() => ops.Conv2d(picture, conv, Window.Of(0, 1)), "Conv2d");
        AssertRefused(() => ops.Conv2d(picture, conv, Window.Of(1, 1), default, x), "Conv2d", "[2,5]");
        AssertRefused(() => ops.ConvTranspose2d(picture, conv), "ConvTranspose2d");
        AssertRefused(() => ops.Add(x, picture), "Add", "[2,5]", "[1,2,2,4]");
        AssertRefused(() => ops.Attention(x, x, x, 1, 1), "Attention", "[2,5]");
        AssertRefused(() => ops.Reshape(x, new Shape(3)), "Reshape", "[2,5]", "[3]");
    }

    [Fact]
    public void Operands_of_other_sessions_and_back_ends_are_refused()
    {
        using CpuBackend backend = new();
        using ReferenceBackend other = new();
        using LinearWeight foreign = other.CreateLinear(TestWeights.Random(ElementType.Float32, 1, 1, 2, 2), null);
        using ConvWeight foreignFilters = other.CreateConv2d(TestWeights.Random(ElementType.Float32, 1, 1, 2, 2, 1, 1), null);
        using IOps ops = backend.OpenSession(), second = backend.OpenSession();
        using Tensor x = ops.Upload(new float[4], new Shape(1, 1, 2, 2)), y = second.Upload(new float[4], new Shape(1, 1, 2, 2));
        Assert.Throws<ArgumentException>(() => ops.Add(x, y));
        Assert.Throws<ArgumentException>(() => ops.Linear(x, foreign));
        Assert.Throws<ArgumentException>(() => ops.Conv2d(x, foreignFilters, Window.Of(1, 0)));
    }

    private static void AssertRefused(Action op, params string[] mentioned)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(op);
        foreach (string text in mentioned) Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    /// <summary>Ops whose work is shared out, one after the other, on shapes that make several tasks each.</summary>
    private static float[] AllHeavyOps(CpuBackend backend)
    {
        using LinearWeight linear = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 1, 0.2f, 48, 40), TestWeights.Random(ElementType.Float16, 2, 1, 48));
        using LinearWeight geglu = backend.CreateLinear(TestWeights.Random(ElementType.Float16, 3, 0.2f, 320, 48), null);
        using ConvWeight conv = backend.CreateConv2d(TestWeights.Random(ElementType.BFloat16, 4, 0.1f, 50, 160, 3, 3), null);
        using ConvWeight strided = backend.CreateConv2d(TestWeights.Random(ElementType.Float16, 8, 0.1f, 160, 160, 3, 3), null);
        using ConvWeight transposed = backend.CreateConvTranspose2d(TestWeights.Random(ElementType.Float32, 5, 0.3f, 50, 20, 2, 2), null);
        using VectorWeight scale = backend.CreateVector(TestWeights.Random(ElementType.Float32, 6, 1, 160));
        return BackendFixture.Run(backend, ops =>
        {
            using Tensor x = ops.Upload(TestValues.Random(2 * 400 * 40, 7), new Shape(2, 400, 40));
            using Tensor projected = ops.Linear(x, linear, Activation.Gelu);
            using Tensor attended = ops.Attention(projected, projected, projected, 3, 0.25f);
            using Tensor widened = ops.LinearGeglu(attended, geglu);
            using Tensor normed = ops.GroupNorm(widened, scale, scale, 8, 1e-5f, Activation.Silu);
            using Tensor layered = ops.LayerNorm(normed, scale, scale, 1e-5f);
            using Tensor picture = ops.Reshape(layered, new Shape(2, 20, 20, 160));
            using Tensor halved = ops.Conv2d(picture, strided, Window.Of(2, 1));
            using Tensor doubled = ops.ResizeNearest(halved, 20, 20);
            using Tensor convolved = ops.Conv2d(doubled, conv, Window.Of(1, 1));
            using Tensor large = ops.ConvTranspose2d(convolved, transposed);
            return ops.ResizeBilinear(large, 33, 47, false);
        });
    }
}
