using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Depth2Img.Server.Queue;

/// <summary>Puts a worker together and runs it.</summary>
public static class WorkerHost
{
    /// <summary>Works until the token ends.</summary>
    /// <param name="options">How.</param>
    /// <param name="opened">Is told the broker's address and the models whenever the broker has been reached; null if nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the work; the job in hand goes back to the queue.</param>
    /// <exception cref="Depth2ImgException">A model is not there or damaged, or the broker refuses the login.</exception>
    public static async Task RunAsync(WorkerOptions options, Action<string, IReadOnlyList<string>>? opened = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ServerOptions shared = options.ToServerOptions();
        WorkerInputs inputs = new(options.SharedFolder is { } folder ? new JobFiles(Path.GetFullPath(folder)) : null);
        ServiceProvider services = new ServiceCollection()
            .AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning))
            .Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSingleton(shared)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IJobInputs>(inputs)
            .AddSingleton<ModelPool>()
            .AddSingleton(new DepthLane(1, 1))
            .AddSingleton<PublicReason>()
            .AddSingleton<StepTimes>()
            .AddSingleton<LocalExecutor>()
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            ModelPool models = services.GetRequiredService<ModelPool>();
            await models.LoadAsync(models.Names[0], cancellationToken).ConfigureAwait(false);
            using QueueWorker worker = new(
                options.Queue, options.QueueType, models.Names, services.GetRequiredService<LocalExecutor>(), inputs, services.GetRequiredService<StepTimes>(),
                () => opened?.Invoke(options.Queue.ToString(), models.Names), services.GetRequiredService<ILoggerFactory>().CreateLogger("Depth2Img.Worker"));
            await worker.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
