using System.Globalization;
using BenchmarkDotNet.Running;
using Depth2Img.Bench;
using Depth2Img.Bench.Options;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

// --options [rounds]: what each option that saves work gains on full-size networks and costs on the demo model, in about eight
// minutes; writes the table of docs/performance.md.
if (args is ["--options", .. string[] count])
{
    RoundOptions rounds = new();
    if (count.Length > 0) rounds = rounds with { Rounds = int.Parse(count[0], CultureInfo.InvariantCulture) };
    OptionMeasurement.Write(rounds, $"dotnet run -c Release --project bench/Depth2Img.Bench -- {string.Join(' ', args)}");
    return;
}
// --quick [tier [part of a name]]: a table of rates and fractions of the peak in a minute.
// Anything else is BenchmarkDotNet's.
if (args is ["--quick", .. string[] rest])
{
    CpuTier tier = rest.Length > 0 ? CpuTiers.Parse(rest[0]) : CpuTiers.Default;
    QuickTable.Print(tier, rest.Length > 1 ? rest[1] : "");
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(OpBenchmarks).Assembly).Run(args);
