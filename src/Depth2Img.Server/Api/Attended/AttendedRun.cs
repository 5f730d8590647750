using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Attended;

/// <summary>A request whose client waits for its pictures: where it is, and how to end it from another connection.</summary>
/// <param name="request">What is to be made.</param>
/// <param name="caller">Who waits.</param>
/// <param name="started">Since when.</param>
internal sealed class AttendedRun(AttendedRequest request, Caller caller, DateTimeOffset started)
{
    private readonly Lock _lock = new();
    private LiveJob? _job;
    private bool _isInterrupted, _isSkipped;
    private byte[]? _preview;
    private int _number;

    /// <summary>What is to be made.</summary>
    public AttendedRequest Request => request;

    /// <summary>Who waits.</summary>
    public Caller Caller => caller;

    /// <summary>Since when.</summary>
    public DateTimeOffset Started => started;

    /// <summary>Which picture it is at, from 0.</summary>
    public int Number
    {
        get
        {
            lock (_lock) return _number;
        }
    }

    /// <summary>The job of that picture; null between two.</summary>
    public LiveJob? Job
    {
        get
        {
            lock (_lock) return _job;
        }
    }

    /// <summary>Whether it was told to end.</summary>
    public bool IsInterrupted
    {
        get
        {
            lock (_lock) return _isInterrupted;
        }
    }

    /// <summary>Whether it was told to go on to the next picture, and has not yet.</summary>
    public bool IsSkipped
    {
        get
        {
            lock (_lock) return _isSkipped;
        }
    }

    /// <summary>Whether a picture of it is being made.</summary>
    public bool IsRunning => Job is { Record.State: JobState.Running };

    /// <summary>Goes on to a picture.</summary>
    /// <returns>False if the run was told to end meanwhile.</returns>
    public bool Begin(int number, LiveJob job)
    {
        lock (_lock)
        {
            if (_isInterrupted) return false;
            (_number, _job, _isSkipped, _preview) = (number, job, false, null);
            return true;
        }
    }

    /// <summary>A picture is over.</summary>
    /// <returns>Whether it was ended from another connection, and what could be seen of it then, a JPEG.</returns>
    public (bool WasEnded, byte[]? Preview) End()
    {
        lock (_lock)
        {
            _job = null;
            return (_isInterrupted || _isSkipped, _preview);
        }
    }

    /// <summary>Ends the run with what is there.</summary>
    public void Interrupt(JobService jobs)
    {
        lock (_lock) _isInterrupted = true;
        EndPicture(jobs);
    }

    /// <summary>Ends the picture that is being made; the next one follows.</summary>
    public void Skip(JobService jobs)
    {
        lock (_lock)
        {
            if (_job is null) return;
            _isSkipped = true;
        }
        EndPicture(jobs);
    }

    private void EndPicture(JobService jobs)
    {
        LiveJob? job;
        lock (_lock)
        {
            job = _job;
            _preview ??= job?.LastPreview;
        }
        // Not within the lock: who waits for the job's end may go on at once.
        if (job is not null) jobs.Cancel(job);
    }
}
