using System.Diagnostics;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Server.Tests.Hard;

[Trait("Category", "Slow")]
public sealed class LoadTests(ITestOutputHelper log)
{
    private const int Clients = 64, AtATime = 2, LeastPictures = 200;
    private const long MostGrowth = 768L << 20;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60), Longest = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Under_load_every_accepted_job_is_answered_the_others_wait_as_told_and_memory_stays_bounded()
    {
        using TemporaryFolder folder = new();
        string[] keys = [.. Enumerable.Range(0, Clients).Select(n => $"key-of-client-{n}")];
        await using ServerProcess server = await ServerProcess.StartAsync(folder.Path, [], [], ("DEPTH2IMG_KEYS", string.Join(',', keys)));
        using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = server.Client.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        LoadClient load = new(http, LoadClient.Photo());
        long before = server.Memory, most = before;
        using CancellationTokenSource ending = new(Longest);
        Stopwatch watch = Stopwatch.StartNew();
        Task clients = Task.WhenAll(keys.Select(key => Task.Run(() => load.RunAsync(key, AtATime, ending.Token))));
        while (!clients.IsCompleted)
        {
            await Task.WhenAny(clients, Task.Delay(500));
            most = Math.Max(most, server.Memory);
            // For so long, and on a busy machine until there is enough to tell by.
            if (watch.Elapsed > Duration && load.Answered.Count >= LeastPictures) await ending.CancelAsync();
        }
        await clients;
        log.WriteLine($"{load.Answered.Count} pictures in {watch.Elapsed.TotalSeconds:0.0} s ({load.Answered.Count / watch.Elapsed.TotalSeconds:0.00} a second), {load.Refused} times 429, memory from {before >> 20} to at most {most >> 20} MiB");
        Assert.Empty(load.Faults);
        Assert.False(server.HasExited);
        Assert.Equal(load.Accepted.Keys.Order(StringComparer.Ordinal), load.Answered.Keys.Order(StringComparer.Ordinal));
        Assert.True(load.Refused > 0, "nobody was told to wait: the load is too small to show anything");
        Assert.True(load.Answered.Count >= LeastPictures, $"{load.Answered.Count} pictures were made; at least {LeastPictures} were to be.");
        Assert.True(most - before < MostGrowth, $"memory grew by {most - before >> 20} MiB");
    }
}
