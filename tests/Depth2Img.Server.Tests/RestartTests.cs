using Depth2Img.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Depth2Img.Styles;
using Depth2Img.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class RestartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_earlier_process_left_is_taken_up()
    {
        string parameters = ServerJson.Write(new GenerationParameters { Model = "demo", Prompt = "a red ball", Seed = 1, Steps = 1, Size = new Pipelines.WorkingSize(64, 64) });
        JobFiles files = new(System.IO.Path.Combine(_folder.Path, "jobs"));
        JobRecord queued = Left("0a", JobState.Queued, 0), running = Left("0b", JobState.Running, 1), hopeless = Left("0c", JobState.Running, JobService.MostAttempts), attended = Left("0d", JobState.Queued, 0) with { Attended = true };
        using (JobStore store = new(_folder.File("jobs.db")))
        {
            foreach (JobRecord job in (JobRecord[])[queued, running, hopeless, attended])
            {
                files.Write(job.Id, GenerationInputs.ImageName, Samples.SmallPicture());
                store.Add(job);
                store.Update(job);
            }
        }

        await using RunningServer server = await RunningServer.StartAsync(folder: _folder);
        JobService jobs = server.Services.GetRequiredService<JobService>();
        foreach (JobRecord job in (JobRecord[])[queued, running])
        {
            while (!jobs.Find(job.Id)!.IsFinished) await Task.Delay(20);
            Assert.Equal(JobState.Done, jobs.Find(job.Id)!.State);
        }
        Assert.Equal(2, jobs.Find(running.Id)!.Attempts);
        Assert.Equal(JobState.Failed, jobs.Find(hopeless.Id)!.State);
        Assert.Contains("3 times", jobs.Find(hopeless.Id)!.Error, StringComparison.Ordinal);
        Assert.Equal(JobState.Cancelled, jobs.Find(attended.Id)!.State);

        JobRecord Left(string id, JobState state, int attempts) => new()
        {
            Id = id.PadRight(32, '0'),
            Owner = "me",
            Client = "me",
            Kind = JobKind.Generate,
            Parameters = parameters,
            Created = DateTimeOffset.UtcNow,
            State = state,
            Attempts = attempts,
        };
    }

    [Fact]
    public async Task A_job_is_begun_again_with_the_style_that_it_was_accepted_with()
    {
        StylePreset style = new() { Name = "gone-since", Prompt = "{prompt}, neon sketch", NegativePrompt = "day", Steps = 3 };
        GenerationParameters parameters = new() { Model = "demo", Prompt = "a red ball", Style = style, StyleStrength = 0.5, Seed = 1, Size = new Pipelines.WorkingSize(64, 48) };
        JobRecord left = new() { Id = "0e".PadRight(32, '0'), Owner = "me", Client = "me", Kind = parameters.Kind, Parameters = ServerJson.Write(parameters), Created = DateTimeOffset.UtcNow };
        JobFiles files = new(System.IO.Path.Combine(_folder.Path, "jobs"));
        files.Write(left.Id, GenerationInputs.ImageName, Samples.SmallPicture());
        using (JobStore store = new(_folder.File("jobs.db"))) store.Add(left);

        await using RunningServer server = await RunningServer.StartAsync(folder: _folder);
        JobService jobs = server.Services.GetRequiredService<JobService>();
        while (!jobs.Find(left.Id)!.IsFinished) await Task.Delay(20);
        JobRecord done = jobs.Find(left.Id)!;
        Assert.True(done.State == JobState.Done, done.Error);
        Image picture = ImageFile.Decode(Samples.SmallPicture(), "picture").ToRgb();
        using DepthToImagePipeline library = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        DepthToImageResult expected = await library.GenerateAsync(parameters.ToRequest(new GenerationInputs(picture, null)));
        Assert.Equal(3, expected.Settings.Steps);
        Assert.Equal(expected.Images[0].Pixels, ImageFile.Decode(files.Read(left.Id, ServerJson.Read<JobResult>(done.Result!).Images[0].Name)!, "result").ToRgb().Pixels);
    }

    [Fact]
    public void An_address_that_others_reach_needs_a_key_or_a_word_that_it_does_not()
    {
        ServerOptions options = new() { Host = "0.0.0.0", DataFolder = _folder.Path };
        options.Models.Add("demo");
        Assert.Contains("--no-auth", Assert.Throws<Depth2ImgException>(options.Validate).Message, StringComparison.Ordinal);
        options.NoAuthentication = true;
        options.Validate();
    }
}
