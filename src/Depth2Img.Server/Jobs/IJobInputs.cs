namespace Depth2Img.Server.Jobs;

/// <summary>Where a job's input files come from.</summary>
internal interface IJobInputs
{
    /// <summary>Reads a file; null if there is none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The file's name within the job.</param>
    byte[]? Read(string job, string name);
}
