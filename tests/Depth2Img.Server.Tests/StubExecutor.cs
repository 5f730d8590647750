using Depth2Img.Pipelines;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Tests;

/// <summary>Does jobs without a network: the test says what happens meanwhile, and every job gives the same small picture.</summary>
/// <param name="work">What happens while a job is done; null for nothing.</param>
internal sealed class StubExecutor(Func<JobRecord, IJobObserver, CancellationToken, Task>? work = null) : IJobExecutor
{
    private static readonly byte[] Picture = Samples.SmallPicture();

    public async Task<JobOutput> RunAsync(JobRecord job, IJobObserver progress, CancellationToken cancellationToken)
    {
        if (work is not null) await work(job, progress, cancellationToken);
        return Output(job);
    }

    public static JobOutput Output(JobRecord job)
    {
        GenerationParameters parameters = ServerJson.Read<GenerationParameters>(job.Parameters);
        ResultFile image = new("result-0.png", "image/png", 64, 48), depth = new("result-depth.png", "image/png", 64, 48);
        JobResult result = new() { Images = [image], Depth = depth, Settings = SettingsOf(parameters), Seconds = 0.01 };
        return new JobOutput(result, new Dictionary<string, byte[]> { [image.Name] = Picture, [depth.Name] = Picture });
    }

    private static GenerationSettings SettingsOf(GenerationParameters parameters) => new()
    {
        Version = "test",
        Prompt = parameters.Prompt,
        NegativePrompt = parameters.NegativePrompt ?? "",
        Seed = parameters.Seed,
        Count = 1,
        Steps = parameters.Steps ?? 1,
        Evaluations = 1,
        Strength = parameters.Strength ?? 1,
        Guidance = parameters.Guidance ?? 1,
        Scheduler = parameters.Scheduler ?? "ddim",
        Karras = parameters.Karras,
        Init = InitialLatents.Image,
        Model = parameters.Model,
        DepthModel = "given",
        InputSize = "64x48",
        WorkingSize = "64x48",
        Precision = "float32",
        Backend = "none",
    };
}
