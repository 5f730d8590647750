using System.Diagnostics;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Output;

/// <summary>Notes when the UNet's first evaluation is done: what a person waits for until something happens.</summary>
/// <param name="watch">Runs since the command began.</param>
/// <param name="next">Told everything.</param>
internal sealed class FirstStepClock(Stopwatch watch, IProgress<GenerationProgress> next) : IProgress<GenerationProgress>
{
    /// <summary>Seconds from the command's beginning to the end of the first evaluation; null until then.</summary>
    public double? Seconds { get; private set; }

    public void Report(GenerationProgress value)
    {
        if (value.Step > 0) Seconds ??= watch.Elapsed.TotalSeconds;
        next.Report(value);
    }
}
