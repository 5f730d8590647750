using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Depth2Img.Compute;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Cli.Tests;

/// <summary>The memory of the whole program on a checkpoint of full size, in a process of its own.</summary>
[Trait("Category", "Slow")]
public class FullSizeMemoryTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(ElementType.Float16, 3_500_000_000)]
    [InlineData(ElementType.Float32, 6_500_000_000)]
    public async Task Generate_at_512_stays_within_its_memory(ElementType weights, long limit)
    {
        using FullSizeCheckpoint checkpoint = new(weights);
        using CliFolder folder = new();
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                typeof(CommandLineApp).Assembly.Location, "generate", CliFolder.Photo, "-p", "a red ball", "-m", checkpoint.Folder,
                "--depth-model", "checkpoint", "--size", "512x512", "--strength", "1", "--steps", "1", "--guidance", "7.5", "--seed", "1",
                "-o", folder["out.png"], "--json",
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        long peak = JsonDocument.Parse(output).RootElement.GetProperty("peakMemoryBytes").GetInt64();
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{weights}: peak {peak / 1e9:f2} GB"));
        Assert.InRange(peak, 500_000_000, limit);
    }
}
