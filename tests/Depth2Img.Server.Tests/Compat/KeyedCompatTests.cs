using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>Where clients have keys, each sees and ends its own.</summary>
public sealed class KeyedCompatTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    [Fact]
    public async Task Without_a_key_each_family_refuses_in_its_own_words_but_an_address_of_a_picture_is_its_key()
    {
        using HttpResponseMessage sdapi = await server.Client.GetAsync("/sdapi/v1/options");
        Assert.Contains("Basic", sdapi.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        CompatServer.HasTypes((await CompatServer.ReadAsync(sdapi, HttpStatusCode.Unauthorized))!, ("detail", JsonValueKind.String), ("error", JsonValueKind.String));
        using HttpResponseMessage openAi = await server.Client.GetAsync("/v1/models");
        Assert.Equal("invalid_api_key", (string?)(await CompatServer.ReadAsync(openAi, HttpStatusCode.Unauthorized))!["error"]!["code"]);
        using HttpResponseMessage native = await server.Client.GetAsync("/api/v1/models");
        Assert.Equal("application/problem+json", native.Content.Headers.ContentType!.MediaType);

        JsonObject request = new() { ["prompt"] = "a red ball", ["image"] = CompatServer.Base64(CompatServer.Picture), ["steps"] = 2, ["response_format"] = "url", ["working_size"] = "64x48" };
        JsonNode answer = (await CompatServer.ReadAsync(await server.SendAsync(HttpMethod.Post, "/v1/images/generations", KeyedServer.Key, request), HttpStatusCode.OK))!;
        string url = (string)answer["data"]![0]!["url"]!;
        using HttpResponseMessage picture = await server.Client.GetAsync(url);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType!.MediaType));
        using HttpResponseMessage other = await server.Client.GetAsync(url.Replace(".png", "0.png", StringComparison.Ordinal));
        Assert.Equal("not_found", (string?)(await CompatServer.ReadAsync(other, HttpStatusCode.NotFound))!["error"]!["code"]);
    }

    [Fact]
    public async Task The_password_of_basic_authentication_lets_a_client_in()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/sdapi/v1/options");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{KeyedServer.Key}")));
        Assert.Equal(HttpStatusCode.OK, (await server.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Progress_and_interrupt_are_about_the_keys_own_request_and_a_full_queue_says_when_to_come_again()
    {
        JsonObject request = CompatServer.Small(("steps", 150), ("n_iter", 16), ("denoising_strength", 1), ("working_size", "192x192"));
        Task<HttpResponseMessage> making = server.SendAsync(HttpMethod.Post, "/sdapi/v1/img2img", KeyedServer.Key, request);
        // It is counted before its first picture has left the queue, where that one would take the place of the next request.
        await CompatServer.UntilAsync(async () => (int)(await StateAsync(KeyedServer.Key))["sampling_step"]! > 0);
        Assert.Equal(16, await JobCountAsync(KeyedServer.Key));
        Assert.Equal(0, await JobCountAsync(KeyedServer.OtherKey));
        await server.SendAsync(HttpMethod.Post, "/sdapi/v1/interrupt", KeyedServer.OtherKey, new JsonObject());
        Assert.Equal(16, await JobCountAsync(KeyedServer.Key));

        // One of this client's may wait beside the one that runs.
        Task<HttpResponseMessage> waiting = server.SendAsync(HttpMethod.Post, "/sdapi/v1/img2img", KeyedServer.Key, request);
        await CompatServer.UntilAsync(() => server.Jobs.Waiting > 0);
        foreach ((string path, string message) in ((string, string)[])[("/sdapi/v1/img2img", "detail"), ("/v1/images/generations", "error")])
        {
            using HttpResponseMessage refused = await server.SendAsync(HttpMethod.Post, path, KeyedServer.Key, request);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.True((await CompatServer.ReadAsync(refused, HttpStatusCode.TooManyRequests))!.AsObject().ContainsKey(message));
        }
        while (!making.IsCompleted || !waiting.IsCompleted) await server.SendAsync(HttpMethod.Post, "/sdapi/v1/interrupt", KeyedServer.Key, new JsonObject());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await making).StatusCode, (await waiting).StatusCode));

        async Task<int> JobCountAsync(string key) => (int)(await StateAsync(key))["job_count"]!;
        async Task<JsonNode> StateAsync(string key) => (await CompatServer.ReadAsync(await server.SendAsync(HttpMethod.Get, "/sdapi/v1/progress", key), HttpStatusCode.OK))!["state"]!;
    }

    [Fact]
    public async Task Settings_of_one_key_are_not_anothers()
    {
        using HttpResponseMessage set = await server.SendAsync(HttpMethod.Post, "/sdapi/v1/options", KeyedServer.Key, new JsonObject { ["samples_format"] = "jpg" });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        async Task<string?> FormatAsync(string key) => (string?)(await CompatServer.ReadAsync(await server.SendAsync(HttpMethod.Get, "/sdapi/v1/options", key), HttpStatusCode.OK))!["samples_format"];
        Assert.Equal(("jpg", "png"), (await FormatAsync(KeyedServer.Key), await FormatAsync(KeyedServer.OtherKey)));
    }
}
