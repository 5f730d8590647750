using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Queue;
using Depth2Img.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Depth2Img.Server.Tests.Queue;

[Collection(nameof(BrokerTests)), Trait("Category", "Slow")]
public sealed class QueueTests(Broker broker) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [BrokerTheory]
    [InlineData("quorum", false)]
    [InlineData("classic", true)]
    public async Task A_worker_process_makes_the_library_s_picture_and_its_steps_and_previews_arrive(string type, bool shared)
    {
        string[] folder = shared ? ["--results", _folder.Path] : [];
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost(), Enum.Parse<QueueType>(type, ignoreCase: true), options => options.SharedFolder = shared ? _folder.Path : null);
        await using WorkerProcess worker = new(setup.Address, ["--queue-type", type, .. folder]);
        string job = await setup.SubmitAsync(7, new { steps = 20, strength = 1, count = 2, size = "192x144" });
        JsonNode done = await setup.EndAsync(job);

        string events = await setup.EventsAsync(job);
        foreach (string expected in (string[])["event: started", "event: step", "event: preview", "event: done"]) Assert.Contains(expected, events, StringComparison.Ordinal);
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        DepthToImageResult library = await pipeline.GenerateAsync(new DepthToImageRequest
        {
            Image = ImageFile.Decode(Samples.SmallPicture(), "picture").ToRgb(),
            Prompt = "a red ball",
            Steps = 20,
            Strength = 1,
            Count = 2,
            Seed = 7,
            Size = new WorkingSize(192, 144),
        });
        for (int n = 0; n < 2; n++)
        {
            DecodedImage picture = ImageFile.Decode(await setup.Server.Client.GetByteArrayAsync((string)done["result"]!["images"]![n]!["url"]!), "result");
            Assert.Equal(library.Images[n].Pixels, picture.ToRgb().Pixels);
        }
        await setup.DrainedAsync();
        // Nothing of it is left but what the job is.
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
        JobResult result = ServerJson.Read<JobResult>(setup.Server.Services.GetRequiredService<JobService>().Find(QueueSetup.IdOf(job))!.Result!);
        string[] kept = ["image", .. result.Images.Append(result.Depth).SelectMany(file => (string?[])[file.Name, file.Thumbnail]).OfType<string>()];
        await Soon.HoldsAsync(() => kept.ToHashSet().SetEquals(Directory.EnumerateFiles(Path.Combine(setup.Server.DataFolder, "jobs"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)!)), "the job has its own files and no others");
        Assert.Equal(0, await worker.StopAsync());
        Assert.DoesNotContain(Broker.Password, worker.Said, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", worker.Said, StringComparison.Ordinal);
        await Soon.HoldsAsync(async () => (int?)(await setup.GetAsync("/health/ready"))["queue"]!["workers"] == 0, "the worker has said goodbye");
    }

    [BrokerFact]
    public async Task A_cancelled_job_ends_at_the_worker_whether_it_runs_or_waits_in_the_broker()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        string waiting = await setup.SubmitEndlessAsync(1);
        await Soon.HoldsAsync(async () => await setup.CountAsync(QueueTopology.JobsQueue("demo")) == 1, "the job waits in the broker");
        await setup.Server.Client.DeleteAsync(waiting);
        await setup.EndAsync(waiting, "cancelled");

        // The worker was not there when the job was taken back, and would need an hour for it.
        await using TestWorker worker = new(setup.Address);
        await setup.EndAsync(await setup.SubmitAsync(2));
        string running = await setup.SubmitEndlessAsync(3);
        await setup.RunsAsync(running);
        await setup.Server.Client.DeleteAsync(running);
        await setup.EndAsync(running, "cancelled");
        await setup.EndAsync(await setup.SubmitAsync(4));
        await setup.DrainedAsync();
        Assert.Contains("event: cancelled", await setup.EventsAsync(running), StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task Jobs_go_to_workers_that_have_their_model_and_one_without_a_worker_holds_up_no_other()
    {
        string second = _folder.File("second");
        Directory.CreateSymbolicLink(second, EmbeddedModels.Demo);
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost(), options: options => options.Models.Add(second));
        List<string> others = [];
        for (int n = 0; n < 6; n++) others.Add(await setup.SubmitAsync(n, new { model = "second" }));
        string own = await setup.SubmitAsync(10, new { model = "demo" });
        await using (TestWorker first = new(setup.Address))
        {
            await setup.EndAsync(own);
            foreach (string job in others) Assert.Equal("queued", (string?)(await setup.GetAsync(job))["state"]);
        }
        await using TestWorker both = new(setup.Address, models: ["demo", second]);
        foreach (string job in others) Assert.Equal("second", (string?)(await setup.EndAsync(job))["request"]!["model"]);
        await setup.EndAsync(await setup.SubmitAsync(11));
    }

    [BrokerFact]
    public async Task A_job_that_is_delivered_twice_and_a_result_that_arrives_twice_are_seen_once()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        string job = await setup.SubmitAsync(5);
        await using (IConnection connection = await Broker.ConnectAsync(setup.Address))
        {
            // Somebody between the server and the worker says everything three times.
            await using IChannel channel = await connection.CreateChannelAsync();
            BasicGetResult? message = null;
            // The queues are the server's to declare, and asking for one that is not there closes the channel.
            await Soon.HoldsAsync(async () => (string?)(await setup.Server.Client.GetFromJsonAsync<JsonNode>("/health/ready"))!["queue"]!["connected"]?.ToJsonString() == "true", "the server is with the broker");
            await Soon.HoldsAsync(async () => (message = await channel.BasicGetAsync(QueueTopology.JobsQueue("demo"), autoAck: true)) is not null, "the job is with the broker");
            for (int n = 0; n < 3; n++) await channel.BasicPublishAsync(QueueTopology.JobsExchange, "demo", mandatory: true, new BasicProperties(message!.BasicProperties), message.Body);
        }
        CountingExecutor executor = new();
        await using TestWorker worker = new(setup.Address, executor);
        JsonNode done = await setup.EndAsync(job);
        await setup.DrainedAsync();
        // The worker may have been told in time that the job is over.
        Assert.InRange(executor.Begun.Values.Single(), 1, 3);
        Assert.Equal(1, (await setup.PictureAsync(done)).ToRgb().Pixels[1]); // the first of the three
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(await setup.EventsAsync(job), "event: done"));
        Assert.Single((JsonArray)(await setup.GetAsync("/api/v1/history"))["jobs"]!);
    }

    [BrokerFact]
    public async Task What_is_with_the_broker_is_found_again_by_a_server_that_starts_again_and_is_done_once()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CountingExecutor executor = new((_, _) => waiting.Task);
        await using TestWorker worker = new(setup.Address, executor);
        List<string> jobs = [];
        for (int n = 0; n < 6; n++) jobs.Add(await setup.SubmitAsync(n));
        await Soon.HoldsAsync(async () => await setup.CountAsync(QueueTopology.JobsQueue("demo")) is > 0 && !executor.Begun.IsEmpty, "jobs are with the broker and the worker");
        await setup.Server.DisposeAsync();
        waiting.SetResult();
        await Soon.HoldsAsync(async () => await setup.CountAsync(QueueTopology.JobsQueue("demo")) == 0, "the worker does what the broker has, without the server");

        await setup.StartAsync();
        for (int n = 0; n < jobs.Count; n++) Assert.Equal(n, (await setup.PictureAsync(await setup.EndAsync(jobs[n]))).ToRgb().Pixels[0]);
        Assert.All(executor.Begun.Values, times => Assert.Equal(1, times));
        await setup.DrainedAsync();
    }

    [BrokerFact]
    public async Task A_broker_that_lost_everything_is_given_the_jobs_again()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        string job = await setup.SubmitAsync(1);
        await Soon.HoldsAsync(async () => await setup.CountAsync(QueueTopology.JobsQueue("demo")) == 1, "the job is with the broker");
        string name = await File.ReadAllTextAsync(Path.Combine(setup.Server.DataFolder, "server.name"));
        await setup.Server.DisposeAsync();
        await using (IConnection connection = await Broker.ConnectAsync(setup.Address))
        {
            await using IChannel channel = await connection.CreateChannelAsync();
            foreach (string queue in (string[])[QueueTopology.JobsQueue("demo"), QueueTopology.ResultsQueue(name)]) await channel.QueueDeleteAsync(queue);
        }
        await setup.StartAsync();
        await using TestWorker worker = new(setup.Address, new CountingExecutor());
        await setup.EndAsync(job);
    }

    [BrokerTheory]
    [InlineData(QueueType.Quorum)]
    [InlineData(QueueType.Classic)]
    public async Task A_job_that_fails_three_times_is_a_dead_letter_and_fails_with_the_reason(QueueType type)
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost(), type);
        CountingExecutor executor = new((job, _) => ServerJson.Read<GenerationParameters>(job.Parameters).Seed == 13 ? throw new InvalidOperationException("poison") : Task.CompletedTask);
        await using TestWorker worker = new(setup.Address, executor, type);
        string poison = await setup.SubmitAsync(13), sound = await setup.SubmitAsync(14);
        JsonNode failed = await setup.EndAsync(poison, "failed");
        Assert.Equal("Workers failed to do this job, by a fault of their own; their logs have the reason. (3 tries)", (string?)failed["error"]);
        Assert.Equal(3, executor.Begun[(string)failed["id"]!]);
        await setup.EndAsync(sound);
        Assert.Equal(1u, await setup.CountAsync(QueueTopology.DeadQueue));
        await setup.DrainedAsync();
    }

    [BrokerFact]
    public async Task A_job_that_cannot_be_done_fails_at_once_with_the_reason()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        CountingExecutor executor = new((_, _) => throw new Depth2ImgException("The sky is too low."));
        await using TestWorker worker = new(setup.Address, executor);
        JsonNode failed = await setup.EndAsync(await setup.SubmitAsync(1), "failed");
        Assert.Equal("The sky is too low.", (string?)failed["error"]);
        Assert.Equal(1, executor.Begun.Values.Single());
        Assert.Equal(0u, await setup.CountAsync(QueueTopology.DeadQueue));
    }

    [BrokerFact]
    public async Task Strange_messages_end_neither_worker_nor_server()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        await using TestWorker worker = new(setup.Address, new CountingExecutor());
        await setup.EndAsync(await setup.SubmitAsync(1));
        string name = await File.ReadAllTextAsync(Path.Combine(setup.Server.DataFolder, "server.name"));
        await using (IConnection connection = await Broker.ConnectAsync(setup.Address))
        {
            await using IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
            string id = new('a', 32);
            foreach ((string exchange, string key) in ((string, string)[])[(QueueTopology.JobsExchange, "demo"), ("", QueueTopology.ResultsQueue(name)), (QueueTopology.EventsExchange, name), (QueueTopology.WorkersExchange, ""), (QueueTopology.ControlExchange, "")])
            {
                foreach (string type in (string[])[MessageTypes.Job, MessageTypes.Done, MessageTypes.File, MessageTypes.Step, MessageTypes.Worker, MessageTypes.Cancel, ""])
                {
                    foreach (string? message in (string?[])[null, "../../etc", id])
                        await channel.BasicPublishAsync(exchange, key, mandatory: false, new BasicProperties { Type = type, MessageId = message }, new byte[] { 0xFF, 0, 1 });
                }
            }
        }
        await setup.EndAsync(await setup.SubmitAsync(2));
        await setup.DrainedAsync();
        Assert.Equal(0, setup.Server.Services.GetRequiredService<JobService>().Waiting);
    }

    [BrokerFact]
    public async Task Metrics_tell_of_the_queue()
    {
        await using QueueSetup setup = await QueueSetup.StartAsync(broker.NewHost());
        await using TestWorker worker = new(setup.Address, new CountingExecutor());
        await setup.EndAsync(await setup.SubmitAsync(1));
        // The worker's sign may come after its first result, and the job is told as done before it is counted as over.
        string[] lines = ["depth2img_queue_connected 1", "depth2img_queue_workers 1", "depth2img_queue_jobs 0"];
        await Soon.HoldsAsync(async () => await setup.Server.Client.GetStringAsync("/metrics") is { } metrics && lines.All(line => metrics.Contains(line, StringComparison.Ordinal)), $"the metrics have {string.Join(", ", lines)}");
        JsonNode ready = (await setup.Server.Client.GetFromJsonAsync<JsonNode>("/health/ready"))!;
        Assert.Equal("""{"connected":true,"workers":1}""", ready["queue"]!.ToJsonString());
    }

    [BrokerFact]
    public async Task A_worker_that_the_broker_refuses_ends_and_says_why_without_the_password()
    {
        string wrong = broker.NewHost().Uri.OriginalString.Replace(Broker.Password, "another-word", StringComparison.Ordinal);
        await using WorkerProcess worker = new(QueueAddress.Parse(wrong));
        await Soon.HoldsAsync(() => worker.HasExited, "the worker ends");
        await Soon.HoldsAsync(() => worker.Said.Contains("refuses", StringComparison.Ordinal), "the worker says why");
        Assert.DoesNotContain("another-word", worker.Said, StringComparison.Ordinal);
    }
}
