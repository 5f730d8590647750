using System.Text.Json.Nodes;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Queue;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>Workers that are killed, wherever they are.</summary>
[Collection(nameof(BrokerTests)), Trait("Category", "Slow")]
public sealed class LostWorkerTests(Broker broker, ITestOutputHelper log)
{
    private const int Kills = 10;

    [BrokerFact]
    public async Task One_of_two_workers_is_killed_ten_times_in_the_middle_of_a_job_and_every_job_is_done_once()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        WorkerProcess[] workers = [new(setup.Address), new(setup.Address)];
        List<string> jobs = [];
        try
        {
            JobService service = setup.Server.Services.GetRequiredService<JobService>();
            int hits = 0;
            for (int kill = 0; hits < Kills; kill++)
            {
                // Both are at jobs that no other kill has hit, so that no job is given up.
                JobRecord[] running = [];
                await Soon.HoldsAsync(async () =>
                {
                    if (service.Waiting < 2) jobs.Add(await setup.SubmitAsync(jobs.Count, new { steps = 40, strength = 1, size = "64x64" }));
                    running = [.. jobs.Select(job => service.Find(QueueSetup.IdOf(job))!).Where(job => job.State == JobState.Running)];
                    return running.Length == 2 && running.All(job => job.Attempts == 1);
                }, "both workers are at work");
                await workers[kill % 2].DisposeAsync();
                workers[kill % 2] = new WorkerProcess(setup.Address);
                // One of them is begun again, unless both were just done.
                await Soon.HoldsAsync(() => running.Any(WasHit) || running.All(job => service.Find(job.Id)!.IsFinished), "the broker gives the job to another worker");
                if (running.Any(WasHit)) hits++;
                log.WriteLine($"{DateTime.UtcNow:T}: kill {kill + 1}, {hits} of them in the middle of a job; {jobs.Count} jobs so far, {service.Waiting} wait");
            }
            bool WasHit(JobRecord job) => service.Find(job.Id)!.Attempts == 2;
            for (int n = 0; n < jobs.Count; n++)
            {
                JsonNode done = await setup.EndAsync(jobs[n]);
                Assert.Equal(n, (int)done["result"]!["settings"]!["seed"]!);
                Assert.Single(System.Text.RegularExpressions.Regex.Matches(await setup.EventsAsync(jobs[n]), "event: done"));
            }
            await setup.DrainedAsync();
            Assert.Equal(0u, await setup.CountAsync(QueueTopology.DeadQueue));
            HashSet<string> seen = [.. ((JsonArray)(await setup.GetAsync("/api/v1/history?limit=100"))["jobs"]!).Select(job => (string)job!["id"]!)];
            Assert.Equal(jobs.Count, seen.Count);
        }
        finally
        {
            foreach (WorkerProcess worker in workers) await worker.DisposeAsync();
        }
    }

    [BrokerTheory]
    [InlineData(QueueType.Quorum)]
    [InlineData(QueueType.Classic)]
    public async Task A_job_whose_workers_die_three_times_is_given_up_and_the_others_are_done(QueueType type)
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost(), type);
        string[] arguments = ["--queue-type", type == QueueType.Classic ? "classic" : "quorum"];
        JobService service = setup.Server.Services.GetRequiredService<JobService>();
        string deadly = await setup.SubmitEndlessAsync(1), sound = await setup.SubmitAsync(2);
        string id = QueueSetup.IdOf(deadly);
        for (int kill = 1; kill <= QueueTopology.MostTries; kill++)
        {
            await using WorkerProcess worker = new(setup.Address, arguments);
            await Soon.HoldsAsync(() => service.Find(id) is { State: JobState.Running } job && job.Attempts == kill, $"a worker is at try {kill}");
            await worker.KillAsync();
        }
        await using WorkerProcess last = new(setup.Address, arguments);
        JsonNode failed = await setup.EndAsync(deadly, "failed");
        Assert.Equal("Workers stopped 3 times while they were doing this job, and it was not begun again.", (string?)failed["error"]);
        await setup.EndAsync(sound);
        await Soon.HoldsAsync(async () => await setup.CountAsync(QueueTopology.DeadQueue) == 1, "the job is a dead letter");
        await setup.DrainedAsync();
    }

    [BrokerFact]
    public async Task A_worker_that_is_asked_to_stop_gives_its_job_back_and_that_counts_for_no_try()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        string job = await setup.SubmitEndlessAsync(1);
        // More often than a job may fail.
        for (int stop = 0; stop <= QueueTopology.MostTries; stop++)
        {
            TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await using TestWorker worker = new(setup.Address, new CountingExecutor(async (_, cancelled) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancelled);
            }));
            await Soon.HoldsAsync(() => begun.Task.IsCompleted, $"the job is begun again after {stop} stops");
        }
        await using TestWorker last = new(setup.Address, new CountingExecutor());
        await setup.EndAsync(job);
    }
}
