using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;

namespace Depth2Img.Server.Tests;

public sealed class DepthLaneTests
{
    private static readonly Caller Greedy = new("greedy", "greedy", false), Modest = new("modest", "modest", false);

    [Fact]
    public async Task One_client_cannot_fill_it_and_clients_take_turns_one_piece_at_a_time()
    {
        using DepthLane lane = new(most: 5, mostPerClient: 3);
        List<string> done = [];
        List<Task> waiting = [];
        for (int n = 0; n < 3; n++) waiting.Add(Add(Greedy, $"greedy {n}"));
        await Refused(Greedy, "You have 3");
        for (int n = 0; n < 2; n++) waiting.Add(Add(Modest, $"modest {n}"));
        await Refused(Modest, "5 depth estimates wait already");
        Assert.Empty(done);
        lane.RunOne();
        Assert.Equal(["greedy 0"], done);
        for (int n = 0; n < 10; n++) lane.RunOne();
        Assert.Equal(["greedy 0", "modest 0", "greedy 1", "modest 1", "greedy 2"], done);
        await Task.WhenAll(waiting);

        Task Add(Caller caller, string name) => lane.RunAsync(caller, _ =>
        {
            done.Add(name);
            return name;
        }, CancellationToken.None);

        async Task Refused(Caller caller, string words)
        {
            ProblemException e = await Assert.ThrowsAsync<ProblemException>(() => Add(caller, "refused"));
            Assert.Equal(429, e.Problem.Status);
            Assert.NotNull(e.Problem.RetryAfter);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_has_gone_leaves_the_place_and_is_not_worked_for()
    {
        using DepthLane lane = new(most: 1, mostPerClient: 1);
        using CancellationTokenSource gone = new();
        bool ran = false;
        Task<bool> abandoned = lane.RunAsync(Greedy, _ => ran = true, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Task<int> next = lane.RunAsync(Modest, _ => 7, CancellationToken.None);
        lane.RunOne();
        Assert.Equal(7, await next);
        Assert.False(ran);
    }

    [Fact]
    public async Task A_fault_belongs_to_whoever_asked_and_not_to_the_thread_that_works()
    {
        using DepthLane lane = new(most: 2, mostPerClient: 2);
        Task<int> failing = lane.RunAsync<int>(Greedy, _ => throw new Depth2ImgException("no"), CancellationToken.None);
        lane.RunOne();
        await Assert.ThrowsAsync<Depth2ImgException>(() => failing);
    }
}
