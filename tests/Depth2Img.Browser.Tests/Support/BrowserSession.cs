using Microsoft.Playwright;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>The one browser that all tests share; each of them has a profile of its own in it.</summary>
public sealed class BrowserSession : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal IBrowser Browser => _browser ?? throw new InvalidOperationException(Chromium.Missing);

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await LaunchAsync();
    }

    /// <summary>Starts another browser with other arguments.</summary>
    internal Task<IBrowser> LaunchAsync(params string[] more) => _playwright!.Chromium.LaunchAsync(
        new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path, Headless = true, Args = [.. Chromium.Arguments, .. more], Timeout = 120_000 });

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
