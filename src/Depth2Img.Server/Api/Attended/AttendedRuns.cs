using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.Attended;

/// <summary>
/// Makes pictures while their client waits on an open connection. Each picture is a job of its own, which takes its turn as
/// any other; when the client goes, the job goes with it, whether it waits or runs.
/// </summary>
internal sealed class AttendedRuns(JobService jobs, JobFiles files, TimeProvider time)
{
    /// <summary>How long a picture that follows another waits before it looks again for room in the queue.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<AttendedRun> _runs = [];

    /// <summary>The run that a caller means who names none: with a key its own newest, without one that which runs, else the newest.</summary>
    /// <returns>Null if there is none.</returns>
    public AttendedRun? Find(Caller caller)
    {
        lock (_lock)
        {
            if (caller.HasKey) return _runs.LastOrDefault(run => run.Caller.Client == caller.Client);
            return _runs.LastOrDefault(run => run.IsRunning) ?? _runs.LastOrDefault();
        }
    }

    /// <summary>Makes the pictures.</summary>
    /// <param name="request">What to make; checked.</param>
    /// <param name="caller">Who waits.</param>
    /// <param name="watcher">Is told how it goes; null for nobody.</param>
    /// <param name="cancellationToken">The client's connection.</param>
    /// <returns>All pictures; if the run was ended from another connection, those that were there, the last one half-finished.</returns>
    /// <exception cref="ProblemException">The queue is full, a job failed, or the server stops.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task<(IReadOnlyList<AttendedPicture> Pictures, bool WasInterrupted)> RunAsync(
        AttendedRequest request, Caller caller, IAttendedWatcher? watcher, CancellationToken cancellationToken)
    {
        AttendedRun run = new(request, caller, time.GetUtcNow());
        List<AttendedPicture> pictures = [];
        lock (_lock) _runs.Add(run);
        try
        {
            for (int number = 0; number < request.Count && !run.IsInterrupted; number++)
            {
                LiveJob job = await SubmitAsync(run, number, cancellationToken).ConfigureAwait(false);
                if (await MakeAsync(run, number, job, watcher, cancellationToken).ConfigureAwait(false) is not { } picture) continue;
                pictures.Add(picture);
                if (watcher is not null) await watcher.OnPictureAsync(number, picture).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock) _runs.Remove(run);
        }
        return (pictures, run.IsInterrupted);
    }

    private async Task<LiveJob> SubmitAsync(AttendedRun run, int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return JobAdmission.Submit(run.Request.JobOf(number), run.Caller, attended: true, null, jobs, time);
            }
            catch (ProblemException e) when (number > 0 && e.Problem.Status == StatusCodes.Status429TooManyRequests)
            {
                // The request was let in: its later pictures wait for room instead of being refused.
                await Task.Delay(Again, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<AttendedPicture?> MakeAsync(AttendedRun run, int number, LiveJob job, IAttendedWatcher? watcher, CancellationToken cancellationToken)
    {
        try
        {
            if (!run.Begin(number, job)) jobs.Cancel(job);
            using (cancellationToken.UnsafeRegister(_ => jobs.Cancel(job), null))
            {
                if (watcher is not null) await watcher.OnJobAsync(number, job).ConfigureAwait(false);
                await job.Completion.Task.ConfigureAwait(false);
            }
            cancellationToken.ThrowIfCancellationRequested();
            (bool wasEnded, byte[]? preview) = run.End();
            return Read(run.Request, run.Request.SeedOf(number), job.Record, wasEnded, preview);
        }
        finally
        {
            // A watcher whose connection broke leaves the job to be ended here; its files go when nobody works with them.
            jobs.Cancel(job);
            await job.Completion.Task.ConfigureAwait(false);
            if (!run.Request.Keep || job.Record.State != JobState.Done) jobs.Forget(job.Record.Id);
        }
    }

    private AttendedPicture? Read(AttendedRequest request, long seed, JobRecord job, bool wasEnded, byte[]? preview)
    {
        switch (job.State)
        {
            case JobState.Done:
                JobResult result = ServerJson.Read<JobResult>(job.Result!);
                return new AttendedPicture(ReadFile(job, result.Images[0]), seed, result, result.Depth is { } depth ? ReadFile(job, depth) : null);
            case JobState.Failed:
                throw new ProblemException(new Problem(StatusCodes.Status500InternalServerError, "The job failed", job.Error ?? "The job failed."));
            default:
                if (!wasEnded) throw new ProblemException(new Problem(StatusCodes.Status503ServiceUnavailable, "Not ready", "The server was stopped before the picture was made.") { RetryAfter = TimeSpan.FromSeconds(30) });
                // Of a part of a picture that is being repainted a preview shows the part alone: that is no picture.
                return preview is null || request.Submission.Parameters.Inpaint is not null
                    ? null
                    : new AttendedPicture(Enlarge(preview, request.Width, request.Height, request.Submission.Parameters.Format == "jpeg" ? ImageFormat.Jpeg : ImageFormat.Png), seed, null, null);
        }
    }

    private byte[] ReadFile(JobRecord job, ResultFile file) =>
        files.Read(job.Id, file.Name) ?? throw new ProblemException(new Problem(StatusCodes.Status500InternalServerError, "The result is gone", "The picture was made, and its file is no longer kept."));

    /// <summary>A preview as a picture of the size that was asked for.</summary>
    public static byte[] Enlarge(byte[] preview, int width, int height, ImageFormat format) =>
        ImageResizer.Resize(ImageFile.Decode(preview, "the preview").ToRgb(), width, height, ResizeFilter.Lanczos).ToBytes(format);
}
