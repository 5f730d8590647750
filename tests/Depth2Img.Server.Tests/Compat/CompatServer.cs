using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>A running server for a class of tests, and what clients of it do all the time.</summary>
public class CompatServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    internal HttpClient Client => Server.Client;

    internal JobService Jobs => Server.Services.GetRequiredService<JobService>();

    internal AttendedRuns Runs => Server.Services.GetRequiredService<AttendedRuns>();

    public async Task InitializeAsync() => Server = await RunningServer.StartAsync(Configure);

    public async Task DisposeAsync() => await Server.DisposeAsync();

    /// <summary>A picture of 64x48, none of whose pixels is as the next.</summary>
    internal static byte[] Picture => Samples.SmallPicture();

    internal static string Base64(byte[] file) => Convert.ToBase64String(file);

    internal static string DataUrl(byte[] file) => "data:image/png;base64," + Base64(file);

    /// <summary>A map that comes nearer downwards.</summary>
    internal static byte[] Map(int width = 64, int height = 48)
    {
        float[] values = new float[width * height];
        for (int n = 0; n < values.Length; n++) values[n] = n / width;
        using MemoryStream png = new();
        DepthMapFile.EncodePng(png, new DepthMap(width, height, values));
        return png.ToArray();
    }

    /// <summary>A picture of one colour for each pixel.</summary>
    internal static byte[] Paint(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue, byte Alpha)> color)
    {
        byte[] pixels = new byte[3 * width * height], alpha = new byte[width * height];
        for (int n = 0; n < alpha.Length; n++) (pixels[3 * n], pixels[3 * n + 1], pixels[3 * n + 2], alpha[n]) = color(n % width, n / width);
        return new Image(width, height, pixels, alpha.All(a => a == 255) ? null : alpha).ToBytes(ImageFormat.Png);
    }

    internal static byte[] Gray(int width, int height, Func<int, int, byte> value) => Paint(width, height, (x, y) => (value(x, y), value(x, y), value(x, y), 255));

    internal static Image Decode(JsonNode? base64) => ImageFile.Decode(Convert.FromBase64String((string)base64!), "answer").ToRgb();

    internal static JsonObject Info(JsonNode answer) => (JsonObject)JsonNode.Parse((string)answer["info"]!)!;

    /// <summary>The smallest request for a picture, which tests add to.</summary>
    internal static JsonObject Small(params (string Name, JsonNode? Value)[] more)
    {
        JsonObject request = new() { ["init_images"] = new JsonArray(Base64(Picture)), ["prompt"] = "a red ball", ["steps"] = 2, ["width"] = 64, ["height"] = 48, ["working_size"] = "64x48", ["seed"] = 7 };
        foreach ((string name, JsonNode? value) in more) request[name] = value;
        return request;
    }

    internal async Task<JsonNode> PostAsync(string path, JsonNode? body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(path, body);
        return (await ReadAsync(answer, expected))!;
    }

    internal async Task<JsonNode?> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path);
        return await ReadAsync(answer, expected);
    }

    internal static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode}: {text[..Math.Min(500, text.Length)]}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return JsonNode.Parse(text);
    }

    /// <summary>Waits until something holds; the test's own end, minutes later, is the limit.</summary>
    internal static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    /// <summary>Waits until the server says that something holds.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        while (!await holds()) await Task.Delay(20, limit.Token);
    }

    internal static void HasTypes(JsonNode node, params (string Name, JsonValueKind Kind)[] fields)
    {
        foreach ((string name, JsonValueKind kind) in fields)
        {
            Assert.True(node is JsonObject inner && inner.ContainsKey(name), $"{name} is missing");
            Assert.Equal((name, kind), (name, node[name]?.GetValueKind() ?? JsonValueKind.Null));
        }
    }

    /// <summary>The server's options.</summary>
    private protected virtual void Configure(ServerOptions options)
    {
    }
}
