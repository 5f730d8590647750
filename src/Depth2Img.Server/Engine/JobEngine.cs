using Depth2Img.Server.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Engine;

/// <summary>
/// The one engine of the server: takes jobs in turn and has them done, one at a time in this process, or as many as the
/// executor wants elsewhere; depth estimates slip in between.
/// </summary>
internal sealed partial class JobEngine(JobService jobs, IJobExecutor executor, DepthLane lane, ModelPool models, SpeedTrial trial, IHostApplicationLifetime lifetime, ILogger<JobEngine> logger) : BackgroundService
{
    /// <summary>Held by whoever uses the model: the running job, or the depth lane when none is.</summary>
    private readonly SemaphoreSlim _engine = new(1);

    public override void Dispose()
    {
        _engine.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Without a model no job is begun: those that wait are done when the server runs again with one.
        if (!executor.WorksHere) jobs.Ready();
        else
        {
            if (!await LoadDefaultAsync(stoppingToken).ConfigureAwait(false)) return;
            await trial.RunAsync(models.Names[0], stoppingToken).ConfigureAwait(false);
        }
        // The server's end begins before this service is told: no job is begun any more, and the running one is put back.
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await Task.WhenAll(DoJobsAsync(ending.Token), DoEstimatesAsync(stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Loads the default model, so that the first job need not wait for it.</summary>
    private async Task<bool> LoadDefaultAsync(CancellationToken stoppingToken)
    {
        try
        {
            await models.LoadAsync(models.Names[0], stoppingToken).ConfigureAwait(false);
            jobs.Ready();
            return true;
        }
        catch (Depth2ImgException)
        {
            jobs.Broken();
            return false;
        }
    }

    private async Task DoJobsAsync(CancellationToken stoppingToken)
    {
        List<Task> elsewhere = [];
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                LiveJob job = await jobs.TakeAsync(executor.Wants, stoppingToken).ConfigureAwait(false);
                if (executor.WorksHere)
                {
                    await DoHereAsync(job, stoppingToken).ConfigureAwait(false);
                    continue;
                }
                elsewhere.RemoveAll(work => work.IsCompleted);
                elsewhere.Add(DoAsync(job, stoppingToken));
            }
        }
        finally
        {
            await Task.WhenAll(elsewhere).ConfigureAwait(false);
        }
    }

    private async Task DoHereAsync(LiveJob job, CancellationToken stoppingToken)
    {
        try
        {
            await _engine.WaitAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            jobs.PutBack(job);
            throw;
        }
        try
        {
            await DoAsync(job, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            _engine.Release();
        }
    }

    private async Task DoAsync(LiveJob job, CancellationToken stoppingToken)
    {
        if (executor.WorksHere && !jobs.Begin(job)) return;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(job.Cancelled, stoppingToken);
        try
        {
            JobOutput output = await executor.RunAsync(job.Record, job, ending.Token).ConfigureAwait(false);
            jobs.Finish(job, output);
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested)
        {
            jobs.FinishCancelled(job);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            jobs.PutBack(job); // It begins again when the server does.
        }
        catch (Depth2ImgException e)
        {
            jobs.FinishFailed(job, e.Message);
        }
        catch (OutOfMemoryException)
        {
            jobs.FinishFailed(job, "There is not enough memory for this job; a smaller size or count needs less.");
        }
#pragma warning disable CA1031 // Whatever happens to one job must not end the engine.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(logger, job.Record.Id, e);
            jobs.FinishFailed(job, "The server failed to do this job, by a fault of its own; its log has the reason.");
        }
        if (job.Record.IsFinished) await executor.SettledAsync(job.Record).ConfigureAwait(false);
    }

    private async Task DoEstimatesAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await lane.WaitAsync(stoppingToken).ConfigureAwait(false);
            await _engine.WaitAsync(stoppingToken).ConfigureAwait(false); // A running job may have done it meanwhile.
            try
            {
                // One, and then a job may have its turn.
                await Task.Run(lane.RunOne, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _engine.Release();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} ended by a fault of the program")]
    private static partial void LogFault(ILogger logger, string job, Exception exception);
}
