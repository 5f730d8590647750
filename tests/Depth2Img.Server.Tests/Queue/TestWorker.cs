using Depth2Img.Server.Engine;
using Depth2Img.Server.Options;
using Depth2Img.Server.Queue;
using Microsoft.Extensions.Logging.Abstractions;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>A worker in this process, which does jobs as a test says.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly QueueWorker? _worker;
    private readonly Task _work;

    /// <summary>A worker with the demo model.</summary>
    public TestWorker(QueueAddress address, QueueType type = QueueType.Quorum, string? shared = null, params string[] models) =>
        _work = Task.Run(() => WorkerHost.RunAsync(new WorkerOptions { Queue = address, QueueType = type, Models = models is [] ? [Checkpoints.EmbeddedModels.DemoName] : models, SharedFolder = shared }, cancellationToken: _ending.Token));

    /// <summary>A worker that does what a test wants.</summary>
    public TestWorker(QueueAddress address, IJobExecutor executor, QueueType type = QueueType.Quorum)
    {
        ServerOptions options = new();
        options.Models.Add("demo");
        _worker = new QueueWorker(address, type, ["demo"], executor, new WorkerInputs(null), new StepTimes(new ModelPool(options, NullLogger<ModelPool>.Instance)), () => { }, NullLogger.Instance);
        _work = Task.Run(() => _worker.RunAsync(_ending.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _work;
        _worker?.Dispose();
        _ending.Dispose();
    }
}
