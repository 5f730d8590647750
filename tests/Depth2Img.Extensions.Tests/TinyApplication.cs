using System.Collections.Concurrent;
using Depth2Img.Extensions;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Tests.Extensions;

/// <summary>An application with the tiny checkpoint, whose log is kept.</summary>
internal sealed class TinyApplication : IAsyncDisposable
{
    public TinyApplication(Action<Depth2ImgOptions>? configure = null)
    {
        Services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddDepth2Img(options =>
            {
                options.Model = Repository.Golden("tiny-depth2img");
                configure?.Invoke(options);
            })
            .BuildServiceProvider();
    }

    public ServiceProvider Services { get; }

    public LogList Log { get; } = new();

    public IDepthToImageGenerator Generator => Services.GetRequiredService<IDepthToImageGenerator>();

    public static DepthToImageRequest Request(string prompt = "a red ball", int seed = 1) => new()
    {
        Image = Picture,
        Prompt = prompt,
        Steps = 2,
        Strength = 1,
        Guidance = 3,
        Seed = seed,
        MaxSize = 64,
    };

    public static Image Picture { get; } = Image.Load(Repository.Samples("rendered/square.png"));

    public ValueTask DisposeAsync() => Services.DisposeAsync();
}

/// <summary>Keeps everything that is logged, values and exceptions included.</summary>
internal sealed class LogList : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> Lines { get; } = new();

    public string All => string.Join('\n', Lines.Select(line => line.Text));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, eventId, $"{formatter(state, exception)} | {(state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(';', values) : "")} | {exception}"));

    public void Dispose() { }
}
