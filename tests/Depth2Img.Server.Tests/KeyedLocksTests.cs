using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Tests;

public sealed class KeyedLocksTests
{
    [Fact]
    public async Task One_holds_a_name_and_others_wait_while_other_names_are_free()
    {
        KeyedLocks locks = new();
        IDisposable first = await locks.HoldAsync("a", CancellationToken.None);
        Task<IDisposable> second = locks.HoldAsync("a", CancellationToken.None);
        (await locks.HoldAsync("b", CancellationToken.None)).Dispose();
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
        Assert.Equal(0, locks.Count);
    }

    [Fact]
    public async Task Who_gives_up_leaves_nothing_behind()
    {
        KeyedLocks locks = new();
        IDisposable first = await locks.HoldAsync("a", CancellationToken.None);
        using CancellationTokenSource impatient = new();
        Task<IDisposable> second = locks.HoldAsync("a", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        Assert.Equal(0, locks.Count);
        (await locks.HoldAsync("a", CancellationToken.None)).Dispose();
    }
}
