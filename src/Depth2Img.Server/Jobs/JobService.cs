using System.Collections.Concurrent;
using Depth2Img.Server.Events;
using Depth2Img.Server.Observability;
using Depth2Img.Server.Options;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// All that happens to jobs goes through here: they are accepted, taken, finished, taken back and removed. The data base
/// is written before anybody is told, so that what was told stays true when the process is killed.
/// </summary>
internal sealed partial class JobService : IDisposable
{
    /// <summary>How often a job is begun before it is given up: a job that kills the server must not do so for ever.</summary>
    public const int MostAttempts = 3;

    private const string Stopped = "The server was stopped.";

    /// <summary>How many finished jobs keep their events for listeners that come late.</summary>
    private const int FinishedKept = 256;

    private readonly JobStore _store;
    private readonly JobFiles _files;
    private readonly FairQueue<string> _queue;
    private readonly TimeProvider _time;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<JobService> _logger;
    private readonly ConcurrentDictionary<string, LiveJob> _live = new();
    private readonly ConcurrentQueue<string> _finished = new();
    /// <summary>Ends that the data base has not taken yet, by job.</summary>
    private readonly ConcurrentDictionary<string, JobRecord> _unsaved = new();
    private readonly KeyedLocks _repeats = new();
    private readonly Lock _transition = new();
    private double _meanSeconds = 1;
    private bool _measured;

    /// <summary>Takes up what an earlier process left: waiting jobs wait on, running ones wait again, attended ones are over.</summary>
    public JobService(JobStore store, JobFiles files, ServerOptions options, TimeProvider time, ServerMetrics metrics, ILogger<JobService> logger)
    {
        _metrics = metrics;
        _store = store;
        _files = files;
        _time = time;
        _logger = logger;
        _queue = new FairQueue<string>(options.Limits.Waiting, options.Limits.WaitingPerClient);
        foreach (JobRecord left in store.Unfinished())
        {
            LiveJob job = Track(new LiveJob(left));
            if (left.Attended) End(job, JobState.Cancelled, "The connection ended before the job did.");
            // With a queue it is the broker that counts: a server that stops takes no worker with it.
            else if (left.Attempts >= MostAttempts && options.Queue is null) End(job, JobState.Failed, $"The server stopped {left.Attempts} times while it was doing this job, and did not begin it again.");
            else
            {
                if (left.State == JobState.Running) Save(job, left with { State = JobState.Queued });
                _queue.Enqueue(left.Client, left.Id, evenIfFull: true);
            }
        }
        TellPositions();
    }

    /// <summary>Whether jobs are done: the model is loaded and the server does not stop.</summary>
    public ServerState State { get; private set; } = ServerState.Loading;

    /// <summary>How many jobs wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>How many ends the data base did not take yet.</summary>
    public int Unsaved => _unsaved.Count;

    /// <summary>How long a client should wait before it tries again: until everybody who waits had a turn, and so a place is free, as far as it can be told.</summary>
    public TimeSpan RetryAfter => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(MeanSeconds * Math.Max(1, _queue.Clients)), 1, 600));

    /// <summary>The seconds that jobs took lately.</summary>
    public double MeanSeconds => Volatile.Read(ref _meanSeconds);

    /// <summary>The engine is ready.</summary>
    public void Ready() => State = State == ServerState.Loading ? ServerState.Ready : State;

    /// <summary>The model cannot be loaded.</summary>
    public void Broken() => State = ServerState.Broken;

    /// <summary>The server stops: nothing new is accepted, and nobody waits for a job that will not be begun.</summary>
    public void Drain()
    {
        State = ServerState.Draining;
        lock (_transition)
        {
            foreach (LiveJob job in _live.Values.Where(job => job.Record is { Attended: true, State: JobState.Queued }))
            {
                if (_queue.Remove(job.Record.Id)) End(job, JobState.Cancelled, Stopped);
            }
        }
    }

    /// <summary>Whether one more job would be accepted.</summary>
    public QueueAdmission Admits(string client) => _queue.Admits(client);

    /// <summary>Accepts a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="inputs">Its input files by name.</param>
    /// <param name="idempotency">What makes the request the same as another; null for nothing.</param>
    /// <param name="admission">What hindered it, if anything did.</param>
    /// <returns>The job; null if the queue is full.</returns>
    /// <exception cref="Depth2ImgException">The files cannot be written.</exception>
    public LiveJob? Submit(JobRecord job, IReadOnlyDictionary<string, byte[]> inputs, IdempotencyKey? idempotency, out QueueAdmission admission)
    {
        // The place is kept before the files are written: who comes too late must not cost the disk anything.
        admission = _queue.Reserve(job.Client);
        if (admission != QueueAdmission.Accepted) return null;
        // Known before its files are there: files that belong to no job are swept away.
        LiveJob live = Track(new LiveJob(job));
        try
        {
            foreach ((string name, byte[] data) in inputs) _files.Write(job.Id, name, data);
            _store.Add(job, idempotency);
        }
        catch
        {
            _queue.GiveUp(job.Client);
            _live.TryRemove(job.Id, out _);
            live.Dispose();
            TryRemoveFiles(job.Id);
            throw;
        }
        lock (_transition)
        {
            _queue.EnqueueReserved(job.Client, job.Id);
            // The server's end may have begun meanwhile: it told those that waited then.
            if (State == ServerState.Draining && job.Attended && _queue.Remove(job.Id)) End(live, JobState.Cancelled, Stopped);
        }
        _metrics.Accepted();
        TellPositions();
        return live;
    }

    /// <summary>
    /// Holds a client's key while its request is looked for and accepted: of two that come at the same moment the second must find
    /// the first's job.
    /// </summary>
    public Task<IDisposable> HoldAsync(string owner, string key, CancellationToken cancellationToken) => _repeats.HoldAsync($"{owner}\n{key}", cancellationToken);

    /// <summary>A job that this process knows; null if it is finished for long, or unknown.</summary>
    public LiveJob? FindLive(string id) => _live.GetValueOrDefault(id);

    /// <summary>A job; null if there is none of that name.</summary>
    public JobRecord? Find(string id) => _live.TryGetValue(id, out LiveJob? live) ? live.Record : _unsaved.TryGetValue(id, out JobRecord? unsaved) ? unsaved : _store.Find(id);

    /// <inheritdoc cref="JobStore.FindIdempotent"/>
    public (string Body, string Job)? FindIdempotent(string client, string key, DateTimeOffset since) => _store.FindIdempotent(client, key, since);

    /// <inheritdoc cref="JobStore.Finished"/>
    public IReadOnlyList<JobRecord> Finished(string? owner, int limit, DateTimeOffset? before = null) => _store.Finished(owner, limit, before);

    /// <summary>The place of a waiting job, from 1; null if it does not wait.</summary>
    public int? PositionOf(string id)
    {
        IReadOnlyList<string> order = _queue.InOrder();
        for (int n = 0; n < order.Count; n++)
        {
            if (order[n] == id) return n + 1;
        }
        return null;
    }

    /// <summary>Takes a job back. One that runs ends within a step.</summary>
    public void Cancel(LiveJob job)
    {
        bool waited;
        lock (_transition)
        {
            if (job.Record.IsFinished) return;
            waited = _queue.Remove(job.Record.Id);
            job.Cancel();
            if (waited) End(job, JobState.Cancelled, null);
        }
        if (waited) TellPositions();
    }

    /// <summary>Has a job end with the picture that is being made. One that has not begun has none, and is taken back.</summary>
    public void EndAfterPicture(LiveJob job)
    {
        lock (_transition)
        {
            if (job.Record.State == JobState.Running)
            {
                job.EndAfterPicture();
                return;
            }
        }
        Cancel(job);
    }

    /// <summary>Removes a finished job and its files.</summary>
    public void Forget(string id)
    {
        _store.Remove(id);
        _unsaved.TryRemove(id, out _);
        if (_live.TryRemove(id, out LiveJob? live)) live.Dispose();
        TryRemoveFiles(id);
    }

    /// <summary>Waits for the first job in turn that is wanted.</summary>
    /// <param name="wanted">Whether a job is wanted now; is asked again when <see cref="LookAgain"/> is called.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<LiveJob> TakeAsync(Func<LiveJob, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            string id = await _queue.DequeueAsync(name => !_live.TryGetValue(name, out LiveJob? waiting) || wanted(waiting), cancellationToken).ConfigureAwait(false);
            TellPositions();
            if (_live.TryGetValue(id, out LiveJob? job)) return job;
        }
    }

    /// <summary>Whoever takes jobs may want others now.</summary>
    public void LookAgain() => _queue.LookAgain();

    /// <summary>Begins a job.</summary>
    /// <returns>False if it was taken back at the last moment.</returns>
    public bool Begin(LiveJob job)
    {
        lock (_transition)
        {
            if (job.Record.IsFinished) return false;
            if (job.Cancelled.IsCancellationRequested)
            {
                End(job, JobState.Cancelled, null);
                return false;
            }
            Save(job, job.Record with { State = JobState.Running, Started = _time.GetUtcNow(), Attempts = job.Record.Attempts + 1 });
        }
        LogBegun(_logger, job.Record.Id);
        job.Events.Add(JobEventTypes.Started, "{}");
        return true;
    }

    /// <summary>Keeps what a job came to.</summary>
    public void Finish(LiveJob job, JobOutput output)
    {
        try
        {
            foreach ((string name, byte[] data) in output.Files) _files.Write(job.Record.Id, name, data);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            LogNotStored(_logger, job.Record.Id, e.Message);
            TryRemoveResults(job.Record.Id, output.Files.Keys);
            FinishFailed(job, "The result could not be stored: the server's disk is full or cannot be written.");
            return;
        }
        // The first tells more than the guess before it.
        Volatile.Write(ref _meanSeconds, _measured ? _meanSeconds + 0.2 * (output.Result.Seconds - _meanSeconds) : output.Result.Seconds);
        _measured = true;
        lock (_transition) End(job, JobState.Done, null, ServerJson.Write(output.Result));
    }

    /// <summary>A job came to nothing.</summary>
    public void FinishFailed(LiveJob job, string reason)
    {
        lock (_transition) End(job, JobState.Failed, reason);
    }

    /// <summary>A job was taken back while it ran.</summary>
    public void FinishCancelled(LiveJob job)
    {
        lock (_transition) End(job, JobState.Cancelled, null);
    }

    /// <summary>The server stops before a job is done: it is done when the server runs again, and this attempt does not count.</summary>
    public void PutBack(LiveJob job)
    {
        lock (_transition)
        {
            if (job.Record.Attended) End(job, JobState.Cancelled, Stopped);
            else if (job.Record.State == JobState.Running) Save(job, job.Record with { State = JobState.Queued, Attempts = job.Record.Attempts - 1 });
        }
    }

    public void Dispose()
    {
        foreach (LiveJob job in _live.Values) job.Dispose();
        _queue.Dispose();
    }

    private LiveJob Track(LiveJob job)
    {
        _live[job.Record.Id] = job;
        return job;
    }

    private void End(LiveJob job, JobState state, string? error, string? result = null)
    {
        if (job.Record.IsFinished) return;
        Save(job, job.Record with { State = state, Finished = _time.GetUtcNow(), Error = error, Result = result });
        job.Events.Add(state switch { JobState.Done => JobEventTypes.Done, JobState.Failed => JobEventTypes.Failed, _ => JobEventTypes.Cancelled },
            ServerJson.Write(new { id = job.Record.Id, reason = error }));
        job.LastPreview = null;
        LogEnded(_logger, job.Record.Id, state, job.Record is { Started: { } begun, Finished: { } ended } ? (ended - begun).TotalSeconds : 0, error);
        _metrics.Finished(state.ToString().ToLowerInvariant(), job.Record is { Started: { } started, Finished: { } finished } ? (finished - started).TotalSeconds : null);
        job.Completion.TrySetResult();
        _finished.Enqueue(job.Record.Id);
        while (_finished.Count > FinishedKept && _finished.TryDequeue(out string? oldest))
        {
            if (_live.TryRemove(oldest, out LiveJob? old)) old.Dispose();
        }
    }

    /// <summary>Writes down what could not be written when it happened.</summary>
    public void SaveUnsaved()
    {
        foreach (JobRecord record in _unsaved.Values)
        {
            lock (_transition)
            {
                // It may have been begun anew, or removed, meanwhile.
                if (!_unsaved.TryGetValue(record.Id, out JobRecord? latest) || !TrySave(latest)) return;
                _unsaved.TryRemove(record.Id, out _);
                LogSavedLate(_logger, record.Id, latest.State);
            }
        }
    }

    /// <summary>Writes a state down. Where the disk is full the process still knows it and writes it later; if it is killed before, the job is done again.</summary>
    private void Save(LiveJob job, JobRecord record)
    {
        job.Record = record;
        if (TrySave(record)) _unsaved.TryRemove(record.Id, out _);
        else _unsaved[record.Id] = record;
    }

    private bool TrySave(JobRecord record)
    {
        try
        {
            _store.Update(record);
            return true;
        }
        catch (SqliteException e)
        {
            if (!_unsaved.ContainsKey(record.Id)) LogNotSaved(_logger, record.Id, record.State, e);
            return false;
        }
    }

    private void TellPositions()
    {
        IReadOnlyList<string> order = _queue.InOrder();
        for (int n = 0; n < order.Count; n++)
        {
            if (!_live.TryGetValue(order[n], out LiveJob? job) || job.Position == n + 1) continue;
            job.Position = n + 1;
            job.Events.Add(JobEventTypes.Queued, ServerJson.Write(new { position = n + 1 }));
        }
    }

    private void TryRemoveResults(string id, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            try
            {
                File.Delete(_files.PathOf(id, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(_logger, id, e);
            }
        }
    }

    private void TryRemoveFiles(string id)
    {
        try
        {
            _files.Remove(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(_logger, id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The state {State} of job {Job} could not be written to the data base")]
    private static partial void LogNotSaved(ILogger logger, string job, JobState state, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state {State} of job {Job} is written to the data base now")]
    private static partial void LogSavedLate(ILogger logger, string job, JobState state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The result of job {Job} could not be stored: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string job, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} was begun")]
    private static partial void LogBegun(ILogger logger, string job);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} is {State} after {Seconds:0.000} s: {Reason}")]
    private static partial void LogEnded(ILogger logger, string job, JobState state, double seconds, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files of job {Job} could not be removed")]
    private static partial void LogNotRemoved(ILogger logger, string job, Exception exception);
}

/// <summary>What the server is at.</summary>
internal enum ServerState
{
    /// <summary>The default model is being loaded.</summary>
    Loading,
    /// <summary>Jobs are done.</summary>
    Ready,
    /// <summary>The server stops.</summary>
    Draining,
    /// <summary>The default model cannot be loaded.</summary>
    Broken,
}
