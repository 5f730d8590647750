using System.Diagnostics;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>What a person or a script is told of pictures that were made.</summary>
/// <param name="Made">The pictures and their files.</param>
/// <param name="DepthPath">The depth map's file, if one was written.</param>
/// <param name="More">What else was written.</param>
/// <param name="Warnings">Whole sentences.</param>
/// <param name="Elapsed">From the command's start.</param>
/// <param name="FirstStep">Seconds until the first step was done, if there was one.</param>
internal sealed record GenerationReport(
    IReadOnlyList<MadeVariant> Made, string? DepthPath, IReadOnlyList<string> More, IReadOnlyList<string> Warnings, TimeSpan Elapsed, double? FirstStep)
{
    private IEnumerable<string> Outputs => Made.SelectMany(made => made.Variant.Outputs);

    /// <summary>What was used; for the first, if several were asked for.</summary>
    private GenerationSettings Settings => Made[0].Result.Settings;

    /// <summary>One object.</summary>
    public void WriteJson(TextWriter output) => JsonReport.Write(output, new
    {
        outputs = Outputs,
        depth = DepthPath,
        more = More.Count == 0 ? null : More,
        settings = Settings,
        variants = Made.Count == 1 ? null : Made.Select(made => new { outputs = made.Variant.Outputs, settings = made.Result.Settings }),
        warnings = Warnings,
        seconds = Math.Round(Elapsed.TotalSeconds, 2),
        secondsToFirstStep = FirstStep is { } first ? Math.Round(first, 2) : (double?)null,
        peakMemoryBytes = PeakMemoryBytes(),
    });

    /// <summary>File names on standard output, all else on standard error.</summary>
    public void WriteText(TextWriter output, TextWriter error)
    {
        foreach (string warning in Warnings) Messages.Warn(error, warning);
        foreach (string path in Outputs) output.WriteLine(path);
        if (DepthPath is not null) output.WriteLine(DepthPath);
        foreach (string path in More) output.WriteLine(path);
        foreach (string line in Made.Select(made => Describe(made.Result.Settings)).Distinct()) error.WriteLine(line);
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Settings.Model}, depth by {Settings.DepthModel}{(Settings.ControlNet is { } control ? $", followed by {control.Name}" : "")}, {Settings.WorkingSize}{(Settings.DecodeTiles is int tiles ? $" (decoded in {tiles} tiles)" : "")}, {Settings.Backend}, {Elapsed.TotalSeconds:0.0} s"));
    }

    private static string Describe(GenerationSettings settings) => string.Create(CultureInfo.InvariantCulture,
        $"{(settings.Style is { } style ? $"{style.Name} ({style.Strength}): " : "")}seed {settings.Seed}, {settings.Scheduler}{(settings.Karras ? " karras" : "")}, strength {settings.Strength} of {settings.Steps} steps, guidance {settings.Guidance}");

    /// <summary>The most memory that the process ever had, mapped files included.</summary>
    private static long PeakMemoryBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
