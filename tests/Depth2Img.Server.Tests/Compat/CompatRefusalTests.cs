using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>What the server refuses before it looks at a request, in each family's own shape.</summary>
public sealed class CompatRefusalTests : IAsyncLifetime
{
    private static readonly string[] Paths = ["/sdapi/v1/img2img", "/sdapi/v1/txt2img", "/controlnet/img2img", "/v1/images/edits", "/v1/images/generations"];

    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(options => options.Limits.BodyBytes = 20_000);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_body_that_is_too_large_is_413_and_the_answer_names_the_limit()
    {
        foreach (string path in Paths) Assert.Contains("MiB", await RefusedAsync(path, new JsonObject { ["prompt"] = new string('a', 30_000) }, HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_no_json_object_is_400()
    {
        foreach (string path in Paths) await RefusedAsync(path, new JsonArray(1, 2), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task While_the_server_stops_it_says_when_to_come_again()
    {
        _server.Services.GetRequiredService<JobService>().Drain();
        foreach (string path in Paths) await RefusedAsync(path, CompatServer.Small(), HttpStatusCode.ServiceUnavailable, hasRetry: true);
        // What is only read is still answered.
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.GetAsync("/sdapi/v1/progress")).StatusCode);
    }

    [Fact]
    public async Task Another_hosts_name_is_refused_in_the_familys_shape()
    {
        foreach (string path in (string[])["/sdapi/v1/options", "/v1/models"])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Host = "evil.example";
            using HttpResponseMessage answer = await _server.Client.SendAsync(request);
            Detail(path, (await CompatServer.ReadAsync(answer, HttpStatusCode.MisdirectedRequest))!);
        }
    }

    private async Task<string> RefusedAsync(string path, JsonNode body, HttpStatusCode expected, bool hasRetry = false)
    {
        using HttpResponseMessage answer = await _server.Client.PostAsJsonAsync(path, body);
        Assert.Equal(hasRetry, answer.Headers.RetryAfter is not null);
        return Detail(path, (await CompatServer.ReadAsync(answer, expected))!);
    }

    private static string Detail(string path, JsonNode refused) => (string)(path.StartsWith("/v1/", StringComparison.Ordinal) ? refused["error"]!["message"] : refused["detail"])!;
}
