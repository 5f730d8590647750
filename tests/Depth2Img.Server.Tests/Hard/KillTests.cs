using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.TestSupport;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace Depth2Img.Server.Tests.Hard;

[Trait("Category", "Slow")]
public sealed class KillTests(ITestOutputHelper log)
{
    private const int Kills = 10, Clients = 3;
    private readonly byte[] _picture = Samples.SmallPicture();

    [Fact]
    public async Task Killed_ten_times_under_load_it_loses_no_accepted_job_and_does_none_twice()
    {
        using TemporaryFolder folder = new();
        int seed = int.TryParse(Environment.GetEnvironmentVariable("DEPTH2IMG_FUZZ_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given) ? given : System.Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        System.Random random = new(seed);
        // What was asked for by its Idempotency-Key, with the job that was promised; null where the answer was cut off.
        Dictionary<string, string?> asked = [];
        int promised = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(folder.Path, "--max-waiting-per-client", "64");
            await RepeatAsync(server, asked);
            using CancellationTokenSource ending = new();
            Task[] clients = [.. Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(server, asked, $"{kill}-{client}", ending.Token)))];
            // Some jobs are accepted; then it is at any moment of the life of one.
            await Until.TrueAsync(() => Promised(asked) > promised, "a job was accepted");
            await Task.Delay(random.Next(1500));
            await server.KillAsync();
            await ending.CancelAsync();
            await Task.WhenAll(clients);
            promised = Promised(asked);
        }

        await using ServerProcess last = await ServerProcess.StartAsync(folder.Path, "--max-waiting-per-client", "64");
        await RepeatAsync(last, asked);
        int failed = 0;
        foreach (string self in asked.Values.Select(job => job!))
        {
            JsonNode job = null!;
            await Until.TrueAsync(async () => (string?)(job = JsonNode.Parse(await last.Client.GetStringAsync(self))!)["state"] is not ("queued" or "running"), $"{self} is over");
            if ((string?)job["state"] == "done")
            {
                Assert.NotEmpty(await last.Client.GetByteArrayAsync((string)job["result"]!["images"]![0]!["url"]!));
                continue;
            }
            // Three times the one that ran when the server was killed: then that is what it says.
            failed++;
            Assert.Equal("failed", (string?)job["state"]);
            Assert.Contains("3 times", (string?)job["error"], StringComparison.Ordinal);
        }
        Assert.Equal(asked.Count, asked.Values.Distinct().Count());
        await last.TerminateAsync();
        Assert.Equal(0, last.ExitCode);

        using SqliteConnection connection = new($"Data Source={folder.File("jobs.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
        // A request that was accepted while its answer was cut off, and was sent again, is one job.
        command.CommandText = "SELECT count(*) FROM jobs";
        Assert.Equal((long)asked.Count, command.ExecuteScalar());
        command.CommandText = "SELECT max(attempts) FROM jobs";
        log.WriteLine($"{asked.Count} jobs, begun at most {command.ExecuteScalar()} times, {failed} given up");
        Assert.True(failed < asked.Count / 10);
    }

    private static int Promised(Dictionary<string, string?> asked)
    {
        lock (asked) return asked.Count(request => request.Value is not null);
    }

    /// <summary>Sends again what was not answered, and looks at what was promised.</summary>
    private async Task RepeatAsync(ServerProcess server, Dictionary<string, string?> asked)
    {
        foreach ((string key, string? job) in asked.ToArray())
        {
            if (job is not null) Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(job)).StatusCode);
            else asked[key] = await SubmitAsync(server, key, CancellationToken.None);
        }
    }

    private async Task AskAsync(ServerProcess server, Dictionary<string, string?> asked, string client, CancellationToken ending)
    {
        for (int n = 0; !ending.IsCancellationRequested; n++)
        {
            string key = $"{client}-{n}";
            lock (asked) asked[key] = null;
            try
            {
                string self = await SubmitAsync(server, key, ending);
                lock (asked) asked[key] = self;
                await Task.Delay(200, ending);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<string> SubmitAsync(ServerProcess server, string key, CancellationToken ending)
    {
        while (true)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = LoadClient.Request(_picture, key.GetHashCode(StringComparison.Ordinal) & 0xFFFF, steps: 1, side: 64) };
            request.Headers.Add("Idempotency-Key", key);
            // One browser's, from process to process.
            request.Headers.Add("Cookie", "depth2img=0123456789abcdef0123456789abcdef");
            using HttpResponseMessage answer = await server.Client.SendAsync(request, ending);
            if (answer.StatusCode == HttpStatusCode.Accepted) return answer.Headers.Location!.ToString();
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, ending);
        }
    }
}
