using System.Net;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class StopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Streams_end_the_running_job_is_put_back_and_nobody_waits_for_what_will_not_be_begun()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string running, queued;
        await using (RunningServer server = await RunningServer.StartAsync(folder: _folder, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor(async (_, _, cancelled) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
        }))))
        {
            JobService jobs = server.Services.GetRequiredService<JobService>();
            running = (string)(await server.SubmitAsync())["id"]!;
            await begun.Task;
            queued = (string)(await server.SubmitAsync())["id"]!;
            LiveJob attended = Submit(server, jobs);
            using Stream events = await server.Client.GetStreamAsync($"/api/v1/jobs/{running}/events");
            using StreamReader reader = new(events);
            Task<string> stream = reader.ReadToEndAsync();

            await server.StopAsync();
            Assert.Contains("event: started", await stream, StringComparison.Ordinal);
            await attended.Completion.Task;
            Assert.Equal(JobState.Cancelled, attended.Record.State);
        }
        using (JobStore store = new(_folder.File("jobs.db")))
        {
            Assert.Equal([running, queued], store.Unfinished().Select(job => job.Id));
            // Stopping a server is no attempt that failed.
            Assert.Equal((JobState.Queued, 0), (store.Find(running)!.State, store.Find(running)!.Attempts));
        }
        await using RunningServer again = await RunningServer.StartAsync(folder: _folder, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        await again.DrainAsync();
        Assert.All((string[])[running, queued], id => Assert.Equal(JobState.Done, again.Services.GetRequiredService<JobService>().Find(id)!.State));
    }

    [Fact]
    public async Task An_attended_job_goes_whether_it_waits_or_runs()
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RunningServer server = await RunningServer.StartAsync(configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor(async (_, _, cancelled) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
        })));
        JobService jobs = server.Services.GetRequiredService<JobService>();
        LiveJob running = Submit(server, jobs);
        await begun.Task;
        LiveJob waiting = Submit(server, jobs);
        jobs.Cancel(waiting);
        jobs.Cancel(running);
        await Task.WhenAll(waiting.Completion.Task, running.Completion.Task);
        Assert.Equal((JobState.Cancelled, JobState.Cancelled), (running.Record.State, waiting.Record.State));
        Assert.Equal((1, 0), (running.Record.Attempts, waiting.Record.Attempts));
        Assert.Equal(0, jobs.Waiting);
    }

    [Fact]
    public async Task While_the_server_stops_nothing_is_accepted()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Services.GetRequiredService<JobService>().Drain();
        HttpResponseMessage answer = await server.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static LiveJob Submit(RunningServer server, JobService jobs)
    {
        GenerationParameters parameters = new() { Model = "demo", Prompt = "a red ball", Seed = 1, Steps = 1 };
        GenerationSubmission submission = new(parameters, new Dictionary<string, byte[]> { [GenerationInputs.ImageName] = Samples.SmallPicture() });
        return JobAdmission.Submit(submission, new Caller("waiter", "waiter", false), attended: true, null, jobs, server.Services.GetRequiredService<TimeProvider>());
    }
}
