using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>Publishes over whatever connection there is: what is confirmed is with the broker, on its disk.</summary>
internal sealed class QueuePublisher : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _publishing = new(1);
    private readonly Lock _lock = new();
    private TaskCompletionSource<Connected> _current = New();

    /// <summary>Whether there is a connection.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _current.Task.IsCompletedSuccessfully;
        }
    }

    /// <summary>Publishes over a connection until that is lost.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="lost">Ends with the connection.</param>
    public async Task OpenAsync(IConnection connection, CancellationToken lost)
    {
        IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), lost).ConfigureAwait(false);
        // Events need no confirmation, and must not wait for one.
        IChannel passing = await connection.CreateChannelAsync(cancellationToken: lost).ConfigureAwait(false);
        lock (_lock)
        {
            if (_current.Task.IsCompleted) _current = New();
            _current.SetResult(new Connected(connection, channel, passing, lost));
        }
        lost.Register(() =>
        {
            lock (_lock)
            {
                if (_current.Task.IsCompletedSuccessfully && _current.Task.Result.Connection == connection) _current = New();
            }
        });
    }

    /// <summary>Publishes a message and waits until the broker has it; over as many connections as that takes.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="key">The routing key.</param>
    /// <param name="properties">The message's properties.</param>
    /// <param name="body">Its body.</param>
    /// <param name="cancellationToken">Ends the waiting: the broker may have the message or not.</param>
    /// <exception cref="Depth2ImgException">The broker does not take a message of this size.</exception>
    /// <exception cref="PublishException">No queue takes the message.</exception>
    public async Task PublishAsync(string exchange, string key, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<Connected> connecting;
            lock (_lock) connecting = _current.Task;
            Connected connected = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            // One at a time: a message that closes the channel must not be taken for another one's fault.
            await _publishing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (connected.Channel.IsOpen && await TryPublishAsync(connected, exchange, key, properties, body, cancellationToken).ConfigureAwait(false)) return;
            }
            finally
            {
                _publishing.Release();
            }
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Whether the broker has it; otherwise it is to be tried again.</returns>
    private async Task<bool> TryPublishAsync(Connected connected, string exchange, string key, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connected.Lost);
        try
        {
            await connected.Channel.BasicPublishAsync(exchange, key, mandatory: true, properties, body, ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (PublishException e) when (!e.IsReturn)
        {
            return false; // The broker refuses for now, of its own: its disk is full, or a queue has no leader.
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: Constants.PreconditionFailed, ReplyText: var text } && text.Contains("message size", StringComparison.OrdinalIgnoreCase))
        {
            await AbandonAsync(connected).ConfigureAwait(false);
            throw new Depth2ImgException($"The job has {body.Length >> 20} MiB, more than the broker takes in a message (its max_message_size); smaller pictures, a higher limit or a shared folder are needed.", e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is OperationInterruptedException or AlreadyClosedException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The connection is lost, or this channel alone: then the connection goes with it, and the next one is whole.
            await AbandonAsync(connected).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>Publishes what is worth nothing later, if there is a connection.</summary>
    public async Task TryPublishAsync(string exchange, string key, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Task<Connected> connecting;
        lock (_lock) connecting = _current.Task;
        if (!connecting.IsCompletedSuccessfully) return;
        Connected connected = await connecting.ConfigureAwait(false);
        try
        {
            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connected.Lost);
            await connected.Passing.BasicPublishAsync(exchange, key, mandatory: false, properties, body, ending.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationInterruptedException or AlreadyClosedException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The next connection brings news of its own.
        }
    }

    /// <summary>Closes the connection, so that the next one declares what is missing.</summary>
    public async Task RenewAsync()
    {
        Task<Connected> connecting;
        lock (_lock) connecting = _current.Task;
        if (connecting.IsCompletedSuccessfully) await AbandonAsync(await connecting.ConfigureAwait(false)).ConfigureAwait(false);
    }

    public void Dispose() => _publishing.Dispose();

    private async Task AbandonAsync(Connected connected)
    {
        lock (_lock)
        {
            if (_current.Task.IsCompletedSuccessfully && _current.Task.Result == connected) _current = New();
        }
        if (connected.Lost.IsCancellationRequested) return;
        try
        {
            await connected.Connection.CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationInterruptedException or AlreadyClosedException or IOException or TimeoutException or ObjectDisposedException)
        {
            // It is lost in any case.
        }
    }

    private static TaskCompletionSource<Connected> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Connected(IConnection Connection, IChannel Channel, IChannel Passing, CancellationToken Lost);
}
