using Depth2Img.Cli.Batch.Running;
using Depth2Img.Imaging;
using Xunit.Abstractions;

namespace Depth2Img.Cli.Tests.Batch;

/// <summary>A batch whose process is killed again and again comes to the same end as one that runs through.</summary>
public sealed class KilledBatchTests(ITestOutputHelper log) : IDisposable
{
    private const int JobCount = 20, RandomKills = 10, MaxKills = 200;

    private readonly BatchRun _batch = new();
    private int _folder;

    public void Dispose() => _batch.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Twenty_jobs_killed_at_ten_random_moments_and_inside_a_write_are_all_made_and_none_twice()
    {
        int seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        System.Random random = new(seed);
        // Large enough that writing takes a while.
        _batch.Picture("a.png", side: 700);
        string jobs = _batch.Jobs("jobs.csv", "image,seed,output\n" + string.Concat(Enumerable.Range(1, JobCount).Select(n => $"a.png,{n},{n}\n")));
        int atRandom = 0, insideWrite = 0;
        var finished = _batch.Snapshot();
        for (int kills = 0; atRandom < RandomKills || insideWrite == 0;)
        {
            Assert.InRange(kills, 0, MaxKills);
            bool waitForWrite = atRandom >= RandomKills || random.Next(3) == 0;
            string outputs = _batch.Folder[$"out{_folder}"];
            using CliProcess process = Start(jobs, outputs);
            await (waitForWrite ? UntilItWrites(process, outputs) : UntilARandomMoment(process, outputs, finished.Count, random));
            if (process.HasExited)
            {
                // It was too quick: the whole batch is done, and another begins.
                await AssertDoneAsync(process, outputs, finished);
                _folder++;
                finished = Snapshot(_batch.Folder[$"out{_folder}"]);
                continue;
            }
            await process.KillAsync();
            kills++;
            bool inside = Temporaries(outputs).Length > 0;
            if (inside) insideWrite++;
            if (!waitForWrite) atRandom++;
            log.WriteLine($"kill {kills}: {Snapshot(outputs).Count} outputs, {(waitForWrite ? "waited for a write" : "at random")}{(inside ? ", inside a write" : "")}");
            finished = AssertUntouched(outputs, finished);
        }
        string last = _batch.Folder[$"out{_folder}"];
        using CliProcess rest = Start(jobs, last);
        await AssertDoneAsync(rest, last, finished);
    }

    private CliProcess Start(string jobs, string outputs) =>
        new(new Uri("http://127.0.0.1:1"), _batch.Folder["home"], BatchRun.Arguments(jobs, outputs, "-p", "a ball"));

    private static async Task UntilItWrites(CliProcess process, string outputs)
    {
        while (!process.HasExited && Temporaries(outputs).Length == 0) await Task.Yield();
    }

    private static async Task UntilARandomMoment(CliProcess process, string outputs, int before, System.Random random)
    {
        int more = random.Next(2);
        int delay = random.Next(400);
        while (!process.HasExited && CountOf(outputs) < before + more) await Task.Delay(5);
        await Task.Delay(delay);
    }

    /// <summary>What was finished is as it was, and all that is there is whole.</summary>
    private static Dictionary<string, (string, DateTime)> AssertUntouched(string outputs, IReadOnlyDictionary<string, (string, DateTime)> finished)
    {
        var now = Snapshot(outputs);
        foreach ((string name, (string, DateTime) state) in finished) Assert.Equal(state, now[name]);
        foreach (string name in now.Keys) Assert.Equal(700, ImageFile.Load(Path.Combine(outputs, name)).Width);
        return now;
    }

    private static async Task AssertDoneAsync(CliProcess process, string outputs, IReadOnlyDictionary<string, (string, DateTime)> finished)
    {
        CliRun run = await process.EndAsync();
        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.Error.Contains("error", StringComparison.Ordinal) ? run.Error : ""));
        var now = AssertUntouched(outputs, finished);
        Assert.Equal(Enumerable.Range(1, JobCount).Select(n => $"{n}.png").Order(StringComparer.Ordinal), now.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(JobCount, now.Values.Select(state => state.Item1).Distinct().Count());
        Assert.Empty(Temporaries(outputs));
    }

    private static int CountOf(string outputs) => Directory.Exists(outputs) ? Directory.GetFiles(outputs, "*.png").Length : 0;

    private static string[] Temporaries(string outputs)
    {
        string state = Path.Combine(outputs, BatchFolder.StateName);
        return Directory.Exists(state) ? Directory.GetFiles(state, "*.tmp") : [];
    }

    private static Dictionary<string, (string, DateTime)> Snapshot(string outputs) => Directory.Exists(outputs)
        ? Directory.EnumerateFiles(outputs, "*.png").ToDictionary(file => Path.GetFileName(file), file => (Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))), File.GetLastWriteTimeUtc(file)))
        : new Dictionary<string, (string, DateTime)>();
}
