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

    /// <summary>How many finished jobs keep their events for listeners that come late.</summary>
    private const int FinishedKept = 256;

    private readonly JobStore _store;
    private readonly JobFiles _files;
    private readonly FairQueue _queue;
    private readonly TimeProvider _time;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<JobService> _logger;
    private readonly ConcurrentDictionary<string, LiveJob> _live = new();
    private readonly ConcurrentQueue<string> _finished = new();
    private readonly Lock _transition = new();
    private double _meanSeconds = 10;

    /// <summary>Takes up what an earlier process left: waiting jobs wait on, running ones wait again, attended ones are over.</summary>
    public JobService(JobStore store, JobFiles files, ServerOptions options, TimeProvider time, ServerMetrics metrics, ILogger<JobService> logger)
    {
        _metrics = metrics;
        _store = store;
        _files = files;
        _time = time;
        _logger = logger;
        _queue = new FairQueue(options.Limits.Waiting, options.Limits.WaitingPerClient);
        foreach (JobRecord left in store.Unfinished())
        {
            LiveJob job = Track(new LiveJob(left));
            if (left.Attended) End(job, JobState.Cancelled, "The connection ended before the job did.");
            else if (left.Attempts >= MostAttempts) End(job, JobState.Failed, $"The server stopped {left.Attempts} times while it was doing this job, and did not begin it again.");
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

    /// <summary>Why no job is done; null if they are.</summary>
    public string? Fault { get; private set; }

    /// <summary>How many jobs wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>How long a client should wait before it tries again: the waiting jobs' time, as far as it can be told.</summary>
    public TimeSpan RetryAfter => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(_meanSeconds * Math.Max(1, _queue.Count)), 1, 600));

    /// <summary>The seconds that jobs took lately.</summary>
    public double MeanSeconds => _meanSeconds;

    /// <summary>The engine is ready.</summary>
    public void Ready() => State = State == ServerState.Loading ? ServerState.Ready : State;

    /// <summary>The model cannot be loaded.</summary>
    public void Broken(string reason)
    {
        Fault = reason;
        State = ServerState.Broken;
    }

    /// <summary>The server stops: nothing new is accepted.</summary>
    public void Drain() => State = ServerState.Draining;

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
        admission = _queue.Admits(job.Client);
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
            _live.TryRemove(job.Id, out _);
            live.Dispose();
            TryRemoveFiles(job.Id);
            throw;
        }
        admission = _queue.Enqueue(job.Client, job.Id);
        if (admission != QueueAdmission.Accepted)
        {
            // Others were faster.
            Forget(job.Id);
            return null;
        }
        _metrics.Accepted();
        TellPositions();
        return live;
    }

    /// <summary>A job that this process knows; null if it is finished for long, or unknown.</summary>
    public LiveJob? FindLive(string id) => _live.GetValueOrDefault(id);

    /// <summary>A job; null if there is none of that name.</summary>
    public JobRecord? Find(string id) => _live.TryGetValue(id, out LiveJob? live) ? live.Record : _store.Find(id);

    /// <inheritdoc cref="JobStore.FindIdempotent"/>
    public (string Body, string Job)? FindIdempotent(string owner, string key, DateTimeOffset since) => _store.FindIdempotent(owner, key, since);

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

    /// <summary>Removes a finished job and its files.</summary>
    public void Forget(string id)
    {
        _store.Remove(id);
        if (_live.TryRemove(id, out LiveJob? live)) live.Dispose();
        TryRemoveFiles(id);
    }

    /// <summary>Waits for the job whose turn it is.</summary>
    public async Task<LiveJob> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            string id = await _queue.DequeueAsync(cancellationToken).ConfigureAwait(false);
            TellPositions();
            if (_live.TryGetValue(id, out LiveJob? job)) return job;
        }
    }

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
        catch (Depth2ImgException)
        {
            TryRemoveResults(job.Record.Id, output.Files.Keys);
            FinishFailed(job, "The result could not be stored: the server's disk is full or cannot be written.");
            return;
        }
        _meanSeconds += 0.2 * (output.Result.Seconds - _meanSeconds);
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
            if (job.Record.Attended) End(job, JobState.Cancelled, "The server was stopped.");
            else Save(job, job.Record with { State = JobState.Queued, Attempts = job.Record.Attempts - 1 });
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
        Save(job, job.Record with { State = state, Finished = _time.GetUtcNow(), Error = error, Result = result });
        job.Events.Add(state switch { JobState.Done => JobEventTypes.Done, JobState.Failed => JobEventTypes.Failed, _ => JobEventTypes.Cancelled },
            ServerJson.Write(new { id = job.Record.Id, reason = error }));
        job.LastPreview = null;
        _metrics.Finished(state.ToString().ToLowerInvariant(), job.Record is { Started: { } started, Finished: { } finished } ? (finished - started).TotalSeconds : null);
        job.Completion.TrySetResult();
        _finished.Enqueue(job.Record.Id);
        while (_finished.Count > FinishedKept && _finished.TryDequeue(out string? oldest))
        {
            if (_live.TryRemove(oldest, out LiveJob? old)) old.Dispose();
        }
    }

    /// <summary>Writes a state down. Where the disk is full the process still knows it, and a restart does the job again.</summary>
    private void Save(LiveJob job, JobRecord record)
    {
        job.Record = record;
        try
        {
            _store.Update(record);
        }
        catch (SqliteException e)
        {
            LogNotSaved(_logger, record.Id, record.State, e);
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
