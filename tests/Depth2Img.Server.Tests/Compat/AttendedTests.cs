using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;
using Depth2Img.Server.Api.Attended;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>Requests whose clients wait: how they end before their time.</summary>
public sealed class AttendedTests(CompatServer server) : IClassFixture<CompatServer>
{
    /// <summary>A request whose every picture takes seconds: on a busy machine, too, it is there until it is ended.</summary>
    private static JsonObject Long => CompatServer.Small(("steps", 150), ("n_iter", 16), ("denoising_strength", 1), ("working_size", "256x192"));

    [Fact]
    public async Task A_client_that_leaves_takes_its_running_picture_with_it()
    {
        using CancellationTokenSource leaving = new();
        Task<HttpResponseMessage> request = server.Client.PostAsJsonAsync("/sdapi/v1/img2img", Long, leaving.Token);
        AttendedRun run = await RunningAsync();
        await CompatServer.UntilAsync(() => run.Job?.Progress is { Step: > 0 });
        string job = run.Job!.Record.Id;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await CompatServer.UntilAsync(() => Current() is null);
        Assert.Null(server.Jobs.Find(job));
        // Nothing is left of it, and the next client is served.
        await server.PostAsync("/sdapi/v1/img2img", CompatServer.Small());
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_takes_its_job_out_of_the_queue()
    {
        Task<JsonNode> first = server.PostAsync("/sdapi/v1/img2img", Long);
        AttendedRun run = await RunningAsync();
        using CancellationTokenSource leaving = new();
        Task<HttpResponseMessage> second = server.Client.PostAsJsonAsync("/v1/images/generations", new JsonObject { ["prompt"] = "x", ["image"] = CompatServer.Base64(CompatServer.Picture) }, leaving.Token);
        await CompatServer.UntilAsync(() => server.Jobs.Waiting == 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await CompatServer.UntilAsync(() => server.Jobs.Waiting == 0);
        Assert.False(first.IsCompleted);
        Assert.True(run.IsRunning);
        await server.PostAsync("/sdapi/v1/interrupt", null);
        await first;
    }

    [Fact]
    public async Task An_interrupted_request_answers_with_what_is_there()
    {
        // Large enough that a preview is due before a picture is done.
        Task<JsonNode> request = server.PostAsync("/sdapi/v1/img2img", CompatServer.Small(("steps", 40), ("n_iter", 16), ("denoising_strength", 1), ("width", 64), ("height", 64), ("working_size", "128x128")));
        AttendedRun run = await RunningAsync();
        await CompatServer.UntilAsync(() => run.Number > 0 && run.Job?.LastPreview is not null);
        JsonNode progress = (await server.GetAsync("/sdapi/v1/progress"))!;
        Assert.Equal(16, (int)progress["state"]!["job_count"]!);
        Assert.InRange((int)progress["state"]!["job_no"]!, 1, 15);
        Assert.InRange((double)progress["progress"]!, 1 / 16.0, 1);
        Assert.True((double)progress["eta_relative"]! > 0);
        Assert.Null((await server.GetAsync("/sdapi/v1/progress?skip_current_image=true"))!["current_image"]);
        string? preview = null;
        while (preview is null) preview = (string?)(await server.GetAsync("/sdapi/v1/progress"))!["current_image"];
        ImageFile.Identify(Convert.FromBase64String(preview), "preview");
        Assert.Equal("{}", (await server.PostAsync("/sdapi/v1/interrupt", null)).ToJsonString());

        JsonNode answer = await request;
        JsonObject info = CompatServer.Info(answer);
        int count = answer["images"]!.AsArray().Count;
        Assert.InRange(count, 1, 15);
        Assert.Equal(Enumerable.Range(7, count).Select(seed => (long)seed), info["all_seeds"]!.AsArray().Select(seed => (long)seed!));
        Assert.All(answer["images"]!.AsArray(), image => Assert.Equal((64, 64), (CompatServer.Decode(image).Width, CompatServer.Decode(image).Height)));
        Assert.All(info["infotexts"]!.AsArray().Take(count - 1), text => Assert.DoesNotContain("Interrupted", (string?)text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_picture_that_was_interrupted_is_sent_half_finished_and_says_so()
    {
        Task<JsonNode> request = server.PostAsync("/sdapi/v1/img2img", CompatServer.Small(("steps", 150), ("denoising_strength", 1), ("working_size", "128x128"), ("width", 64), ("height", 64)));
        AttendedRun run = await RunningAsync();
        await CompatServer.UntilAsync(() => run.Job?.LastPreview is not null);
        await server.PostAsync("/sdapi/v1/interrupt", null);
        JsonNode answer = await request;
        Image image = CompatServer.Decode(Assert.Single(answer["images"]!.AsArray()));
        Assert.Equal((64, 64), (image.Width, image.Height));
        Assert.Contains("Interrupted: yes", (string?)CompatServer.Info(answer)["infotexts"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_the_request_that_runs_is_interrupted_and_then_it_is_the_next_ones_turn()
    {
        Task<JsonNode> first = server.PostAsync("/sdapi/v1/img2img", Long);
        AttendedRun running = await RunningAsync();
        Task<JsonNode> second = server.PostAsync("/sdapi/v1/img2img", CompatServer.Small());
        await CompatServer.UntilAsync(() => server.Jobs.Waiting == 1);
        await server.PostAsync("/sdapi/v1/interrupt", null);
        Assert.True(running.IsInterrupted);
        await first;
        Assert.Single((await second)["images"]!.AsArray());
    }

    [Fact]
    public async Task Skipping_ends_one_picture_and_goes_on_to_the_next()
    {
        JsonObject asked = CompatServer.Small(("steps", 150), ("n_iter", 3), ("denoising_strength", 1), ("working_size", "128x96"));
        Task<JsonNode> request = server.PostAsync("/sdapi/v1/img2img", asked);
        AttendedRun run = await RunningAsync();
        for (int number = 0; number < 2; number++)
        {
            await CompatServer.UntilAsync(() => run.Number == number && run.Job?.Progress is { Step: > 0 });
            using HttpResponseMessage skipped = await server.Client.PostAsync("/sdapi/v1/skip", null);
            Assert.Equal((HttpStatusCode.OK, "null"), (skipped.StatusCode, await skipped.Content.ReadAsStringAsync()));
        }
        JsonObject info = CompatServer.Info(await request);
        Assert.Equal(9, (long)info["all_seeds"]!.AsArray()[^1]!);
        Assert.DoesNotContain("Interrupted", (string?)info["infotexts"]!.AsArray()[^1], StringComparison.Ordinal);
    }

    private AttendedRun? Current() => server.Runs.Find(new Http.Caller("", "", HasKey: false));

    private async Task<AttendedRun> RunningAsync()
    {
        await CompatServer.UntilAsync(() => Current() is { IsRunning: true });
        return Current()!;
    }
}
