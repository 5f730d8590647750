using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Tests;

public sealed class GateTests : IAsyncLifetime
{
    private const string Key = "first-long-key", OtherKey = "second-long-key";
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(options =>
    {
        options.Keys.Add(Key);
        options.Keys.Add(OtherKey);
    });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Without_a_key_only_health_is_told()
    {
        foreach (string path in (string[])["/api/v1/models", "/api/v1/history", "/api/v1/jobs/0123456789abcdef0123456789abcdef", "/nothing"])
        {
            HttpResponseMessage answer = await _server.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        }
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.GetAsync("/metrics")).StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key, HttpStatusCode.OK)]
    [InlineData("X-API-Key", OtherKey, HttpStatusCode.OK)]
    [InlineData("X-API-Key", "first-long-kez", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic !!!", HttpStatusCode.Unauthorized)]
    public async Task A_key_lets_in_and_anything_else_does_not(string header, string value, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/models");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(expected, (await _server.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task The_password_of_basic_authentication_is_a_key()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/models");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Key}")));
        Assert.Equal(HttpStatusCode.OK, (await _server.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Another_hosts_name_and_another_pages_origin_are_refused()
    {
        using HttpRequestMessage foreignHost = new(HttpMethod.Get, "/health/live");
        foreignHost.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await _server.Client.SendAsync(foreignHost)).StatusCode);

        using HttpRequestMessage foreignPage = new(HttpMethod.Post, "/api/v1/jobs") { Content = JsonContent.Create(new { }) };
        foreignPage.Headers.Add("X-API-Key", Key);
        foreignPage.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await _server.Client.SendAsync(foreignPage)).StatusCode);
    }

    [Fact]
    public async Task A_job_is_invisible_to_other_keys()
    {
        JsonNode job = await SendAsync(HttpMethod.Post, "/api/v1/jobs", Key, new { image = Convert.ToBase64String(Samples.SmallPicture()), prompt = "a red ball", steps = 1, size = "64x64" }, HttpStatusCode.Accepted);
        string self = (string)job["links"]!["self"]!;
        await SendAsync(HttpMethod.Get, self, OtherKey, null, HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Delete, self, OtherKey, null, HttpStatusCode.NotFound);
        string? state;
        while ((state = (string?)(await SendAsync(HttpMethod.Get, self, Key, null, HttpStatusCode.OK))["state"]) is "queued" or "running") await Task.Delay(50);
        Assert.Equal("done", state);
        Assert.Single((JsonArray)(await SendAsync(HttpMethod.Get, "/api/v1/history", Key, null, HttpStatusCode.OK))["jobs"]!);
        Assert.Empty((JsonArray)(await SendAsync(HttpMethod.Get, "/api/v1/history", OtherKey, null, HttpStatusCode.OK))["jobs"]!);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string key, object? body, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-API-Key", key);
        HttpResponseMessage answer = await _server.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
