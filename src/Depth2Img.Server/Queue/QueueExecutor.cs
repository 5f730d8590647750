using System.Collections.Concurrent;
using System.Text;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Observability;
using Depth2Img.Server.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>
/// Has jobs done by workers on other machines. A job is handed over once: a mark in its folder says that the broker has
/// it, so that a server that starts again waits for the result and does not ask twice. A result is taken from the broker
/// when it is stored, so that it comes again if the server stops in between; one for a job that is over is dropped.
/// </summary>
internal sealed partial class QueueExecutor : BackgroundService, IJobExecutor
{
    /// <summary>The file in the data folder that names this server to its workers, whenever it runs.</summary>
    private const string NameFile = "server.name";

    /// <summary>Jobs of a model that are handed over for each of its workers: one to do and the next, so that none waits for it.</summary>
    private const int PerWorker = 2;

    /// <summary>Messages of results that are in work at a time.</summary>
    private const ushort Prefetch = 32;

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(5);

    private readonly JobService _jobs;
    private readonly ExchangedFiles _exchanged;
    private readonly StepTimes _times;
    private readonly ServerOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<QueueExecutor> _logger;
    private readonly string _server;
    private readonly IReadOnlyList<string> _models;
    private readonly QueueLink _link;
    private readonly QueuePublisher _publisher = new();
    private readonly WorkerRegistry _workers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PendingJob> _pending = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RemoteOutcome> _early = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RemoteOutcome> _unsettled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _marked = new(StringComparer.Ordinal);
    private long _ready, _dead, _handedOver;

    public QueueExecutor(JobService jobs, JobStore store, JobFiles files, ModelPool models, StepTimes times, ServerOptions options, TimeProvider time, ServerMetrics metrics, ILogger<QueueExecutor> logger)
    {
        _jobs = jobs;
        _times = times;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _models = models.Names;
        _workers = new WorkerRegistry(time);
        _exchanged = new ExchangedFiles(files, options.SharedFolder is { } folder ? new JobFiles(Path.GetFullPath(folder)) : null, logger);
        _server = NameOf(options.DataFolder);
        _link = new QueueLink(options.Queue!, $"depth2img serve {_server}", logger);
        foreach (JobRecord job in store.Unfinished())
        {
            if (_exchanged.IsMarked(job.Id)) _marked[job.Id] = true;
        }
        metrics.Watch("depth2img.queue.connected", "1 if the broker can be reached", () => IsConnected ? 1 : 0);
        metrics.Watch("depth2img.queue.workers", "Workers that are there", () => Workers);
        metrics.Watch("depth2img.queue.jobs", "Jobs that are with the broker or its workers, of this server", () => Volatile.Read(ref _handedOver));
        metrics.Watch("depth2img.queue.ready", "Jobs that wait in the broker's queues, of all servers", () => Volatile.Read(ref _ready));
        metrics.Watch("depth2img.queue.dead", "Dead letters that the broker keeps", () => Volatile.Read(ref _dead));
    }

    /// <summary>Whether the broker can be reached.</summary>
    public bool IsConnected => _link.Fault is null;

    /// <summary>How many workers are there.</summary>
    public int Workers => _workers.Count;

    /// <inheritdoc/>
    public bool WorksHere => false;

    /// <inheritdoc/>
    /// <remarks>
    /// What is with the broker already is taken up at once. Beyond that each model's workers have a little in stock and no
    /// more: the turns between clients are taken here, and the broker's queues have none.
    /// </remarks>
    public bool Wants(LiveJob job)
    {
        if (_marked.ContainsKey(job.Record.Id)) return true;
        string model = JobMessage.ModelOf(job.Record.Parameters);
        lock (_lock)
        {
            return _early.ContainsKey(job.Record.Id)
                || (IsConnected && _pending.Values.Count(pending => pending.Model == model) < PerWorker * Math.Max(1, _workers.CountOf(model)));
        }
    }

    /// <inheritdoc/>
    public async Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        PendingJob pending = new(job, JobMessage.ModelOf(job.Parameters), progress);
        bool arrived, isHandedOver;
        lock (_lock)
        {
            _pending[job.Id] = pending;
            _handedOver = _pending.Count;
            arrived = _early.Remove(job.Id, out RemoteOutcome? outcome);
            if (arrived) pending.Completion.TrySetResult(outcome!);
            isHandedOver = arrived || _marked.ContainsKey(job.Id);
        }
        try
        {
            if (!isHandedOver) await HandOverAsync(pending, cancellationToken).ConfigureAwait(false);
            RemoteOutcome outcome = await pending.Completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            _unsettled[job.Id] = outcome;
            Begin(pending, again: false);
            if (outcome.Message?.SecondsPerStep is { } seconds) _times.Add(pending.Model, seconds);
            return outcome.Message is { } message
                ? new JobOutput(message.Result, message.Files.ToDictionary(name => name, name => _exchanged.Take(job.Id, message, name)))
                : throw new Depth2ImgException(outcome.Reason);
        }
        finally
        {
            lock (_lock)
            {
                _pending.Remove(job.Id);
                _handedOver = _pending.Count;
                // It came at the moment at which nobody waited for it any more.
                if (pending.Completion.Task is { IsCompletedSuccessfully: true, Result: var late } && !_unsettled.ContainsKey(job.Id)) _unsettled[job.Id] = late;
            }
            _jobs.LookAgain();
        }
    }

    /// <inheritdoc/>
    public async Task SettledAsync(JobRecord job)
    {
        _marked.TryRemove(job.Id, out _);
        if (_unsettled.TryRemove(job.Id, out RemoteOutcome? outcome))
        {
            _exchanged.RemoveStaged(job.Id, outcome.Message);
            await outcome.AcknowledgeAsync().ConfigureAwait(false);
        }
        // A worker that does not hear of it now is told when it reports a step.
        if (job.State == JobState.Cancelled) await TellWorkersAsync(MessageTypes.Cancel, job.Id, CancellationToken.None).ConfigureAwait(false);
        _exchanged.RemoveMark(job.Id);
        _exchanged.RemoveShared(job.Id);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        _publisher.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _link.RunAsync(UseAsync, refuseBadLogin: false, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task UseAsync(IConnection connection, Action opened, CancellationToken lost)
    {
        bool known = await ExistsAsync(connection, QueueTopology.ResultsQueue(_server), lost).ConfigureAwait(false);
        IChannel results = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        IChannel events = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        await QueueTopology.DeclareAsync(results, _models, _options.QueueType, lost).ConfigureAwait(false);
        await QueueTopology.DeclareResultsAsync(results, _server, _options.QueueType, lost).ConfigureAwait(false);
        string passing = await QueueTopology.DeclarePassingAsync(events, lost).ConfigureAwait(false);
        await events.QueueBindAsync(passing, QueueTopology.EventsExchange, _server, cancellationToken: lost).ConfigureAwait(false);
        await events.QueueBindAsync(passing, QueueTopology.WorkersExchange, "", cancellationToken: lost).ConfigureAwait(false);
        AsyncEventingBasicConsumer heard = new(events);
        heard.ReceivedAsync += (_, message) => GuardAsync(() => HearAsync(message, lost));
        await events.BasicConsumeAsync(passing, autoAck: true, heard, lost).ConfigureAwait(false);
        await _publisher.OpenAsync(connection, lost).ConfigureAwait(false);
        await results.BasicQosAsync(0, Prefetch, global: false, lost).ConfigureAwait(false);
        AsyncEventingBasicConsumer taken = new(results);
        taken.ReceivedAsync += (_, message) => GuardAsync(() => TakeAsync(results, message, lost));
        await results.BasicConsumeAsync(QueueTopology.ResultsQueue(_server), autoAck: false, taken, lost).ConfigureAwait(false);
        opened();
        if (!known) HandOverAgain();
        _jobs.LookAgain();
        // A channel that is closed alone ends the session: all begins anew.
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(lost);
        results.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        events.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        if (results.IsOpen && events.IsOpen) await CountAsync(events, broken.Token).ConfigureAwait(false);
    }

    /// <summary>Watches the broker's queues until the connection is lost.</summary>
    private async Task CountAsync(IChannel channel, CancellationToken lost)
    {
        while (true)
        {
            long ready = 0;
            foreach (string model in _models) ready += await channel.MessageCountAsync(QueueTopology.JobsQueue(model), lost).ConfigureAwait(false);
            Volatile.Write(ref _ready, ready);
            Volatile.Write(ref _dead, await channel.MessageCountAsync(QueueTopology.DeadQueue, lost).ConfigureAwait(false));
            await Task.Delay(CountEvery, lost).ConfigureAwait(false);
        }
    }

    /// <summary>A broker that does not know this server's queue has lost its jobs too, or is another one.</summary>
    private void HandOverAgain()
    {
        PendingJob[] lostJobs;
        lock (_lock)
        {
            lostJobs = [.. _pending.Values.Where(pending => _marked.ContainsKey(pending.Job.Id) && !pending.Completion.Task.IsCompleted)];
            _marked.Clear();
        }
        // Over as many connections as it takes, and so not within this one's setup.
        foreach (PendingJob pending in lostJobs)
        {
            _ = GuardAsync(async () =>
            {
                try
                {
                    await HandOverAsync(pending, _stopping.Token).ConfigureAwait(false);
                }
                catch (Depth2ImgException e)
                {
                    pending.Completion.TrySetException(e);
                }
            });
        }
    }

    private static async Task<bool> ExistsAsync(IConnection connection, string queue, CancellationToken lost)
    {
        // A queue that is not there closes the channel.
        IChannel asking = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        await using (asking.ConfigureAwait(false))
        {
            try
            {
                await asking.QueueDeclarePassiveAsync(queue, lost).ConfigureAwait(false);
                return true;
            }
            catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                return false;
            }
        }
    }

    private async Task HandOverAsync(PendingJob pending, CancellationToken cancellationToken)
    {
        JobRecord job = pending.Job;
        JobMessage message = new() { Id = job.Id, Kind = job.Kind, Parameters = job.Parameters, Inputs = _exchanged.Send(job.Id), Shared = _exchanged.AreShared };
        while (true)
        {
            try
            {
                await _publisher.PublishAsync(QueueTopology.JobsExchange, pending.Model, message.PropertiesFrom(_server), message.Encode(), cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (PublishException e) when (e.IsReturn)
            {
                // Somebody removed the model's queue: it is declared with the next connection.
                LogUnroutable(_logger, pending.Model);
                await _publisher.RenewAsync().ConfigureAwait(false);
            }
        }
        _marked[job.Id] = true;
        _exchanged.Mark(job.Id);
    }

    /// <summary>A worker's news: whatever is wrong with one must not end the consumer.</summary>
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or AlreadyClosedException or OperationInterruptedException or ObjectDisposedException)
        {
            // The connection is lost: what was not acknowledged comes again.
        }
#pragma warning disable CA1031 // It is another program's message.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogStrange(_logger, e);
        }
    }

    private async Task HearAsync(BasicDeliverEventArgs message, CancellationToken lost)
    {
        IReadOnlyBasicProperties properties = message.BasicProperties;
        if (properties.Type == MessageTypes.Worker)
        {
            if (_workers.Seen(ServerJson.Read<WorkerSign>(Encoding.UTF8.GetString(message.Body.Span)))) _jobs.LookAgain();
            return;
        }
        string? id = properties.MessageId;
        if (!JobMessage.IsId(id)) return;
        PendingJob? pending;
        lock (_lock) pending = _pending.GetValueOrDefault(id!);
        if (pending is null)
        {
            if (_jobs.Find(id!) is null or { IsFinished: true }) await TellWorkersAsync(MessageTypes.Cancel, id!, lost).ConfigureAwait(false);
            return;
        }
        string? attempt = QueueTopology.Text(properties, ResultMessage.AttemptHeader);
        bool begins = properties.Type == MessageTypes.Started;
        if (begins && QueueTopology.Number(properties, JobMessage.TriesHeader) > 0) _metrics.Redelivered();
        if (begins || pending.Attempt is null) pending.Attempt = attempt;
        // Of two workers that do the same job, the later one is listened to.
        if (pending.Attempt != attempt) return;
        if (!Begin(pending, begins)) return;
        if (properties.Type == MessageTypes.Step) pending.Progress.Report(ServerJson.Read<JobProgress>(Encoding.UTF8.GetString(message.Body.Span)));
        else if (properties.Type == MessageTypes.Preview) pending.Progress.Preview((int)QueueTopology.Number(properties, ResultMessage.PictureHeader), message.Body.ToArray());
        // Said at every step, so that it need not be kept for a worker that comes later.
        if (pending.Progress.EndsAfterPicture) await TellWorkersAsync(MessageTypes.EndAfterPicture, id!, lost).ConfigureAwait(false);
    }

    /// <summary>Says that a job is begun, where that was not said yet or it is begun again.</summary>
    /// <param name="pending">The job.</param>
    /// <param name="again">Whether a worker has just begun it.</param>
    /// <returns>False if it was taken back.</returns>
    private bool Begin(PendingJob pending, bool again)
    {
        if (!again && pending.IsBegun) return true;
        pending.IsBegun = true;
        return _jobs.FindLive(pending.Job.Id) is { } live && _jobs.Begin(live);
    }

    private async Task TakeAsync(IChannel channel, BasicDeliverEventArgs message, CancellationToken lost)
    {
        IReadOnlyBasicProperties properties = message.BasicProperties;
        string? id = properties.MessageId;
        RemoteOutcome outcome = new(channel, message.DeliveryTag);
        if (!JobMessage.IsId(id) || _jobs.Find(id!) is null or { IsFinished: true })
        {
            if (JobMessage.IsId(id) && properties.Type == MessageTypes.Done) _exchanged.RemoveShared(id!);
            await outcome.AcknowledgeAsync().ConfigureAwait(false);
            return;
        }
        switch (properties.Type)
        {
            case MessageTypes.File:
                _exchanged.Stage(id!, properties, message.Body);
                await outcome.AcknowledgeAsync().ConfigureAwait(false);
                return;
            case MessageTypes.Done:
                outcome = outcome with { Message = ServerJson.Read<ResultMessage>(Encoding.UTF8.GetString(message.Body.Span)) };
                break;
            case MessageTypes.Failed:
                outcome = outcome with { Reason = Encoding.UTF8.GetString(message.Body.Span) };
                break;
            case MessageTypes.Job: // a dead letter
                outcome = outcome with
                {
                    Reason = QueueTopology.Text(properties, JobMessage.ReasonHeader)
                        ?? $"Workers stopped {QueueTopology.MostTries} times while they were doing this job, and it was not begun again.",
                };
                break;
            default:
                await outcome.AcknowledgeAsync().ConfigureAwait(false);
                return;
        }
        bool dropped = false;
        lock (_lock)
        {
            if (_pending.TryGetValue(id!, out PendingJob? pending)) dropped = !pending.Completion.TrySetResult(outcome);
            else dropped = !_early.TryAdd(id!, outcome);
        }
        if (dropped) await outcome.AcknowledgeAsync().ConfigureAwait(false);
        _jobs.LookAgain();
    }

    private Task TellWorkersAsync(string what, string id, CancellationToken cancellationToken) =>
        _publisher.TryPublishAsync(QueueTopology.ControlExchange, "", new BasicProperties { MessageId = id, Type = what }, ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>A random name, kept with the data: whoever has the data takes up its results.</summary>
    private static string NameOf(string dataFolder)
    {
        string path = Path.Combine(dataFolder, NameFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { } known && JobMessage.IsFileName(known)) return known;
        string name = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        IO.AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(name)), overwrite: true);
        return name;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No queue takes jobs of the model {Model}; it is declared again")]
    private static partial void LogUnroutable(ILogger logger, string model);

    [LoggerMessage(Level = LogLevel.Error, Message = "A message from a worker could not be read")]
    private static partial void LogStrange(ILogger logger, Exception exception);
}
