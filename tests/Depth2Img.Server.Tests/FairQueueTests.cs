using Depth2Img.Server.Jobs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Server.Tests;

public sealed class FairQueueTests
{
    [Fact]
    public async Task Clients_take_turns_and_each_ones_jobs_stay_in_order()
    {
        using FairQueue queue = new(100, 100);
        foreach (string job in (string[])["a1", "a2", "a3", "b1", "c1", "c2"]) queue.Enqueue(job[..1], job);
        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], queue.InOrder());
        List<string> taken = [];
        while (queue.Count > 0) taken.Add(await queue.DequeueAsync(CancellationToken.None));
        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], taken);
    }

    [Fact]
    public void A_client_and_all_of_them_have_bounds()
    {
        using FairQueue queue = new(3, 2);
        Assert.Equal(QueueAdmission.Accepted, queue.Enqueue("a", "a1"));
        Assert.Equal(QueueAdmission.Accepted, queue.Enqueue("a", "a2"));
        Assert.Equal(QueueAdmission.ClientFull, queue.Enqueue("a", "a3"));
        Assert.Equal(QueueAdmission.Accepted, queue.Enqueue("b", "b1"));
        Assert.Equal(QueueAdmission.Full, queue.Enqueue("c", "c1"));
        Assert.Equal(QueueAdmission.Accepted, queue.Enqueue("c", "c1", evenIfFull: true));
        Assert.Equal(4, queue.Count);
    }

    [Fact]
    public async Task A_removed_job_is_never_taken()
    {
        using FairQueue queue = new(10, 10);
        queue.Enqueue("a", "a1");
        queue.Enqueue("a", "a2");
        Assert.True(queue.Remove("a1"));
        Assert.False(queue.Remove("a1"));
        Assert.Equal("a2", await queue.DequeueAsync(CancellationToken.None));
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.DequeueAsync(soon.Token));
    }

    /// <summary>Whatever is added, taken and removed: nobody who waits is passed twice by the same other client, and the announced order holds.</summary>
    [Property]
    public Property The_announced_order_is_the_order_of_taking() => Prop.ForAll(
        Gen.Choose(0, 4).ListOf().ToArbitrary(),
        clients =>
        {
            using FairQueue queue = new(1000, 1000);
            for (int n = 0; n < clients.Count; n++) queue.Enqueue($"client {clients[n]}", $"{clients[n]}:{n}");
            IReadOnlyList<string> announced = queue.InOrder();
            List<string> taken = [];
            while (queue.Count > 0) taken.Add(queue.DequeueAsync(CancellationToken.None).GetAwaiter().GetResult());
            return announced.SequenceEqual(taken) && taken.Count == clients.Count;
        });
}
