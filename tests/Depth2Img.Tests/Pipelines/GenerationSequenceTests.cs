using System.Runtime.CompilerServices;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Sequences of requests, over a method that makes empty pictures when it is told to.</summary>
public class GenerationSequenceTests
{
    private static readonly Image Picture = new(1, 1, new byte[3]);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Outcomes_come_in_the_requests_order_with_each_failure_in_its_place(int concurrency)
    {
        int now = 0, most = 0;
        async Task<DepthToImageResult> Generate(DepthToImageRequest request, IProgress<GenerationProgress>? progress, CancellationToken token)
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            // Later ones are quicker.
            await Task.Delay(60 - 5 * (int)request.Seed!.Value, token);
            Interlocked.Decrement(ref now);
            progress?.Report(new GenerationProgress(GenerationStage.Decoding, (int)request.Seed, 10));
            return request.Seed % 3 == 1 ? throw new Depth2ImgException($"failed {request.Seed}") : Result();
        }

        SequenceReports reports = new();
        List<GenerationOutcome> outcomes = [];
        await foreach (GenerationOutcome outcome in GenerationSequence.Run(Generate, Requests(8), new() { Concurrency = concurrency, Progress = reports }, default)) outcomes.Add(outcome);
        Assert.Equal(Enumerable.Range(0, 8), outcomes.Select(o => o.Index));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long?)i), outcomes.Select(o => o.Request.Seed));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => i % 3 != 1), outcomes.Select(o => o.Succeeded));
        Assert.Equal("failed 4", Assert.Throws<Depth2ImgException>(() => outcomes[4].GetResult()).Message);
        Assert.NotNull(outcomes[0].GetResult());
        Assert.InRange(most, 1, concurrency);
        Assert.All(reports.All, report => Assert.Equal(report.Index, report.Progress.Step));
        Assert.Equal(8, reports.All.Count);
    }

    [Fact]
    public async Task What_is_done_is_given_while_the_source_is_slow()
    {
        TaskCompletionSource<DepthToImageRequest> second = new();
        async IAsyncEnumerable<DepthToImageRequest> Slow()
        {
            yield return Request(0);
            yield return await second.Task;
        }

        await using IAsyncEnumerator<GenerationOutcome> outcomes = GenerationSequence.Run((_, _, _) => Task.FromResult(Result()), Slow(), new() { Concurrency = 2 }, default).GetAsyncEnumerator();
        Assert.True(await outcomes.MoveNextAsync());
        Assert.Equal(0, outcomes.Current.Index);
        second.SetResult(Request(1));
        Assert.True(await outcomes.MoveNextAsync());
        Assert.False(await outcomes.MoveNextAsync());
    }

    [Fact]
    public async Task Cancelling_ends_the_whole_and_leaving_early_ends_what_is_at_work()
    {
        int ended = 0;
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // The first one ends when another is at work, which ends only by being cancelled.
        async Task<DepthToImageResult> Generate(DepthToImageRequest request, IProgress<GenerationProgress>? progress, CancellationToken token)
        {
            if (request.Seed == 0)
            {
                await begun.Task;
                return Result();
            }
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended++;
            }
            return Result();
        }

        using CancellationTokenSource cancel = new();
        List<int> seen = [];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GenerationOutcome outcome in GenerationSequence.Run(Generate, Requests(5), new() { Concurrency = 2 }, cancel.Token))
            {
                seen.Add(outcome.Index);
                await cancel.CancelAsync();
            }
        });
        Assert.Equal([0], seen);
        Assert.True(ended > 0);
        int before = ended;
        begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await foreach (GenerationOutcome outcome in GenerationSequence.Run(Generate, Requests(5), new() { Concurrency = 3 }, default))
        {
            Assert.Equal(0, outcome.Index);
            break;
        }
        Assert.True(ended > before);
    }

    [Fact]
    public async Task A_source_that_breaks_loses_nothing_that_it_gave()
    {
        async IAsyncEnumerable<DepthToImageRequest> Breaking([EnumeratorCancellation] CancellationToken token = default)
        {
            await Task.Yield();
            for (int i = 0; i < 2; i++) yield return Request(i);
            throw new FormatException("line 3");
        }

        List<int> seen = [];
        FormatException e = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (GenerationOutcome outcome in GenerationSequence.Run((_, _, _) => Task.FromResult(Result()), Breaking(), new() { Concurrency = 3 }, default)) seen.Add(outcome.Index);
        });
        Assert.Equal("line 3", e.Message);
        Assert.Equal([0, 1], seen);
    }

    [Fact]
    public async Task A_pipeline_runs_a_sequence()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(TestSupport.Repository.Golden("tiny-depth2img"));
        Image picture = Image.Load(TestSupport.Repository.Samples("rendered/square.png"));
        DepthToImageRequest request = new() { Image = picture, Prompt = "a red ball", Steps = 1, Strength = 1, MaxSize = 32, Seed = 4 };
        List<GenerationOutcome> outcomes = [];
        await foreach (GenerationOutcome outcome in pipeline.GenerateManyAsync([request, request with { Count = 0 }, request])) outcomes.Add(outcome);
        Assert.Equal([true, false, true], outcomes.Select(o => o.Succeeded));
        Assert.Equal(outcomes[0].GetResult().Images[0].Pixels, outcomes[2].GetResult().Images[0].Pixels);
        Assert.Throws<InvalidRequestException>(() => outcomes[1].GetResult());
    }

    [Fact]
    public void Nothing_runs_with_no_concurrency() => Assert.Throws<ArgumentOutOfRangeException>(() => new GenerateManyOptions { Concurrency = 0 });

    private static DepthToImageRequest Request(int seed) => new() { Image = Picture, Prompt = "", Seed = seed };

    private static IAsyncEnumerable<DepthToImageRequest> Requests(int count) => Enumerable.Range(0, count).Select(Request).ToAsyncEnumerable();

    private static DepthToImageResult Result() => new([Picture], new DepthMap(1, 1, [0]), null!, []);

    private sealed class SequenceReports : IProgress<SequenceProgress>
    {
        public List<SequenceProgress> All { get; } = [];

        public void Report(SequenceProgress value)
        {
            lock (All) All.Add(value);
        }
    }
}
