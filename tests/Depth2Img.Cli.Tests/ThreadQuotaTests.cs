using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Depth2Img.Cli.Tests;

/// <summary>The threads of the whole program, in a process of its own that may use one processor.</summary>
public class ThreadQuotaTests
{
    [Fact]
    public async Task A_process_bound_to_one_processor_works_with_one_thread()
    {
        if (!OperatingSystem.IsLinux()) return;
        using CliFolder folder = new();
        ProcessStartInfo start = new("taskset")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c", FirstProcessor().ToString(CultureInfo.InvariantCulture), "dotnet", typeof(CommandLineApp).Assembly.Location,
                "generate", CliFolder.Photo, "-p", "a red ball", "-m", CliFolder.TinyModel, "--max-size", "64", "--strength", "1", "--steps", "1", "--seed", "1",
                "-o", folder["out.png"], "--json",
            },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        string text = JsonDocument.Parse(output).RootElement.GetRawText();
        Assert.Contains(", 1 thread\"", text, StringComparison.Ordinal);
    }

    /// <summary>The first processor that this process may use, which need not be number 0.</summary>
    private static int FirstProcessor()
    {
        const string key = "Cpus_allowed_list:";
        string list = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
        return int.Parse(list.Split(',', '-')[0], CultureInfo.InvariantCulture);
    }
}
