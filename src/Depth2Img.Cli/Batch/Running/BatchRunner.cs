using System.Diagnostics;
using Depth2Img.Cli.Batch.Planning;
using Depth2Img.Compute;
using Depth2Img.Imaging;
using Depth2Img.IO;
using Depth2Img.Pipelines;

namespace Depth2Img.Cli.Batch.Running;

/// <summary>
/// Runs a batch's jobs one after the other, those of one model together. A job that fails is told of, and the next one run; a job
/// whose outputs are there, whole and by the same settings, is not run again.
/// </summary>
/// <param name="schema">The settings that jobs have.</param>
/// <param name="folder">Where outputs go.</param>
/// <param name="listener">Is told how it goes.</param>
internal sealed class BatchRunner(JobSchema schema, BatchFolder folder, IBatchListener listener)
{
    private readonly List<JobOutcome> _outcomes = [];

    /// <summary>Whether files that the batch did not make may be replaced.</summary>
    public bool Replace { get; init; }

    /// <summary>Whether networks are loaded for each job and stage anew instead of being kept.</summary>
    public bool LowMemory { get; init; }

    /// <summary>Runs the jobs.</summary>
    /// <param name="plan">The jobs.</param>
    /// <param name="cancellationToken">Ends the work; the jobs that are left are told as not run.</param>
    /// <returns>What became of each job, in the jobs' order.</returns>
    public async Task<IReadOnlyList<JobOutcome>> RunAsync(BatchPlan plan, CancellationToken cancellationToken)
    {
        foreach (RefusedJob refused in plan.Refused) Finish(JobOutcome.Of(refused));
        BatchJob[] pending = [.. plan.Jobs.Where(IsToBeRun)];
        listener.Begin(pending.Length);
        try
        {
            foreach (IGrouping<string, BatchJob> group in pending.GroupBy(job => job.ModelKey))
                await RunGroupAsync([.. group], cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            HashSet<BatchJob> done = new(_outcomes.Select(outcome => outcome.Job).OfType<BatchJob>(), ReferenceEqualityComparer.Instance);
            _outcomes.AddRange(pending.Where(job => !done.Contains(job)).Select(job => new JobOutcome(job.Line, job, JobState.NotRun)));
        }
        return InOrder(plan);
    }

    /// <summary>Whether a job has outputs to be made; what becomes of it is told if not.</summary>
    private bool IsToBeRun(BatchJob job)
    {
        try
        {
            OutputState[] states = [.. job.Outputs.Select(output => folder.Inspect(output, job.Identity))];
            if (states.All(state => state == OutputState.Whole))
            {
                Finish(new JobOutcome(job.Line, job, JobState.Kept));
                return false;
            }
            int foreign = Array.IndexOf(states, OutputState.Foreign);
            if (foreign < 0 || Replace) return true;
            throw NotOurs(job.Outputs[foreign]);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            Finish(JobOutcome.Failed(job, e));
            return false;
        }
    }

    private async Task RunGroupAsync(BatchJob[] jobs, CancellationToken cancellationToken)
    {
        IBackend? backend = null;
        DepthToImagePipeline? pipeline = null;
        try
        {
            try
            {
                backend = schema.Model.OpenBackend(jobs[0].Arguments);
                Generation.ModelChoice model = jobs[0].Model with { Options = jobs[0].Model.Options with { LowMemory = LowMemory } };
                pipeline = await model.LoadAsync(backend, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsCancellation(e, cancellationToken))
            {
                foreach (BatchJob job in jobs) Finish(JobOutcome.Failed(job, e));
                return;
            }
            foreach (BatchJob job in jobs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Finish(await RunAsync(job, pipeline, cancellationToken).ConfigureAwait(false));
            }
        }
        finally
        {
            pipeline?.Dispose();
            backend?.Dispose();
        }
    }

    private async Task<JobOutcome> RunAsync(BatchJob job, DepthToImagePipeline pipeline, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            DecodedImage decoded = ImageFile.Load(job.Image);
            DepthToImageResult result = await pipeline.GenerateAsync(schema.RequestOf(job, decoded.ToRgb()), new Relay(listener, job), cancellationToken).ConfigureAwait(false);
            for (int n = 0; n < result.Images.Count; n++)
            {
                string output = job.Outputs[n];
                // Since the run began files may have come; of several pictures some may be whole already.
                OutputState state = folder.Inspect(output, job.Identity);
                if (state == OutputState.Whole) continue;
                if (state == OutputState.Foreign && !Replace) throw NotOurs(output);
                ImageSaveOptions options = new() { Profile = decoded.Profile, Text = schema.NoMetadata(job.Arguments) ? null : (result.Settings with { Index = n }).ToPngText() };
                folder.Write(output, job.Identity, stream => ImageFile.Encode(stream, result.Images[n], ImageFile.FormatOf(output), options));
            }
            string[] warnings = [.. decoded.Warning is null ? [] : (string[])[decoded.Warning], .. pipeline.Notes, .. result.Warnings];
            return new JobOutcome(job.Line, job, JobState.Made) { Seconds = watch.Elapsed.TotalSeconds, Warnings = warnings };
        }
#pragma warning disable CA1031 // Whatever happens to one job, the others go on.
        catch (Exception e) when (!IsCancellation(e, cancellationToken))
#pragma warning restore CA1031
        {
            return JobOutcome.Failed(job, e);
        }
    }

    private static OutputException NotOurs(string output) => new($"'{output}' exists, and this batch did not make it as it is; --force replaces it.");

    private void Finish(JobOutcome outcome)
    {
        _outcomes.Add(outcome);
        listener.Finished(outcome);
    }

    /// <summary>Lines in their order, and a line's jobs in theirs.</summary>
    private List<JobOutcome> InOrder(BatchPlan plan)
    {
        Dictionary<BatchJob, int> order = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < plan.Jobs.Count; i++) order[plan.Jobs[i]] = i;
        return [.. _outcomes.OrderBy(outcome => outcome.Line.Number ?? 0).ThenBy(outcome => outcome.Job is { } job ? order[job] : -1)];
    }

    private static bool IsCancellation(Exception exception, CancellationToken cancellationToken) =>
        exception is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private sealed class Relay(IBatchListener listener, BatchJob job) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => listener.Report(job, value);
    }
}
