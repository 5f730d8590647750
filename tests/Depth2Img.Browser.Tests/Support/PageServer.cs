using Depth2Img.Server.Tests;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>The server that most tests share: each test is another browser, and so another client.</summary>
public sealed class PageServer : IAsyncLifetime
{
    private RunningServer? _server;

    internal RunningServer Server => _server ?? throw new InvalidOperationException(Chromium.Missing);

    internal Uri Address => Server.Address;

    public async Task InitializeAsync()
    {
        if (Chromium.Path is not null) _server = await RunningServer.StartAsync(options => options.Limits.WaitingPerClient = 64);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
