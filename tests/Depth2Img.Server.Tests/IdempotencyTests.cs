using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task Requests_with_one_key_at_the_same_moment_give_one_job()
    {
        await using RunningServer server = await RunningServer.StartAsync(configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        object body = new { image = Convert.ToBase64String(Samples.SmallPicture()), prompt = "a red ball", steps = 1, size = "64x64" };
        for (int round = 0; round < 5; round++)
        {
            string key = $"key {round}";
            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(server, key, body)));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
            string?[] ids = await Task.WhenAll(answers.Select(async answer => (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]));
            Assert.Single(ids.Distinct());
        }
        await server.DrainAsync();
        Assert.Equal(5, server.Services.GetRequiredService<JobService>().Finished(null, 100).Count);
    }

    [Fact]
    public async Task A_key_that_came_with_another_request_is_refused_and_another_clients_is_another()
    {
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Keys.Add("first-long-key");
            options.Keys.Add("second-long-key");
        }, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        string image = Convert.ToBase64String(Samples.SmallPicture());
        object body = new { image, prompt = "a red ball", steps = 1 };
        JsonNode first = (await (await PostAsync(server, "k", body, "first-long-key")).Content.ReadFromJsonAsync<JsonNode>())!;
        JsonNode other = (await (await PostAsync(server, "k", body, "second-long-key")).Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.NotEqual((string?)first["id"], (string?)other["id"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(server, "k", new { image, prompt = "a blue ball", steps = 1 }, "first-long-key")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(server, new string('k', 201), body, "first-long-key")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningServer server, string idempotencyKey, object body, string? key = null)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (key is not null) request.Headers.Add("X-API-Key", key);
        return server.Client.SendAsync(request);
    }
}
