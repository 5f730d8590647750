using System.Collections.Concurrent;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Tests.Queue;

/// <summary>Does jobs in no time, with a picture that says which and the how manieth time; counts them.</summary>
/// <param name="work">What happens while a job is done; null for nothing.</param>
internal sealed class CountingExecutor(Func<JobRecord, CancellationToken, Task>? work = null) : IJobExecutor
{
    /// <summary>How often each job was begun.</summary>
    public ConcurrentDictionary<string, int> Begun { get; } = new();

    public async Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        int time = Begun.AddOrUpdate(job.Id, 1, (_, n) => n + 1);
        progress.Report(new JobProgress("denoising", 1, 2, null));
        if (work is not null) await work(job, cancellationToken);
        GenerationParameters parameters = ServerJson.Read<GenerationParameters>(job.Parameters);
        ResultFile image = new("result-0.png", "image/png", 1, 1), depth = new("result-depth.png", "image/png", 1, 1);
        using MemoryStream picture = new(), map = new();
        ImageFile.Encode(picture, new Image(1, 1, [(byte)parameters.Seed, (byte)time, 0]), ImageFormat.Png);
        DepthMapFile.EncodePng(map, new DepthMap(1, 1, [0.5f]));
        return new JobOutput(
            new JobResult { Images = [image], Depth = depth, Settings = SettingsOf(parameters), Seconds = 0.01 },
            new Dictionary<string, byte[]> { [image.Name] = picture.ToArray(), [depth.Name] = map.ToArray() });
    }

    private static GenerationSettings SettingsOf(GenerationParameters parameters) => new()
    {
        Version = "test",
        Prompt = parameters.Prompt,
        NegativePrompt = "",
        Seed = parameters.Seed,
        Count = 1,
        Steps = 2,
        Evaluations = 2,
        Strength = 1,
        Guidance = 1,
        Scheduler = "ddim",
        Karras = false,
        Init = InitialLatents.Image,
        Model = parameters.Model,
        DepthModel = "given",
        InputSize = "1x1",
        WorkingSize = "64x64",
        Precision = "float32",
        Backend = "none",
    };
}
