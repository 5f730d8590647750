using BenchmarkDotNet.Running;
using Depth2Img.Bench;
using Depth2Img.Bench.Options;
using Depth2Img.Compute.Cpu;

// --options: what each option that saves work gains on full-size networks and costs on the demo model, in some minutes.
if (args is ["--options"])
{
    OptionTable.Print(rounds: 3);
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
