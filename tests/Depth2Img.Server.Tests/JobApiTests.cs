using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Tests;

public sealed class JobApiTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_job_in_json_is_queued_runs_tells_its_steps_and_gives_the_library_s_picture()
    {
        byte[] picture = Samples.SmallPicture();
        HttpResponseMessage accepted = await _server.Client.PostAsJsonAsync("/api/v1/jobs", new { image = Convert.ToBase64String(picture), prompt = "a red ball", steps = 4, seed = 7, size = "64x64" });
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        JsonNode job = (await accepted.Content.ReadFromJsonAsync<JsonNode>())!;

        string events = await _server.Client.GetStringAsync((string)job["links"]!["events"]!);
        Assert.Contains("event: step", events, StringComparison.Ordinal);
        Assert.Contains("event: done", events, StringComparison.Ordinal);

        job = (await _server.Client.GetFromJsonAsync<JsonNode>((string)job["links"]!["self"]!))!;
        Assert.Equal("done", (string?)job["state"]);
        DecodedImage result = ImageFile.Decode(await _server.Client.GetByteArrayAsync((string)job["result"]!["images"]![0]!["url"]!), "result");
        Assert.Equal((64, 48), (result.Width, result.Height));
        Assert.Equal(7, GenerationSettings.FromJson(result.Text[GenerationSettings.TextKey]).Seed);

        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(Checkpoints.EmbeddedModels.Demo);
        DepthToImageResult expected = await pipeline.GenerateAsync(new DepthToImageRequest { Image = ImageFile.Decode(picture, "picture").ToRgb(), Prompt = "a red ball", Steps = 4, Seed = 7, Size = new WorkingSize(64, 64) });
        Assert.Equal(expected.Images[0].Pixels, result.ToRgb().Pixels);
    }

    [Fact]
    public async Task All_faults_of_a_request_are_told_at_once_each_at_its_field()
    {
        HttpResponseMessage refused = await _server.Client.PostAsJsonAsync("/api/v1/jobs", new { prompt = 5, strength = 2, steps = 100000, sheduler = "euler", depthModel = "/etc" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        JsonObject errors = (JsonObject)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!;
        Assert.Equal(["depthModel", "image", "prompt", "sheduler", "steps", "strength"], errors.Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_running_job_ends_within_a_step_when_it_is_deleted()
    {
        HttpResponseMessage accepted = await _server.Client.PostAsJsonAsync("/api/v1/jobs", new { image = Convert.ToBase64String(Samples.SmallPicture()), prompt = "a red ball", steps = 150, strength = 1, count = 16 });
        JsonNode job = (await accepted.Content.ReadFromJsonAsync<JsonNode>())!;
        string self = (string)job["links"]!["self"]!;
        await _server.WaitAsync(self, found => (string?)found["progress"]?["stage"] == "denoising");
        await _server.Client.DeleteAsync(self);
        string events = await _server.Client.GetStringAsync(self + "/events");
        Assert.Contains("event: cancelled", events, StringComparison.Ordinal);
        Assert.Equal("cancelled", (string?)(await _server.Client.GetFromJsonAsync<JsonNode>(self))!["state"]);
    }

    [Fact]
    public async Task Depth_comes_back_as_a_gray_picture_of_the_pictures_size()
    {
        using MultipartFormDataContent form = new() { { new ByteArrayContent(Samples.SmallPicture()), "image", "photo.png" }, { new StringContent("8"), "bits" } };
        HttpResponseMessage answer = await _server.Client.PostAsync("/api/v1/depth", form);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        DecodedImage map = ImageFile.Decode(await answer.Content.ReadAsByteArrayAsync(), "map");
        Assert.Equal((64, 48, 8), (map.Width, map.Height, map.BitDepth));
    }
}
