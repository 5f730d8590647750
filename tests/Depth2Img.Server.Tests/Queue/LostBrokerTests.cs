using System.Text.Json.Nodes;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>A broker that goes away and comes back.</summary>
[Collection(nameof(BrokerTests)), Trait("Category", "Slow")]
public sealed class LostBrokerTests(Broker broker)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);

    [BrokerTheory]
    [InlineData(QueueType.Quorum)]
    [InlineData(QueueType.Classic)]
    public async Task The_broker_is_away_for_ten_seconds_in_the_middle_of_jobs_and_every_accepted_one_is_done_once(QueueType type)
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost(), type);
        await using TestWorker first = new(setup.Address, type), second = new(setup.Address, type);
        JobService service = setup.Server.Services.GetRequiredService<JobService>();
        List<string> jobs = [];
        for (int n = 0; n < 8; n++) jobs.Add(await setup.SubmitAsync(n, new { steps = 60, strength = 1, size = "64x64" }));
        await Soon.HoldsAsync(() => jobs.Count(job => service.Find(QueueSetup.IdOf(job))!.State == JobState.Running) == 2, "both workers are at work");

        // A classic queue comes back from a power cut too. Debian's RabbitMQ 3.10 may not find its way back into a quorum queue of one node then.
        if (type == QueueType.Classic) await broker.KillAsync();
        else await broker.StopAsync();
        await Soon.HoldsAsync(async () => (bool?)(await setup.GetAsync("/health/ready"))["queue"]!["connected"] == false, "the server notices");
        DateTime back = DateTime.UtcNow + Away;
        for (int n = 8; n < 12; n++) jobs.Add(await setup.SubmitAsync(n));
        string gone = await setup.SubmitAsync(99);
        await setup.Server.Client.DeleteAsync(gone);
        await setup.EndAsync(gone, "cancelled");
        await Task.Delay(back - DateTime.UtcNow > TimeSpan.Zero ? back - DateTime.UtcNow : TimeSpan.Zero);
        await broker.StartAsync();

        for (int n = 0; n < jobs.Count; n++)
        {
            JsonNode done = await setup.EndAsync(jobs[n]);
            Assert.Equal(n, (int)done["result"]!["settings"]!["seed"]!);
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(await setup.EventsAsync(jobs[n]), "event: done"));
        }
        await setup.DrainedAsync();
        Assert.Equal(0u, await setup.CountAsync(QueueTopology.DeadQueue));
    }
}
