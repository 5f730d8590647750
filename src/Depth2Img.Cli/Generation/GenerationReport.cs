using System.Diagnostics;
using System.Globalization;
using Depth2Img.Cli.Output;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Generation;

/// <summary>What a person or a script is told of pictures that were made.</summary>
/// <param name="Outputs">The pictures' files.</param>
/// <param name="DepthPath">The depth map's file, if one was written.</param>
/// <param name="More">What else was written.</param>
/// <param name="Settings">What was used.</param>
/// <param name="Warnings">Whole sentences.</param>
/// <param name="Elapsed">From the command's start.</param>
/// <param name="FirstStep">Seconds until the first step was done, if there was one.</param>
internal sealed record GenerationReport(
    IReadOnlyList<string> Outputs, string? DepthPath, IReadOnlyList<string> More, GenerationSettings Settings, IReadOnlyList<string> Warnings, TimeSpan Elapsed, double? FirstStep)
{
    /// <summary>One object.</summary>
    public void WriteJson(TextWriter output) => JsonReport.Write(output, new
    {
        outputs = Outputs,
        depth = DepthPath,
        more = More.Count == 0 ? null : More,
        settings = Settings,
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
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {Settings.Seed}, {Settings.Scheduler}{(Settings.Karras ? " karras" : "")}, strength {Settings.Strength} of {Settings.Steps} steps, guidance {Settings.Guidance}"));
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Settings.Model}, depth by {Settings.DepthModel}{(Settings.ControlNet is { } control ? $", followed by {control.Name}" : "")}, {Settings.WorkingSize}{(Settings.DecodeTiles is int tiles ? $" (decoded in {tiles} tiles)" : "")}, {Settings.Backend}, {Elapsed.TotalSeconds:0.0} s"));
    }

    /// <summary>The most memory that the process ever had, mapped files included.</summary>
    private static long PeakMemoryBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
