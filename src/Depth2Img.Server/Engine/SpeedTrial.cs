using System.Diagnostics;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Engine;

/// <summary>
/// Does some steps with a model that was just loaded, while nobody waits, so that there is a figure for them before the first
/// job. Whatever comes ends it within a step.
/// </summary>
internal sealed class SpeedTrial(ModelPool models, StepTimes times, JobService jobs, DepthLane lane)
{
    /// <summary>The first evaluation takes memory and packs weights; the others are measured.</summary>
    private const int Evaluations = 3;

    /// <summary>Measures a model.</summary>
    /// <param name="model">One of the server's; it is loaded.</param>
    /// <param name="cancellationToken">Ends the trial.</param>
    public async Task RunAsync(string model, CancellationToken cancellationToken)
    {
        int side = times.SideOf(model);
        byte[] gray = new byte[3 * side * side];
        Array.Fill(gray, (byte)128);
        DepthToImageRequest request = new()
        {
            Image = new Image(side, side, gray),
            Depth = new DepthMap(side, side, new float[side * side]),
            Prompt = "",
            Size = new WorkingSize(side, side),
            Strength = 1,
            Steps = 2 * Evaluations,
            Seed = 0,
        };
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Meter meter = new(() => jobs.Waiting > 0 || lane.Count > 0, enough);
        try
        {
            DepthToImagePipeline pipeline = await models.LoadAsync(model, enough.Token).ConfigureAwait(false);
            await pipeline.GenerateAsync(request, meter, enough.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It was measured, or something better came.
        }
        catch (Depth2ImgException)
        {
            // A model that makes nothing is told of by the first job.
        }
        if (meter.Seconds is { } seconds) times.Add(model, seconds);
    }

    /// <summary>Measures evaluations, and ends the run when there were enough or somebody waits.</summary>
    private sealed class Meter(Func<bool> isWanted, CancellationTokenSource enough) : IProgress<GenerationProgress>
    {
        private readonly Stopwatch _watch = new();

        /// <summary>Seconds an evaluation took; null if there were too few.</summary>
        public double? Seconds { get; private set; }

        public void Report(GenerationProgress value)
        {
            if (value.Stage == GenerationStage.Denoising && value.Step == 1) _watch.Start();
            if (value.Stage == GenerationStage.Denoising && value.Step == Evaluations) Seconds = _watch.Elapsed.TotalSeconds / (Evaluations - 1);
            if (Seconds is not null || isWanted()) enough.Cancel();
        }
    }
}
