using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Depth2Img.TestSupport;

/// <summary>A request as it came over the wire.</summary>
internal sealed record LoopbackRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.TryGetValue(name, out string? value) ? value : null;

    /// <summary>The first byte asked for.</summary>
    public int RangeStart => Header("Range") is { } range ? int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>Everything that was sent, to search for what should not be there.</summary>
    public override string ToString() => $"{Method} {Target} {string.Join("; ", Headers.Select(h => $"{h.Key}: {h.Value}"))}";
}

/// <summary>An answer. With <see cref="BreakAfter"/>, the connection is cut after so many bytes of the body.</summary>
internal sealed record LoopbackResponse(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public int? BreakAfter { get; init; }

    /// <summary>How long a connection that is to be cut is held open before.</summary>
    public TimeSpan Hold { get; init; }

    public static LoopbackResponse Empty(int status, params (string Name, string Value)[] headers) =>
        new(status, []) { Headers = headers.ToDictionary(h => h.Name, h => h.Value) };
}

/// <summary>A web server on a port of this machine that does what it is told, breaking off in the middle included.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    // Not disposed: connections that are still open look at it after the end.
#pragma warning disable CA2213
    private readonly CancellationTokenSource _end = new();
#pragma warning restore CA2213
    private readonly Func<LoopbackRequest, LoopbackResponse> _answer;

    public LoopbackServer(Func<LoopbackRequest, LoopbackResponse> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>All requests so far, in the order of their coming.</summary>
    public ConcurrentQueue<LoopbackRequest> Requests { get; } = [];

    /// <summary>Closes the port; a second time does nothing.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        if (!_end.IsCancellationRequested) _end.Cancel();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            using NetworkStream stream = client.GetStream();
            if (await ReadRequestAsync(stream) is not { } request) return;
            Requests.Enqueue(request);
            LoopbackResponse response = _answer(request);
            StringBuilder head = new($"HTTP/1.1 {response.Status} Answer\r\nConnection: close\r\n");
            if (!response.Headers.ContainsKey("Content-Length")) head.Append(System.Globalization.CultureInfo.InvariantCulture, $"Content-Length: {response.Body.Length}\r\n");
            foreach ((string name, string value) in response.Headers) head.Append(System.Globalization.CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"));
            if (request.Method == "HEAD") return;
            await stream.WriteAsync(response.Body.AsMemory(0, response.BreakAfter ?? response.Body.Length));
            if (response.Hold > TimeSpan.Zero) await Task.Delay(response.Hold, _end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client hung up, or the test is over.
        }
    }

    private static async Task<LoopbackRequest?> ReadRequestAsync(NetworkStream stream)
    {
        List<byte> bytes = [];
        byte[] one = new byte[1];
        while (!Encoding.ASCII.GetString([.. bytes.TakeLast(4)]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            bytes.Add(one[0]);
        }
        string[] lines = Encoding.ASCII.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] start = lines[0].Split(' ');
        return new LoopbackRequest(start[0], start[1], lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase));
    }
}
