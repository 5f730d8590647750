using System.Net;
using System.Net.Sockets;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>A line between browser and server that can be cut: it carries bytes from a port of its own to the server's.</summary>
internal sealed class CuttableLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile bool _isCut;
    private int _cutStreams;

    public CuttableLine(Uri server)
    {
        _serverPort = server.Port;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many open connections were cut.</summary>
    public int Cut => _cutStreams;

    /// <summary>Breaks all connections and refuses new ones until <see cref="Mend"/>.</summary>
    public void Break()
    {
        _isCut = true;
        Socket[] open;
        lock (_lock) open = [.. _open];
        foreach (Socket socket in open)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0); // a reset, as when a network goes away
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                continue; // It has just ended by itself.
            }
            socket.Close();
            _cutStreams++;
        }
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Break();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket = await _listener.AcceptSocketAsync(_end.Token);
            if (_isCut) socket.Close();
            else _ = CarryAsync(socket);
        }
    }

    private async Task CarryAsync(Socket socket)
    {
        using TcpClient server = new();
        lock (_lock) _open.Add(socket);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
            NetworkStream near = new(socket), far = server.GetStream();
            await Task.WhenAny(near.CopyToAsync(far, _end.Token), far.CopyToAsync(near, _end.Token));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The line was cut, or one end hung up.
        }
        finally
        {
            lock (_lock) _open.Remove(socket);
            socket.Close();
        }
    }
}
