using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>
/// One person at the page. Whatever happens there that should not is noted, and fails the test at its end: errors on the
/// console, exceptions, requests that fail, requests to another host.
/// </summary>
internal sealed partial class Visit : IAsyncDisposable
{
    private const float Patience = 90_000;

    private readonly Lock _lock = new();
    private readonly List<string> _faults = [];
    private readonly HashSet<int> _expectedStatuses = [];
    private readonly Uri _address;
    private readonly bool _hasNoScripts;
    private bool _connectionMayFail;

    private Visit(Uri address, IBrowserContext context, IPage page, bool hasNoScripts)
    {
        _address = address;
        _hasNoScripts = hasNoScripts;
        Context = context;
        Page = page;
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Opens the page.</summary>
    /// <param name="session">The browser.</param>
    /// <param name="address">The server.</param>
    /// <param name="options">The person's device; null for a desktop.</param>
    /// <param name="path">The path under the server's address.</param>
    /// <param name="prepare">What is done before the page is opened.</param>
    public static Task<Visit> OpenAsync(BrowserSession session, Uri address, BrowserNewContextOptions? options = null, string path = "/", Func<Visit, Task>? prepare = null) =>
        OpenAsync(session.Browser, address, options, path, prepare);

    /// <inheritdoc cref="OpenAsync(BrowserSession, Uri, BrowserNewContextOptions?, string, Func{Visit, Task}?)"/>
    public static async Task<Visit> OpenAsync(IBrowser browser, Uri address, BrowserNewContextOptions? options = null, string path = "/", Func<Visit, Task>? prepare = null)
    {
        options ??= new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1120, Height = 800 } };
        options.ReducedMotion ??= ReducedMotion.Reduce;
        IBrowserContext context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        Visit visit = new(address, context, await context.NewPageAsync(), options.JavaScriptEnabled is false);
        visit.Watch();
        if (prepare is not null) await prepare(visit);
        await visit.Page.GotoAsync(new Uri(address, path).ToString());
        return visit;
    }

    /// <summary>Says that answers of this status are part of the test.</summary>
    public void Expect(int status)
    {
        lock (_lock) _expectedStatuses.Add(status);
    }

    /// <summary>Says that connections break from here on as part of the test.</summary>
    public void ExpectBrokenConnections()
    {
        lock (_lock) _connectionMayFail = true;
    }

    /// <summary>Fails if anything happened that should not.</summary>
    public void AssertFaultless()
    {
        lock (_lock) Assert.True(_faults.Count == 0, $"The page did what it should not:\n{string.Join('\n', _faults)}");
    }

    /// <summary>Ends the visit. A test that has failed already has its own say.</summary>
    public async ValueTask DisposeAsync() => await Context.DisposeAsync();

    [GeneratedRegex(@"status of (\d+)")]
    private static partial Regex StatusInMessage();

    private void Watch()
    {
        Context.Console += (_, message) =>
        {
            if (message.Type is "error" && !IsExpected(message.Text)) Note($"console: {message.Text} ({message.Location})");
        };
        Context.WebError += (_, error) => Note($"exception: {error.Error}");
        Context.Request += (_, request) =>
        {
            Uri target = new(request.Url);
            if (target.Scheme is "http" or "https" or "ws" or "wss" && target.Authority != _address.Authority) Note($"a request to another host: {request.Method} {request.Url}");
        };
        Context.RequestFailed += (_, request) =>
        {
            // The page itself takes requests back, such as for the depth map of a picture that was replaced.
            if (request.Failure is "net::ERR_ABORTED") return;
            // Where scripts are off, the browser says of each that it was not let in.
            if (_hasNoScripts && request.Failure is "csp" && request.Url.EndsWith(".js", StringComparison.Ordinal)) return;
            lock (_lock)
            {
                if (_connectionMayFail) return;
            }
            Note($"a request that failed: {request.Method} {request.Url}: {request.Failure}");
        };
        Context.Response += (_, response) =>
        {
            lock (_lock)
            {
                if (response.Status < 400 || _expectedStatuses.Contains(response.Status)) return;
            }
            Note($"an answer of status {response.Status}: {response.Request.Method} {response.Url}");
        };
    }

    private bool IsExpected(string message)
    {
        lock (_lock)
        {
            if (StatusInMessage().Match(message) is { Success: true } match && _expectedStatuses.Contains(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))) return true;
            return _connectionMayFail && message.Contains("net::ERR_", StringComparison.Ordinal);
        }
    }

    private void Note(string fault)
    {
        lock (_lock) _faults.Add(fault);
    }
}
