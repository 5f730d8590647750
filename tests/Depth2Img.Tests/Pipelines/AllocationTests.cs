using System.Diagnostics;
using System.Globalization;
using Depth2Img.Compute.Cpu;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Pipelines;

/// <summary>
/// Nothing is taken from the garbage collector's heap in a denoising step after the first, by any thread. The count is the
/// process's, so that a process of its own is measured, in which nothing else runs.
/// </summary>
public class AllocationTests
{
    public static TheoryData<string, int> Backends
    {
        get
        {
            TheoryData<string, int> rows = [];
            foreach (CpuTier tier in CpuTiers.Available) rows.Add(tier.Name(), 3);
            rows.Add(CpuTiers.Best.Name(), 1);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task No_step_of_any_scheduler_allocates(string tier, int threads)
    {
        string[] cases = await Measure(Repository.Golden("tiny-depth2img"), tier, threads, steps: 6, side: 8, SchedulerNames.All);
        // Guided, unguided, with features re-used, with prompts that change.
        Assert.Equal(4 * SchedulerNames.All.Count, cases.Length);
    }

    [Fact]
    public async Task No_step_of_the_demo_model_allocates() =>
        Assert.Equal(4, (await Measure(Repository.Models("demo"), CpuTiers.Best.Name(), threads: 2, steps: 5, side: 16, ["pndm"])).Length);

    /// <summary>Runs the probe and checks every line that it prints.</summary>
    private static async Task<string[]> Measure(string folder, string tier, int threads, int steps, int side, IReadOnlyList<string> schedulers)
    {
        string[] numbers = [.. new[] { threads, steps, side }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Depth2Img.AllocationProbe.dll"), folder, tier, .. numbers, .. schedulers])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines)
        {
            string[] fields = line.Split('\t');
            long first = long.Parse(fields[1], CultureInfo.InvariantCulture), later = long.Parse(fields[2], CultureInfo.InvariantCulture);
            // The first step takes the buffers; a count of nothing at all would be no count.
            Assert.True(first > 0 && later == 0, $"{fields[0]}: {later} bytes in the steps from the second on, {first} in the first");
        }
        return lines;
    }
}
