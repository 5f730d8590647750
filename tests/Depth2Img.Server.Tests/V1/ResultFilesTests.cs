using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Tests.V1;

public sealed class ResultFilesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    public async Task Settings_are_taken_out_of_a_file_and_its_pixels_stay(string format)
    {
        JsonNode job = await shared.RunAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "a red ball: “ü”", steps = 2, size = "64x48", format });
        string url = (string)job["result"]!["images"]![0]!["url"]!;
        byte[] whole = await shared.Client.GetByteArrayAsync(url), bare = await shared.Client.GetByteArrayAsync(url + "?metadata=false");
        DecodedImage with = ImageFile.Decode(whole, "with"), without = ImageFile.Decode(bare, "without");
        Assert.Contains(GenerationSettings.TextKey, with.Text.Keys);
        Assert.Empty(without.Text);
        Assert.Equal(with.ToRgb().Pixels, without.ToRgb().Pixels);
        Assert.Equal(-1, bare.AsSpan().IndexOf("a red ball"u8));
        Assert.Equal(whole, await shared.Client.GetByteArrayAsync(url + "?metadata=true"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await shared.Client.GetAsync(url + "?metadata=no")).StatusCode);
    }

    [Fact]
    public async Task Each_picture_has_a_small_one_and_only_given_names_are_found()
    {
        byte[] wide = SharedServer.Encode(600, 200, (x, _) => (byte)(x % 256));
        JsonNode job = await shared.RunAsync("/api/v1/jobs", new { image = Convert.ToBase64String(wide), prompt = "a red ball", steps = 1, size = "96x32", count = 2 });
        foreach (JsonNode? image in (JsonArray)job["result"]!["images"]!)
        {
            HttpResponseMessage answer = await shared.Client.GetAsync((string)image!["thumbnail"]!);
            Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
            DecodedImage small = ImageFile.Decode(await answer.Content.ReadAsByteArrayAsync(), "small");
            Assert.Equal((256, 85), (small.Width, small.Height));
            Assert.Empty(small.Text);
        }
        string self = (string)job["links"]!["self"]!;
        foreach (string name in (string[])["image", "request.json", "..%2Fimage", "result-2.png"])
            Assert.Equal(HttpStatusCode.NotFound, (await shared.Client.GetAsync($"{self}/files/{name}")).StatusCode);
        JsonNode history = JsonNode.Parse(await shared.Client.GetStringAsync("/api/v1/history?limit=200"))!;
        Assert.All(((JsonArray)history["jobs"]!).Where(entry => (string?)entry!["state"] == "done"), entry => Assert.NotNull(entry!["result"]!["images"]![0]!["thumbnail"]));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_job_that_is_to_end_after_the_picture_has_the_pictures_so_far_as_the_whole_job_would_have_them()
    {
        object request = new { image = SharedServer.Base64, prompt = "a red ball", steps = 20, strength = 1, seed = 3, count = 16, size = "128x96", scheduler = "euler-a" };
        JsonNode job = await shared.PostAsync("/api/v1/jobs", request, HttpStatusCode.Accepted);
        string self = (string)job["links"]!["self"]!;
        await shared.Server.WaitAsync(self, found => found["progress"] is { } progress && (int)progress["step"]! > 0);
        await shared.Client.DeleteAsync(self + "?after=picture");
        job = await shared.FinishAsync(self);
        JsonArray images = (JsonArray)job["result"]!["images"]!;
        Assert.InRange(images.Count, 1, 15);
        Assert.Contains(((JsonArray)job["result"]!["warnings"]!).Select(w => (string)w!), warning => warning.Contains($"{images.Count} of 16 pictures", StringComparison.Ordinal));

        DepthToImageResult whole = await shared.Library.GenerateAsync(new DepthToImageRequest
        {
            Image = SharedServer.Decoded(),
            Prompt = "a red ball",
            Steps = 20,
            Strength = 1,
            Seed = 3,
            Count = 16,
            Size = new WorkingSize(128, 96),
            Scheduler = "euler-a",
        });
        for (int n = 0; n < images.Count; n++) Assert.Equal(whole.Images[n].Pixels, (await shared.PictureAsync(images[n]!["url"]!)).ToRgb().Pixels);
    }

    [Fact]
    public async Task A_waiting_job_that_is_to_end_after_the_picture_has_none_and_another_word_is_refused()
    {
        JsonNode busy = await shared.PostAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "a red ball", steps = 150, strength = 1, count = 16 }, HttpStatusCode.Accepted);
        JsonNode waiting = await shared.PostAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "a red ball" }, HttpStatusCode.Accepted);
        string first = (string)busy["links"]!["self"]!, second = (string)waiting["links"]!["self"]!;
        await shared.Server.WaitAsync(first, found => (string?)found["state"] == "running");
        HttpResponseMessage refused = await shared.Client.DeleteAsync(second + "?after=all");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        JsonNode ended = JsonNode.Parse(await (await shared.Client.DeleteAsync(second + "?after=picture")).Content.ReadAsStringAsync())!;
        Assert.Equal("cancelled", (string?)ended["state"]);
        await shared.Client.DeleteAsync(first);
        await shared.Client.GetStringAsync(first + "/events");
    }
}
