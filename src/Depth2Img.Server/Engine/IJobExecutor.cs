using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Engine;

/// <summary>Does jobs: here, or on other machines.</summary>
internal interface IJobExecutor
{
    /// <summary>Does a job.</summary>
    /// <param name="job">The job; its input files are in place.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellationToken">Ends the work within one step of the UNet.</param>
    /// <exception cref="Depth2ImgException">The job cannot be done; the message is for its client.</exception>
    Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the work is done in this process, with the one model that is loaded: then one job runs at a time and is begun
    /// when it is given. Others are given as many as they want, and are begun when the executor says so.
    /// </summary>
    bool WorksHere => true;

    /// <summary>Whether a job is wanted now. Must be quick; is asked again after <see cref="JobService.LookAgain"/>.</summary>
    bool Wants(LiveJob job) => true;

    /// <summary>A job's end is written down: what is kept of it elsewhere can go.</summary>
    /// <param name="job">The job as it ended.</param>
    Task SettledAsync(JobRecord job) => Task.CompletedTask;
}

/// <summary>Is told of a job's progress, on the thread that works.</summary>
internal interface IJobObserver
{
    /// <summary>The job is further.</summary>
    void Report(JobProgress progress);

    /// <summary>There is a picture of the job in the making.</summary>
    /// <param name="picture">Which of the job's pictures, from 0.</param>
    /// <param name="jpeg">A JPEG.</param>
    void Preview(int picture, byte[] jpeg);

    /// <summary>Whether no further picture is wanted once the one that is being made is done.</summary>
    bool EndsAfterPicture => false;
}
