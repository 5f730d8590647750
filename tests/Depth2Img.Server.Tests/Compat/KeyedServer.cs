using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>A server with keys.</summary>
public sealed class KeyedServer : CompatServer
{
    internal const string Key = "first-long-key", OtherKey = "second-long-key";

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string key, JsonNode? body = null, CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-API-Key", key);
        return await Client.SendAsync(request, cancellationToken);
    }

    private protected override void Configure(ServerOptions options)
    {
        options.Keys.Add(Key);
        options.Keys.Add(OtherKey);
        options.Limits.WaitingPerClient = 1;
    }
}
