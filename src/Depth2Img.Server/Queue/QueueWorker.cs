using System.Text;
using System.Threading.Channels;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>
/// Does jobs that servers put into the broker's queues, one at a time. A job is acknowledged when its result, or the
/// reason why there is none, is with the broker; until then the broker gives it to another worker if this one is gone.
/// A connection that is lost does not end the job in hand: its result is sent over the next one.
/// </summary>
internal sealed partial class QueueWorker : IDisposable
{
    private const int Remembered = 10_000;

    /// <summary>How long a worker that stops tries to give its job back; after that the broker notices by itself.</summary>
    private static readonly TimeSpan GiveBackWithin = TimeSpan.FromSeconds(5);

    private readonly QueueType _type;
    private readonly IReadOnlyList<string> _models;
    private readonly IJobExecutor _executor;
    private readonly WorkerInputs _inputs;
    private readonly StepTimes _times;
    private readonly ILogger _logger;
    private readonly QueueLink _link;
    private readonly QueuePublisher _publisher = new();
    private readonly WorkerReports _reports;
    private readonly RecentIds _done = new(Remembered), _cancelled = new(Remembered);
    private readonly Channel<Delivery> _work = Channel.CreateUnbounded<Delivery>();
    private readonly SemaphoreSlim _idle = new(1);
    private readonly Lock _lock = new();
    private readonly string _name = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
    private readonly Action _opened;
    private (WorkerAttempt Attempt, CancellationTokenSource Ending)? _running;

    /// <summary>Makes a worker that does not work yet.</summary>
    /// <param name="address">The broker.</param>
    /// <param name="type">The queues' type.</param>
    /// <param name="models">The models whose jobs it takes.</param>
    /// <param name="executor">Does them.</param>
    /// <param name="inputs">Where the executor reads its inputs.</param>
    /// <param name="times">What steps take here.</param>
    /// <param name="opened">Is called whenever the broker has been reached and jobs may come.</param>
    /// <param name="logger">Is told what those who run it should know.</param>
    public QueueWorker(QueueAddress address, QueueType type, IReadOnlyList<string> models, IJobExecutor executor, WorkerInputs inputs, StepTimes times, Action opened, ILogger logger)
    {
        _type = type;
        _models = models;
        _executor = executor;
        _inputs = inputs;
        _times = times;
        _opened = opened;
        _logger = logger;
        _link = new QueueLink(address, $"depth2img worker {_name}", logger);
        _reports = new WorkerReports(_publisher);
    }

    /// <summary>Works until the token ends. The job in hand is given back then, at once.</summary>
    /// <exception cref="Depth2ImgException">The broker refuses the login.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = new();
        Task link = _link.RunAsync((connection, opened, lost) => UseAsync(connection, opened, stop, lost), refuseBadLogin: true, ending.Token);
        Task reports = _reports.SendAsync(ending.Token), signs = SignAsync(stop);
        Task work = WorkAsync(stop);
        await Task.WhenAny(link, work).ConfigureAwait(false);
        if (work.IsCompleted) await SayGoodbyeAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await link.ConfigureAwait(false);
        await Task.WhenAll(reports, signs, work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _idle.Dispose();
    }

    private async Task UseAsync(IConnection connection, Action opened, CancellationToken stop, CancellationToken lost)
    {
        IChannel channel = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        IChannel control = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        await QueueTopology.DeclareAsync(channel, _models, _type, lost).ConfigureAwait(false);
        string orders = await QueueTopology.DeclarePassingAsync(control, lost).ConfigureAwait(false);
        await control.QueueBindAsync(orders, QueueTopology.ControlExchange, "", cancellationToken: lost).ConfigureAwait(false);
        AsyncEventingBasicConsumer heard = new(control);
        heard.ReceivedAsync += (_, message) =>
        {
            Obey(message.BasicProperties);
            return Task.CompletedTask;
        };
        await control.BasicConsumeAsync(orders, autoAck: true, heard, lost).ConfigureAwait(false);
        await _publisher.OpenAsync(connection, lost).ConfigureAwait(false);
        // A channel that is closed alone (a job that took longer than the broker allows) ends the session: all begins anew.
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(lost);
        channel.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        control.ChannelShutdownAsync += (_, _) => broken.CancelAsync();
        if (!channel.IsOpen || !control.IsOpen) return;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop, broken.Token);
        Sign();
        opened();
        _opened();
        try
        {
            // No job is taken before the last connection's is done with.
            await _idle.WaitAsync(ending.Token).ConfigureAwait(false);
            _idle.Release();
            DeliverySource source = await DeliverySource.OpenAsync(channel, _models, ending.Token).ConfigureAwait(false);
            while (true)
            {
                Delivery delivery = await source.NextAsync(ending.Token).ConfigureAwait(false);
                _work.Writer.TryWrite(delivery);
                await delivery.Handled.Task.WaitAsync(ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!broken.IsCancellationRequested)
        {
            // The worker stops: the connection is needed until the job in hand is given back.
            await Task.Delay(Timeout.Infinite, broken.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        try
        {
            await foreach (Delivery delivery in _work.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                await _idle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                try
                {
                    await HandleAsync(delivery, stop).ConfigureAwait(false);
                }
                finally
                {
                    _idle.Release();
                    delivery.Handled.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task HandleAsync(Delivery delivery, CancellationToken stop)
    {
        long tries = delivery.Tries(_type);
        JobMessage message;
        try
        {
            message = JobMessage.Decode(delivery.Body);
        }
        catch (InvalidDataException e)
        {
            LogStrange(_logger, e.Message);
            await FailTryAsync(delivery, tries, e.Message, stop).ConfigureAwait(false);
            return;
        }
        // Its result is with the broker; only the word that it is done with was lost.
        if (_cancelled.Contains(message.Id) || (delivery.Redelivered && _done.Contains(message.Id)))
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);
            return;
        }
        if (tries >= QueueTopology.MostTries)
        {
            await BuryAsync(delivery, tries, QueueTopology.Text(delivery.Properties, JobMessage.ReasonHeader), stop).ConfigureAwait(false);
            return;
        }
        if (_type == QueueType.Classic && delivery.Redelivered)
        {
            // A classic queue does not count: the count is written down before the job is begun again, or it would be lost with this worker.
            await SendAgainAsync(delivery, tries, reason: null, stop).ConfigureAwait(false);
            return;
        }
        await DoAsync(delivery, message, tries, stop).ConfigureAwait(false);
    }

    private async Task DoAsync(Delivery delivery, JobMessage message, long tries, CancellationToken stop)
    {
        string attempt = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            WorkerAttempt reports = _reports.Begin(message.Id, QueueTopology.Text(delivery.Properties, JobMessage.ServerHeader) ?? "", attempt, tries);
            lock (_lock) _running = (reports, ending);
            _inputs.Take(message);
            // On a thread of the pool: the work is long, and the connection's own must answer the broker.
            JobOutput output = await Task.Run(() => _executor.RunAsync(message.ToRecord(), reports, ending.Token), CancellationToken.None).ConfigureAwait(false);
            await SendResultAsync(delivery, message, attempt, output, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false); // Nobody wants it any more.
        }
        catch (OperationCanceledException)
        {
            await GiveBackAsync(delivery).ConfigureAwait(false);
        }
        catch (Depth2ImgException e)
        {
            await SendFailureAsync(delivery, message, e.Message, stop).ConfigureAwait(false);
        }
        catch (PublishException e)
        {
            // The server's queue is not there: somebody removed it, and with it whoever waits for the result.
            LogNoServer(_logger, message.Id, e);
            await BuryAsync(delivery, tries, "The queue for the server's results was removed.", stop).ConfigureAwait(false);
        }
        catch (OutOfMemoryException)
        {
            await FailTryAsync(delivery, tries, "A worker had not enough memory for this job; a smaller size or count needs less.", stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever happens to one job must not end the worker.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFault(_logger, message.Id, tries + 1, e);
            await FailTryAsync(delivery, tries, "Workers failed to do this job, by a fault of their own; their logs have the reason.", stop).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _running = null;
        }
    }

    private async Task SendResultAsync(Delivery delivery, JobMessage message, string attempt, JobOutput output, CancellationToken stop)
    {
        string server = delivery.Properties.ReplyTo ?? "";
        foreach ((string name, byte[] data) in output.Files)
        {
            if (message.Shared)
            {
                Share(message.Id, ResultMessage.Staged(attempt, name), data);
                continue;
            }
            BasicProperties file = Reply(message, MessageTypes.File);
            file.Headers![ResultMessage.AttemptHeader] = attempt;
            file.Headers[ResultMessage.FileHeader] = name;
            await _publisher.PublishAsync("", server, file, data, stop).ConfigureAwait(false);
        }
        string told = ServerJson.Write(new ResultMessage(attempt, output.Result, [.. output.Files.Keys], message.Shared, _times.Of(JobMessage.ModelOf(message.Parameters))));
        await _publisher.PublishAsync("", server, Reply(message, MessageTypes.Done), Encoding.UTF8.GetBytes(told), stop).ConfigureAwait(false);
        _done.Add(message.Id);
        await delivery.AcknowledgeAsync().ConfigureAwait(false);
    }

    private void Share(string job, string name, byte[] data)
    {
        try
        {
            _inputs.Shared!.Write(job, name, data);
        }
        catch (Exception e) when (e is Depth2ImgException or IOException or UnauthorizedAccessException)
        {
            LogNotShared(_logger, job, e);
            throw new Depth2ImgException("The result could not be stored: the shared folder is full or cannot be written.", e);
        }
    }

    private async Task SendFailureAsync(Delivery delivery, JobMessage message, string reason, CancellationToken stop)
    {
        try
        {
            await _publisher.PublishAsync("", delivery.Properties.ReplyTo ?? "", Reply(message, MessageTypes.Failed), Encoding.UTF8.GetBytes(reason), stop).ConfigureAwait(false);
            _done.Add(message.Id);
        }
        catch (PublishException e)
        {
            LogNoServer(_logger, message.Id, e);
        }
        await delivery.AcknowledgeAsync().ConfigureAwait(false);
    }

    private static BasicProperties Reply(JobMessage message, string type) =>
        new() { MessageId = message.Id, Type = type, DeliveryMode = DeliveryModes.Persistent, Headers = new Dictionary<string, object?>() };

    /// <summary>A try came to nothing by no fault of the job's that is known: another worker may have more luck.</summary>
    private Task FailTryAsync(Delivery delivery, long tries, string reason, CancellationToken stop) =>
        tries + 1 >= QueueTopology.MostTries ? BuryAsync(delivery, tries + 1, reason, stop) : SendAgainAsync(delivery, tries + 1, reason, stop);

    /// <summary>Puts a job back with another count.</summary>
    private async Task SendAgainAsync(Delivery delivery, long tries, string? reason, CancellationToken cancellationToken)
    {
        await _publisher.PublishAsync(QueueTopology.JobsExchange, delivery.Key, delivery.With(tries, reason), delivery.Body, cancellationToken).ConfigureAwait(false);
        await delivery.AcknowledgeAsync().ConfigureAwait(false);
    }

    /// <summary>Gives a job up: it goes to the dead letters, and its server hears of it.</summary>
    private async Task BuryAsync(Delivery delivery, long tries, string? reason, CancellationToken stop)
    {
        reason = reason is null ? $"Workers stopped {tries} times while they were doing this job, and it was not begun again." : $"{reason} ({tries} tries)";
        LogBuried(_logger, delivery.Properties.MessageId ?? "without a name", reason);
        await _publisher.PublishAsync(QueueTopology.DeadExchange, "", delivery.With(tries, reason), delivery.Body, stop).ConfigureAwait(false);
        await delivery.AcknowledgeAsync().ConfigureAwait(false);
    }

    /// <summary>The worker stops: the job goes back with the count that it came with, since it did nothing wrong.</summary>
    private async Task GiveBackAsync(Delivery delivery)
    {
        using CancellationTokenSource soon = new(GiveBackWithin);
        try
        {
            // Or the broker sent it here again, and counted a try when the connection ends.
            await delivery.BeTheLastAsync(soon.Token).ConfigureAwait(false);
            await SendAgainAsync(delivery, delivery.Tries(_type), QueueTopology.Text(delivery.Properties, JobMessage.ReasonHeader), soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or AlreadyClosedException or OperationInterruptedException or ObjectDisposedException or PublishException)
        {
            // The broker cannot be reached: it gives the job to another worker, and counts this try.
        }
    }

    private void Obey(IReadOnlyBasicProperties order)
    {
        if (order.Type is not (MessageTypes.Cancel or MessageTypes.EndAfterPicture) || !JobMessage.IsId(order.MessageId)) return;
        if (order.Type == MessageTypes.Cancel) _cancelled.Add(order.MessageId!);
        lock (_lock)
        {
            if (_running is not { } running || running.Attempt.Job != order.MessageId) return;
            if (order.Type == MessageTypes.Cancel) running.Ending.Cancel();
            else running.Attempt.EndAfterPicture();
        }
    }

    private async Task SignAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Sign();
            await Task.Delay(WorkerRegistry.Every, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Sign() => _reports.Sign(new WorkerSign(_name, _models));

    private async Task SayGoodbyeAsync()
    {
        using CancellationTokenSource soon = new(GiveBackWithin);
        byte[] sign = Encoding.UTF8.GetBytes(ServerJson.Write(new WorkerSign(_name, _models, Leaves: true)));
        await _publisher.TryPublishAsync(QueueTopology.WorkersExchange, "", new BasicProperties { Type = MessageTypes.Worker }, sign, soon.Token).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message in a model's queue is no job: {Reason}")]
    private static partial void LogStrange(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Try {Try} of job {Job} ended by a fault of the program")]
    private static partial void LogFault(ILogger logger, string job, long @try, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} is given up: {Reason}")]
    private static partial void LogBuried(ILogger logger, string job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result of job {Job} cannot be sent: its server's queue is gone")]
    private static partial void LogNoServer(ILogger logger, string job, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The result of job {Job} could not be written to the shared folder")]
    private static partial void LogNotShared(ILogger logger, string job, Exception exception);
}
