using Depth2Img.Server.Options;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// Removes finished jobs that are old or take too much room, attended ones soon, and files that belong to no job; and writes down
/// what could not be written when it happened.
/// </summary>
internal sealed partial class JobKeeper(JobService jobs, JobStore store, JobFiles files, ServerOptions options, TimeProvider time, ILogger<JobKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAttended = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeepIdempotency = TimeSpan.FromHours(24);

    /// <summary>Removes what is due now.</summary>
    public void Sweep()
    {
        DateTimeOffset now = time.GetUtcNow();
        long kept = 0;
        foreach (JobRecord job in store.Finished(owner: null, int.MaxValue))
        {
            kept += files.SizeOf(job.Id);
            if (now - job.Finished > (job.Attended ? KeepAttended : options.KeepFor) || kept > options.KeepBytes) jobs.Forget(job.Id);
        }
        foreach (string id in files.Jobs())
        {
            if (jobs.Find(id) is null) files.Remove(id);
        }
        store.ForgetIdempotent(now - KeepIdempotency);
    }

    /// <summary>Writes what could not be written, once a second; the last time when the server stops.</summary>
    private async Task SaveAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(SaveEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) jobs.SaveUnsaved();
        }
        finally
        {
            jobs.SaveUnsaved();
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Every, time);
        do
        {
            try
            {
                Sweep();
            }
            catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                LogNotSwept(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(SweepAsync(stoppingToken), SaveAsync(stoppingToken));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old jobs could not be removed")]
    private static partial void LogNotSwept(ILogger logger, Exception exception);
}
