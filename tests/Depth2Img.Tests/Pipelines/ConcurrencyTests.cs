using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>For tests that measure the process: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public class AloneInTheProcess;

/// <summary>Several requests on one pipeline at a time, and requests that are broken off.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class ConcurrencyTests(ConcurrencyTests.Tiny tiny) : IClassFixture<ConcurrencyTests.Tiny>
{
    private static readonly Image Picture = Image.Load(Repository.Samples("rendered/square.png"));

    [Fact]
    public async Task Four_requests_at_a_time_give_each_the_picture_that_it_gives_alone()
    {
        DepthToImageRequest[] requests = [.. Enumerable.Range(0, 4).Select(i => Request(i) with { Scheduler = i % 2 == 0 ? "euler-a" : null, MaxSize = 64 + 16 * i })];
        List<byte[]> alone = [];
        foreach (DepthToImageRequest request in requests) alone.Add((await tiny.Pipeline.GenerateAsync(request)).Images[0].Pixels);
        for (int round = 0; round < 3; round++)
        {
            DepthToImageResult[] together = await Task.WhenAll(requests.Select(request => tiny.Pipeline.GenerateAsync(request)));
            Assert.Equal(alone, together.Select(result => result.Images[0].Pixels));
        }
    }

    [Theory]
    [InlineData(GenerationStage.Encoding, 0)]
    [InlineData(GenerationStage.Depth, 0)]
    [InlineData(GenerationStage.Denoising, 0)]
    [InlineData(GenerationStage.Denoising, 2)]
    [InlineData(GenerationStage.Decoding, 4)]
    public async Task Cancelling_one_at_any_stage_ends_it_there_and_does_not_touch_the_others(GenerationStage stage, int step)
    {
        byte[] alone = (await tiny.Pipeline.GenerateAsync(Request(1))).Images[0].Pixels;
        using CancellationTokenSource cancel = new();
        List<GenerationProgress> after = [];
        Task<DepthToImageResult> cancelled = tiny.Pipeline.GenerateAsync(Request(0), new Immediate(p =>
        {
            if (cancel.IsCancellationRequested) after.Add(p);
            else if (p.Stage == stage && p.Step >= step) cancel.Cancel();
        }), cancel.Token);
        Task<DepthToImageResult>[] others = [tiny.Pipeline.GenerateAsync(Request(1)), tiny.Pipeline.GenerateAsync(Request(1))];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        // Not one evaluation more, and no further stage that computes.
        Assert.True(after.Count <= 1, string.Join(", ", after));
        foreach (Task<DepthToImageResult> other in others) Assert.Equal(alone, (await other).Images[0].Pixels);
    }

    [Fact]
    public async Task A_hundred_cancelled_requests_leave_memory_where_it_was()
    {
        await CancelMany(20);
        (long managed, long whole) before = Memory();
        await CancelMany(100);
        (long managed, long whole) after = Memory();
        Assert.True(after.managed - before.managed < 1 << 20, $"the heap grew from {before.managed} to {after.managed} bytes");
        // A request's activations and copies are some megabytes: a hundred that stayed would be hundreds.
        Assert.True(after.whole - before.whole < 64 << 20, $"the process grew from {before.whole} to {after.whole} bytes");
    }

    [Fact]
    public async Task A_cancelled_load_ends_within_a_tensor_and_the_next_one_is_whole()
    {
        using CancellationTokenSource cancel = new();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), cancellationToken: cancel.Token));
        using DepthToImagePipeline lazy = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"), new PipelineOptions { LowMemory = true });
        byte[] expected = (await tiny.Pipeline.GenerateAsync(Request(3))).Images[0].Pixels;
        foreach (GenerationStage stage in Enum.GetValues<GenerationStage>())
        {
            using CancellationTokenSource during = new();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lazy.GenerateAsync(Request(3), new Immediate(p =>
            {
                if (p.Stage == stage) during.Cancel();
            }), during.Token));
        }
        Assert.Equal(expected, (await lazy.GenerateAsync(Request(3))).Images[0].Pixels);
    }

    [Fact]
    public async Task Whoever_waits_for_anothers_loading_can_be_cancelled()
    {
        using ManualResetEventSlim goOn = new();
        using SemaphoreSlim begun = new(0);
        using LazyNetwork<MemoryStream> network = new(_ =>
        {
            begun.Release();
            goOn.Wait(CancellationToken.None);
            return new MemoryStream();
        }, keep: true);
        Task<LazyNetwork<MemoryStream>.Loan> first = Task.Run(() => network.Borrow());
        await begun.WaitAsync();
        using CancellationTokenSource cancel = new(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(() => network.Borrow(cancel.Token)));
        goOn.Set();
        (await first).Dispose();
        Assert.True(network.IsLoaded);
    }

    private async Task CancelMany(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using CancellationTokenSource cancel = new();
            int reports = 0, last = i % 7;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tiny.Pipeline.GenerateAsync(Request(i), new Immediate(_ =>
            {
                if (reports++ == last) cancel.Cancel();
            }), cancel.Token));
        }
    }

    private static (long Managed, long Whole) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    private static DepthToImageRequest Request(int seed) => new()
    {
        Image = Picture,
        Prompt = "a red ball",
        Steps = 4,
        Strength = 1,
        Guidance = 3,
        Seed = seed,
        MaxSize = 64,
    };

    /// <summary>One loaded pipeline for all tests, which is the point.</summary>
    public sealed class Tiny : IAsyncLifetime, IDisposable
    {
        public DepthToImagePipeline Pipeline { get; private set; } = null!;

        public async Task InitializeAsync() => Pipeline = await DepthToImagePipeline.LoadAsync(Repository.Golden("tiny-depth2img"));

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => Pipeline.Dispose();
    }

    private sealed class Immediate(Action<GenerationProgress> report) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => report(value);
    }
}
