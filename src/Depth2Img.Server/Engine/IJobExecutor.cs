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
}
