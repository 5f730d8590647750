using Depth2Img.Benchmarking;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;
using Depth2Img.TestSupport;

namespace Depth2Img.Bench.Options;

/// <summary>Measures what each option that saves work gains and costs, for the documentation.</summary>
internal static class OptionMeasurement
{
    /// <summary>25 steps at strength 0.8.</summary>
    private const int Steps = 25;
    private const int Evaluations = 20;

    /// <summary>Measures, and writes docs/performance/options/sd2-depth.json and the table of docs/performance.md.</summary>
    /// <param name="rounds">How long.</param>
    /// <param name="command">The command line, for the report.</param>
    public static void Write(RoundOptions rounds, string command)
    {
        DateTimeOffset date = DateTimeOffset.UtcNow;
        using CpuBackend backend = new();
        MachineFigures machine = Machine.Measure(backend);
        FullSizeCosts costs = FullSizeCosts.Measure(backend, rounds, Progress);
        double full = costs.Run(OptionCase.Full, Evaluations);
        Progress("the full run's pictures");
        using OptionQuality quality = new(Steps);
        List<OptionFigures> figures = [];
        foreach (OptionCase option in OptionCase.All)
        {
            Progress(option.Name);
            string name = option == OptionCase.Fast ? $"`{option.Name}` (`--fast`)" : $"`{option.Name}`";
            figures.Add(new OptionFigures(name, full / costs.Run(option, Evaluations), quality.Psnr(option)));
        }
        OptionReport report = new()
        {
            Date = date,
            Command = command,
            Commit = Machine.Commit(),
            Machine = machine,
            Evaluations = Evaluations,
            Seeds = OptionQuality.Seeds,
            Parts = costs.Parts,
            Options = figures,
        };
        string document = Repository.File("docs/performance.md");
        string text = OptionReport.Section.Replace(File.ReadAllText(document), report.WriteMarkdown(), document);
        Directory.CreateDirectory(Repository.File("docs/performance/options"));
        File.WriteAllText(Repository.File("docs/performance/options/sd2-depth.json"), ReportJson.Write(report) + "\n");
        File.WriteAllText(document, text);
        Console.Write(report.WriteMarkdown());
    }

    private static void Progress(string what) => Console.Error.WriteLine($"measuring {what} ...");
}
