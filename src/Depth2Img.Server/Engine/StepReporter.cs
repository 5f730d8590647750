using System.Diagnostics;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Engine;

/// <summary>
/// Hears of every step on the thread that denoises: reports it, shows previews, and lets a depth estimate in between.
/// </summary>
/// <param name="observer">Is told.</param>
/// <param name="lane">The depth estimates.</param>
/// <param name="cancellationToken">Ends the making of previews.</param>
internal sealed class StepReporter(IJobObserver observer, DepthLane lane, CancellationToken cancellationToken) : IProgress<GenerationProgress>
{
    private const int PreviewSide = 512;
    private const int PreviewQuality = 75;
    private static readonly TimeSpan PreviewEvery = TimeSpan.FromMilliseconds(700);

    private readonly Stopwatch _sinceFirst = new();
    private readonly Stopwatch _sincePreview = Stopwatch.StartNew();
    private readonly Stopwatch _working = new();
    private int _first, _last;

    /// <summary>Seconds an evaluation of the UNet takes, without what was done in between; null before there were two.</summary>
    public double? SecondsPerStep => _last > _first ? _working.Elapsed.TotalSeconds / (_last - _first) : null;

    public void Report(GenerationProgress value) => Report(value.Stage, value.Step, value.Steps, value.Preview, value.Preview?.Picture ?? 0);

    /// <summary>Reports a step of one of several runs.</summary>
    /// <param name="stage">What is being done.</param>
    /// <param name="step">Evaluations that are done, of all runs.</param>
    /// <param name="steps">Evaluations of all runs.</param>
    /// <param name="preview">The picture in the making; null for none.</param>
    /// <param name="picture">Which of the job's pictures that is, from 0.</param>
    public void Report(GenerationStage stage, int step, int steps, GenerationPreview? preview, int picture)
    {
        _working.Stop();
        if (stage == GenerationStage.Denoising && step > 0)
        {
            if (!_sinceFirst.IsRunning)
            {
                _sinceFirst.Start();
                _working.Reset();
                _first = step;
            }
            _last = step;
        }
        double? left = step > _first && _sinceFirst.IsRunning ? Math.Round(_sinceFirst.Elapsed.TotalSeconds / (step - _first) * (steps - step), 1) : null;
        observer.Report(new JobProgress(NameOf(stage), step, steps, left));
        if (preview is not null && _sincePreview.Elapsed >= PreviewEvery && step < steps)
        {
            observer.Preview(picture, ResultFiles.SmallJpeg(preview.Decode(cancellationToken), PreviewSide, PreviewQuality));
            _sincePreview.Restart();
        }
        lane.RunOne();
        // Only what lies between two evaluations counts.
        if (stage == GenerationStage.Denoising && _sinceFirst.IsRunning) _working.Start();
    }

    private static string NameOf(GenerationStage stage) => stage switch
    {
        GenerationStage.Encoding => "encoding",
        GenerationStage.Depth => "depth",
        GenerationStage.Denoising => "denoising",
        _ => "decoding",
    };
}
