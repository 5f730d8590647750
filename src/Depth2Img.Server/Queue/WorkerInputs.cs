using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Queue;

/// <summary>The input files of the job that a worker does: those that came with it, or those in the shared folder.</summary>
/// <param name="shared">The shared folder; null if there is none.</param>
internal sealed class WorkerInputs(JobFiles? shared) : IJobInputs
{
    private JobMessage? _message;

    /// <summary>The shared folder; null if there is none.</summary>
    public JobFiles? Shared => shared;

    /// <summary>Takes the next job's.</summary>
    /// <exception cref="Depth2ImgException">They are in a shared folder, and there is none here.</exception>
    public void Take(JobMessage message)
    {
        if (message.Shared && shared is null) throw new Depth2ImgException("The server put the job's pictures into a shared folder, and the worker was started without one (--results).");
        _message = message;
    }

    /// <inheritdoc/>
    public byte[]? Read(string job, string name) => _message is not { } message || message.Id != job ? null : message.Shared ? shared!.Read(job, name) : message.Inputs.GetValueOrDefault(name);
}
