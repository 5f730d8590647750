namespace Depth2Img.Server.Jobs;

/// <summary>Where a job is in its life.</summary>
internal enum JobState
{
    /// <summary>Waits for its turn.</summary>
    Queued,
    /// <summary>Is worked on.</summary>
    Running,
    /// <summary>Its pictures are there.</summary>
    Done,
    /// <summary>Came to nothing; the job's error says why.</summary>
    Failed,
    /// <summary>Was taken back.</summary>
    Cancelled,
}
