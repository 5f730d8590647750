using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Composition;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Tests.V1;

public sealed class CompareTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static object Request(params double[] strengths) => new { image = SharedServer.Base64, prompt = "a red ball", strengths, steps = 4, seed = 7, size = "64x48" };

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_comparison_is_the_library_s_figure_pictures_scores_and_page()
    {
        JsonNode job = await shared.RunAsync("/api/v1/compare", Request(1, 0.5));
        CompositionComparison expected = await new CompositionComparer(shared.Library).CompareAsync(new CompositionComparisonRequest
        {
            Generation = new DepthToImageRequest { Image = SharedServer.Decoded(), Prompt = "a red ball", Steps = 4, Seed = 7, Size = new WorkingSize(64, 48) },
            Strengths = [0.5, 1],
        });

        Assert.Equal("compare", (string?)job["kind"]);
        JsonNode result = job["result"]!;
        Assert.Equal(CompositionFigure.Draw(expected).Pixels, (await shared.PictureAsync(result["images"]![0]!["url"]!)).ToRgb().Pixels);
        Assert.Equal(expected.ScoreDepthModel, (string?)result["scoreDepthModel"]);
        JsonArray pictures = (JsonArray)result["pictures"]!;
        Assert.Equal(["depthWithheld", "depthWithheld", "depthToImage", "depthToImage"], pictures.Select(p => (string)p!["method"]!));
        ComparisonPicture[] made = [.. expected.Rows.SelectMany(row => row.Pictures)];
        for (int n = 0; n < made.Length; n++)
        {
            Assert.Equal(made[n].Strength, (double)pictures[n]!["strength"]!);
            Assert.Equal(made[n].Score.Depth, (double)pictures[n]!["depthScore"]!, 1e-12);
            Assert.Equal(made[n].Score.Edges, (double)pictures[n]!["edgeScore"]!, 1e-12);
            Assert.Equal(made[n].Image.Pixels, (await shared.PictureAsync(pictures[n]!["url"]!)).ToRgb().Pixels);
        }

        HttpResponseMessage page = await shared.Client.GetAsync((string)result["page"]!);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("sandbox", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(ComparisonPage.Render(expected), await page.Content.ReadAsStringAsync());

        // As the job tells it, it can be asked for again.
        JsonObject again = (JsonObject)job["request"]!.DeepClone();
        again["image"] = SharedServer.Base64;
        JsonNode second = await shared.RunAsync("/api/v1/compare", again);
        Assert.Equal(pictures.Select(p => (double)p!["depthScore"]!), ((JsonArray)second["result"]!["pictures"]!).Select(p => (double)p!["depthScore"]!));
    }

    [Fact]
    public async Task Its_steps_are_counted_through_all_pictures()
    {
        JsonNode job = await shared.PostAsync("/api/v1/compare", Request(0.5, 1), HttpStatusCode.Accepted);
        string events = await shared.Client.GetStringAsync((string)job["links"]!["events"]!);
        JsonNode[] steps = [.. events.Split('\n').Where(line => line.StartsWith("data: {\"stage\":\"denoising\"", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];
        int[] done = [.. steps.Select(step => (int)step["step"]!)];
        Assert.Equal(done.Order(), done);
        Assert.Single(steps.Select(step => (int)step["steps"]!).Distinct());
        Assert.Equal((int)steps[^1]["steps"]!, done[^1]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task It_ends_within_a_step_when_it_is_deleted_and_with_the_strength_s_pictures_when_that_is_wanted()
    {
        JsonNode job = await shared.PostAsync("/api/v1/compare", new { image = SharedServer.Base64, prompt = "a red ball", strengths = new[] { 0.6, 0.7, 0.8 }, steps = 60 }, HttpStatusCode.Accepted);
        string self = (string)job["links"]!["self"]!;
        await shared.Server.WaitAsync(self, found => (string?)found["progress"]?["stage"] == "denoising");
        await shared.Client.DeleteAsync(self);
        Assert.Contains("event: cancelled", await shared.Client.GetStringAsync(self + "/events"), StringComparison.Ordinal);

        job = await shared.PostAsync("/api/v1/compare", new { image = SharedServer.Base64, prompt = "a red ball", strengths = new[] { 0.6, 0.7, 0.8 }, steps = 40 }, HttpStatusCode.Accepted);
        self = (string)job["links"]!["self"]!;
        await shared.Server.WaitAsync(self, found => (string?)found["progress"]?["stage"] == "denoising");
        await shared.Client.DeleteAsync(self + "?after=picture");
        job = await shared.FinishAsync(self);
        double[] made = [.. ((JsonArray)job["result"]!["pictures"]!).Select(p => (double)p!["strength"]!)];
        Assert.InRange(made.Length, 2, 4);
        Assert.Equal([.. made[..(made.Length / 2)], .. made[..(made.Length / 2)]], made);
        Assert.Contains(((JsonArray)job["result"]!["warnings"]!).Select(w => (string)w!), warning => warning.Contains($"{made.Length} of 6 pictures", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_estimator_that_pictures_follow_does_not_measure_them_and_a_generation_s_own_fields_are_unknown()
    {
        Assert.Equal(["scoreDepthModel"], (await shared.RefusedAsync("/api/v1/compare", new { image = SharedServer.Base64, prompt = "", scoreDepthModel = "tiefenrausch" })).Select(e => e.Key));
        JsonObject errors = await shared.RefusedAsync("/api/v1/compare", new { image = SharedServer.Base64, strength = 0.5, count = 1, init = "image", layers = new { }, inpaint = new { }, mask = SharedServer.Base64 });
        Assert.Equal(["count", "init", "inpaint", "layers", "mask", "strength"], errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        errors = await shared.RefusedAsync("/api/v1/compare", new { image = SharedServer.Base64, strengths = new[] { 0.5, 1.5 } });
        Assert.Equal(["strengths"], errors.Select(e => e.Key));
        errors = await shared.RefusedAsync("/api/v1/compare", new { image = SharedServer.Base64, strengths = Enumerable.Range(1, 9).Select(n => n / 10.0) });
        Assert.Contains("18 pictures", (string?)errors["strengths"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_a_generation_is_not_that_of_a_comparison()
    {
        object body = new { image = SharedServer.Base64, prompt = "a red ball", steps = 1, size = "64x48" };
        async Task<HttpStatusCode> SendAsync(string path)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", "one for both");
            return (await shared.Client.SendAsync(request)).StatusCode;
        }
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("/api/v1/jobs"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SendAsync("/api/v1/compare"));
    }
}
