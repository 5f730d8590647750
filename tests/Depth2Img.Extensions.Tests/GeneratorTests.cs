using Depth2Img.Pipelines;

namespace Depth2Img.Tests.Extensions;

public class GeneratorTests
{
    [Fact]
    public async Task Requests_above_the_limit_wait_and_give_what_they_give_alone()
    {
        await using TinyApplication application = new(options => options.MaxConcurrentRequests = 2);
        int most = 0, now = 0;
        Task<DepthToImageResult> Start(int seed)
        {
            bool begun = false;
            return application.Generator.GenerateAsync(TinyApplication.Request(seed: seed), new Immediate(p =>
            {
                if (p.Stage == GenerationStage.Decoding) Interlocked.Decrement(ref now);
                if (begun) return;
                begun = true;
                most = Math.Max(most, Interlocked.Increment(ref now));
                Thread.Sleep(20);
            }));
        }

        DepthToImageResult[] together = await Task.WhenAll(Enumerable.Range(0, 6).Select(Start));
        Assert.InRange(most, 1, 2);
        for (int seed = 0; seed < together.Length; seed++)
        {
            DepthToImageResult alone = await application.Generator.GenerateAsync(TinyApplication.Request(seed: seed));
            Assert.Equal(alone.Images[0].Pixels, together[seed].Images[0].Pixels);
        }
    }

    [Fact]
    public async Task Cancelling_one_that_waits_leaves_the_others_alone()
    {
        await using TinyApplication application = new();
        using CancellationTokenSource cancel = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim goOn = new();
        Task<DepthToImageResult> first = application.Generator.GenerateAsync(TinyApplication.Request(), new Immediate(_ =>
        {
            begun.TrySetResult();
            goOn.Wait();
        }));
        await begun.Task;
        Task<DepthToImageResult> waiting = application.Generator.GenerateAsync(TinyApplication.Request(), cancellationToken: cancel.Token);
        Task<DepthToImageResult> third = application.Generator.GenerateAsync(TinyApplication.Request());
        await cancel.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(cancel.Token, e.CancellationToken);
        Assert.False(first.IsCompleted);
        goOn.Set();
        Assert.Equal((await first).Images[0].Pixels, (await third).Images[0].Pixels);
    }

    [Fact]
    public async Task Ending_the_application_ends_what_is_at_work()
    {
        TinyApplication application = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DepthToImageResult> running = application.Generator.GenerateAsync(TinyApplication.Request() with { Steps = 500, Count = 64 }, new Immediate(p =>
        {
            if (p.Step > 0) begun.TrySetResult();
        }));
        Assert.Same(begun.Task, await Task.WhenAny(begun.Task, running));
        await application.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_sequence_keeps_its_order_and_its_failures()
    {
        await using TinyApplication application = new();
        DepthToImageRequest[] requests = [TinyApplication.Request(seed: 1), TinyApplication.Request() with { Strength = 7 }, TinyApplication.Request(seed: 2)];
        List<GenerationOutcome> outcomes = [];
        await foreach (GenerationOutcome outcome in application.Generator.GenerateManyAsync(requests.ToAsyncEnumerable())) outcomes.Add(outcome);
        Assert.Equal([true, false, true], outcomes.Select(outcome => outcome.Succeeded));
        Assert.Equal("Strength", Assert.Single(Assert.IsType<InvalidRequestException>(outcomes[1].Error).Faults).Property);
    }

    [Fact]
    public async Task The_depth_of_a_picture_has_the_pictures_size()
    {
        await using TinyApplication application = new();
        Depth.DepthMap map = await application.Generator.EstimateDepthAsync(TinyApplication.Picture);
        Assert.Equal((TinyApplication.Picture.Width, TinyApplication.Picture.Height), (map.Width, map.Height));
    }

    private sealed class Immediate(Action<GenerationProgress> report) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => report(value);
    }
}
