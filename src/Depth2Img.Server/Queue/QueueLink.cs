using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Depth2Img.Server.Queue;

/// <summary>
/// A connection to the broker that is made anew whenever it is lost, with growing pauses. What hangs on a connection
/// (channels, consumers, queues of its own) is made anew with it: the client library's own recovery would bring back
/// deliveries' numbers that mean nothing any more.
/// </summary>
internal sealed partial class QueueLink(QueueAddress address, string name, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A connection that lasted so long was a good one: the next is tried at once.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(20);

    private volatile string? _fault = "The broker has not answered yet.";

    /// <summary>Why there is no connection, for those who run the server; null if there is one.</summary>
    public string? Fault => _fault;

    /// <summary>Keeps a connection.</summary>
    /// <param name="session">Uses a connection until its token ends, which it does when the connection is lost. Calls its second argument once all is set up.</param>
    /// <param name="refuseBadLogin">Whether a broker that refuses the first login ends the work.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="Depth2ImgException">The broker refuses the login.</exception>
    public async Task RunAsync(Func<IConnection, Action, CancellationToken, Task> session, bool refuseBadLogin, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        bool wasOpen = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            long begun = Environment.TickCount64;
            string reason;
            try
            {
                await UseOnceAsync(session, Opened, cancellationToken).ConfigureAwait(false);
                reason = "The connection was lost.";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or IOException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException)
            {
                reason = Describe(e);
                if (refuseBadLogin && !wasOpen && IsBadLogin(e)) throw new Depth2ImgException($"The broker at {address} refuses the user and password, or the virtual host, of the queue's address.", e);
            }
            _fault = reason;
            if (cancellationToken.IsCancellationRequested) break;
            LogAway(logger, address, reason);
            if (Environment.TickCount64 - begun > Lasting.TotalMilliseconds) pause = FirstPause;
            // Not all at once when a broker comes back.
            await Task.Delay(pause * (0.75 + System.Random.Shared.NextDouble() / 2), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        void Opened()
        {
            wasOpen = true;
            _fault = null;
            LogOpen(logger, address);
        }
    }

    private async Task UseOnceAsync(Func<IConnection, Action, CancellationToken, Task> session, Action opened, CancellationToken cancellationToken)
    {
        ConnectionFactory factory = new()
        {
            Uri = address.Uri,
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(20),
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
            ContinuationTimeout = TimeSpan.FromSeconds(20),
        };
        IConnection connection = await factory.CreateConnectionAsync(name, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            using CancellationTokenSource lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            connection.ConnectionShutdownAsync += (_, _) => lost.CancelAsync();
            if (!connection.IsOpen) return;
            await session(connection, opened, lost.Token).ConfigureAwait(false);
        }
    }

    private static bool IsBadLogin(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationFailureException or PossibleAuthenticationFailureException) return true;
            if (e is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.NotAllowed or Constants.AccessRefused }) return true;
        }
        return false;
    }

    /// <summary>The innermost message in one line; addresses within it have no password, the client library writes host and port alone.</summary>
    private static string Describe(Exception exception)
    {
        Exception e = exception;
        while (e.InnerException is { } inner) e = inner;
        return e is OperationInterruptedException { ShutdownReason: { } reason } ? reason.ReplyText : e.Message;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The broker {Address} cannot be used and is tried again: {Reason}")]
    private static partial void LogAway(ILogger logger, QueueAddress address, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the broker {Address}")]
    private static partial void LogOpen(ILogger logger, QueueAddress address);
}
