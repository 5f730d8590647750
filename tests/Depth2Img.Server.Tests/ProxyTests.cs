using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Server.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests;

public sealed class ProxyTests
{
    [Fact]
    public async Task Forwarded_headers_are_believed_of_a_named_proxy_only()
    {
        foreach ((string proxy, bool believed) in (IEnumerable<(string, bool)>)[("127.0.0.1", true), ("127.0.0.0/8", true), ("10.1.2.3", false)])
        {
            await using RunningServer server = await RunningServer.StartAsync(options =>
            {
                options.Proxies.Add(proxy);
                options.HostNames.Add("depth.example");
            });
            HttpResponseMessage named = await SendAsync(server, HttpMethod.Get, "/api/v1/history", ("X-Forwarded-Host", "depth.example"), ("X-Forwarded-Proto", "https"));
            Assert.Equal(HttpStatusCode.OK, named.StatusCode);
            // The cookie of a page under https must not go over http.
            Assert.Equal(believed, named.Headers.GetValues("Set-Cookie").Single().Contains("secure", StringComparison.OrdinalIgnoreCase));
            HttpResponseMessage foreign = await SendAsync(server, HttpMethod.Get, "/health/live", ("X-Forwarded-Host", "evil.example"));
            Assert.Equal(believed ? HttpStatusCode.MisdirectedRequest : HttpStatusCode.OK, foreign.StatusCode);
        }
    }

    [Fact]
    public async Task Clients_behind_a_proxy_have_a_queue_each()
    {
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Proxies.Add("127.0.0.1");
            options.Limits.WaitingPerClient = 1;
        }, configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor((_, _, cancelled) => Task.Delay(Timeout.Infinite, cancelled))));
        async Task<HttpStatusCode> PostAsync(string client) => (await SendAsync(server, HttpMethod.Post, "/api/v1/jobs", ("X-Forwarded-For", client))).StatusCode;
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("203.0.113.1"));
        Jobs.JobService jobs = server.Services.GetRequiredService<Jobs.JobService>();
        await Until.TrueAsync(() => jobs.Waiting == 0, "the first job runs");
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync("203.0.113.1"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("203.0.113.2"));
        // All addresses of one network of version 6 are one client's.
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("2001:db8:1:2::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await PostAsync("2001:db8:1:2:3::4"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync("2001:db8:1:3::1"));
    }

    [Fact]
    public async Task Under_a_path_all_addresses_in_answers_begin_with_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.PathBase = "/depth", configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        HttpResponseMessage answer = await SendAsync(server, HttpMethod.Post, "/depth/api/v1/jobs");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.StartsWith("/depth/api/v1/jobs/", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Contains("path=/depth", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        string self = answer.Headers.Location.ToString();
        await server.DrainAsync();
        JsonNode job = JsonNode.Parse(await server.Client.GetStringAsync(self))!;
        string url = (string)job["result"]!["images"]![0]!["url"]!;
        Assert.StartsWith(self, url, StringComparison.Ordinal);
        Assert.Equal(Samples.SmallPicture(), await server.Client.GetByteArrayAsync(url));
    }

    [Fact]
    public async Task Other_sites_pages_are_let_in_only_if_named_and_never_with_cookies()
    {
        await using RunningServer server = await RunningServer.StartAsync(options => options.CorsOrigins.Add("https://app.example"), configure: builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        HttpResponseMessage preflight = await SendAsync(server, HttpMethod.Options, "/api/v1/jobs", ("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-api-key"));
        Assert.True(preflight.IsSuccessStatusCode);
        Assert.Equal("https://app.example", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        HttpResponseMessage named = await SendAsync(server, HttpMethod.Post, "/api/v1/jobs", ("Origin", "https://app.example"));
        Assert.Equal(HttpStatusCode.Accepted, named.StatusCode);
        Assert.Equal("https://app.example", named.Headers.GetValues("Access-Control-Allow-Origin").Single());
        foreach (string other in (string[])["https://other.example", "http://app.example", "https://app.example.evil.example", "null"])
        {
            HttpResponseMessage refused = await SendAsync(server, HttpMethod.Post, "/api/v1/jobs", ("Origin", other));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Without_origins_no_answer_lets_any_in()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach ((HttpMethod method, string path) in (IEnumerable<(HttpMethod, string)>)[(HttpMethod.Get, "/api/v1/models"), (HttpMethod.Options, "/api/v1/jobs"), (HttpMethod.Get, "/health/live")])
        {
            HttpResponseMessage answer = await SendAsync(server, method, path, ("Origin", "https://app.example"), ("Access-Control-Request-Method", "POST"));
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (method == HttpMethod.Post) request.Content = new MultipartFormDataContent { { new ByteArrayContent(Samples.SmallPicture()), "image", "photo.png" }, { new StringContent("a red ball"), "prompt" }, { new StringContent("1"), "steps" } };
        // Without cookies of requests before: each is a browser's first.
        using HttpClient client = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        return await client.SendAsync(request);
    }
}
