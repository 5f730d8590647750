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
        using FairQueue<string> queue = new(100, 100);
        foreach (string job in (string[])["a1", "a2", "a3", "b1", "c1", "c2"]) queue.Enqueue(job[..1], job);
        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], queue.InOrder());
        List<string> taken = [];
        while (queue.Count > 0) taken.Add(await queue.DequeueAsync(CancellationToken.None));
        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], taken);
    }

    [Fact]
    public void A_client_and_all_of_them_have_bounds()
    {
        using FairQueue<string> queue = new(3, 2);
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
        using FairQueue<string> queue = new(10, 10);
        queue.Enqueue("a", "a1");
        queue.Enqueue("a", "a2");
        Assert.True(queue.Remove("a1"));
        Assert.False(queue.Remove("a1"));
        Assert.Equal("a2", await queue.DequeueAsync(CancellationToken.None));
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.DequeueAsync(soon.Token));
    }

    [Fact]
    public async Task Jobs_that_are_not_wanted_keep_their_places_and_are_asked_for_again()
    {
        using FairQueue<string> queue = new(100, 100);
        foreach (string job in (string[])["a1", "a2", "b1", "b2"]) queue.Enqueue(job[..1], job);
        HashSet<string> wanted = ["a2", "b2"];
        Assert.Equal("a2", await queue.DequeueAsync(wanted.Contains, CancellationToken.None));
        Assert.Equal("b2", await queue.DequeueAsync(wanted.Contains, CancellationToken.None));
        Task<string> next = queue.DequeueAsync(wanted.Contains, CancellationToken.None);
        Assert.False(next.IsCompleted);
        wanted.Add("b1");
        queue.LookAgain();
        Assert.Equal("b1", await next);
        Assert.Equal(["a1"], queue.InOrder());
    }

    [Fact]
    public async Task A_kept_place_counts_until_it_is_used_or_given_up()
    {
        using FairQueue<string> queue = new(2, 1);
        Assert.Equal(QueueAdmission.Accepted, queue.Reserve("a"));
        Assert.Equal(QueueAdmission.ClientFull, queue.Enqueue("a", "a1"));
        Assert.Equal(QueueAdmission.Accepted, queue.Reserve("b"));
        Assert.Equal(QueueAdmission.Full, queue.Reserve("c"));
        Assert.Equal(0, queue.Count);
        queue.GiveUp("b");
        queue.EnqueueReserved("a", "a1");
        Assert.Equal(QueueAdmission.Accepted, queue.Admits("c"));
        Assert.Equal("a1", await queue.DequeueAsync(CancellationToken.None));
        Assert.Equal(QueueAdmission.Accepted, queue.Admits("a"));
    }

    [Fact]
    public async Task Who_waits_for_something_is_woken_by_it_and_leaves_it_and_is_not_by_what_is_gone()
    {
        using FairQueue<string> queue = new(10, 10);
        queue.Enqueue("a", "a1");
        queue.Remove("a1");
        queue.Enqueue("a", "a2");
        Assert.True(queue.TryDequeue(out string? taken));
        Assert.Equal("a2", taken);
        Assert.False(queue.TryDequeue(out _));
        Task waiting = queue.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        queue.Enqueue("a", "a3");
        await waiting;
        await queue.WaitAsync(CancellationToken.None);
        Assert.Equal("a3", await queue.DequeueAsync(CancellationToken.None));
    }

    /// <summary>Whatever is added, taken and removed: nobody who waits is passed twice by the same other client, and the announced order holds.</summary>
    [Property]
    public Property The_announced_order_is_the_order_of_taking() => Prop.ForAll(
        Gen.Choose(0, 4).ListOf().ToArbitrary(),
        clients =>
        {
            using FairQueue<string> queue = new(1000, 1000);
            for (int n = 0; n < clients.Count; n++) queue.Enqueue($"client {clients[n]}", $"{clients[n]}:{n}");
            IReadOnlyList<string> announced = queue.InOrder();
            List<string> taken = [];
            while (queue.Count > 0) taken.Add(queue.DequeueAsync(CancellationToken.None).GetAwaiter().GetResult());
            return announced.SequenceEqual(taken) && taken.Count == clients.Count;
        });
}
