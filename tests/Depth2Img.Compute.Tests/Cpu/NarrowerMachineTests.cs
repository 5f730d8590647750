using System.Diagnostics;
using Depth2Img.Compute.Cpu;

namespace Depth2Img.Compute.Tests.Cpu;

/// <summary>
/// The quick tests of this assembly once more, in processes where the runtime is told to leave wider instructions
/// alone: a machine without them takes other branches, in the tiers and in the runtime's own vectors.
/// </summary>
[Trait("Category", "Slow")]
public class NarrowerMachineTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", CpuTier.Avx512)]
    [InlineData("DOTNET_EnableAVX2", CpuTier.Avx2)]
    [InlineData("DOTNET_EnableHWIntrinsic", CpuTier.Avx2)]
    public async Task Every_kernel_agrees_with_the_reference_without(string setting, CpuTier firstMissing)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Slow tests are left out: this one is among them, and must not start itself.
            ArgumentList = { "vstest", typeof(NarrowerMachineTests).Assembly.Location, "--TestCaseFilter:Category!=Slow", "--logger:console;verbosity=normal" },
            Environment = { [setting] = "0" },
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Join('\n', output.Split('\n').Where(line => line.Contains("Failed ", StringComparison.Ordinal)).Take(20)) + await error);

        // The names of the cases say which tiers there were.
        Assert.Contains($"tier: {CpuTier.Vector128}", output, StringComparison.Ordinal);
        foreach (CpuTier tier in CpuTiers.Available)
            Assert.Equal(tier < firstMissing, output.Contains($"tier: {tier}", StringComparison.Ordinal));
    }
}
