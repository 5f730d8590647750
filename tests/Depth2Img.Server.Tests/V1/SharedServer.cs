using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Tests.V1;

/// <summary>One server for all tests of a class, and the library beside it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    /// <summary>A picture of 64x48 pixels, as a file.</summary>
    public static byte[] Picture { get; } = Samples.SmallPicture();

    /// <summary>The same in base64.</summary>
    public static string Base64 { get; } = Convert.ToBase64String(Picture);

    internal RunningServer Server { get; private set; } = null!;

    internal HttpClient Client => Server.Client;

    internal DepthToImagePipeline Library { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await RunningServer.StartAsync(options => options.Limits.WaitingPerClient = 64);
        Library = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
    }

    public async Task DisposeAsync()
    {
        Library.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>The picture as the library takes it.</summary>
    internal static Image Decoded() => ImageFile.Decode(Picture, "picture").ToRgb();

    /// <summary>A mask of the picture's size, white in its right half.</summary>
    internal static byte[] HalfMask() => Encode(64, 48, (x, _) => x < 32 ? (byte)0 : (byte)255);

    /// <summary>A depth map of the picture's size: a near block on a ground that comes nearer.</summary>
    internal static byte[] DepthFile() => Encode(64, 48, (x, y) => x is >= 20 and < 44 && y is >= 12 and < 40 ? (byte)240 : (byte)(2 * y));

    internal static byte[] Encode(int width, int height, Func<int, int, byte> gray)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int n = 0; n < pixels.Length; n++) pixels[n] = gray(n / 3 % width, n / 3 / width);
        using MemoryStream stream = new();
        ImageFile.Encode(stream, new Image(width, height, pixels), ImageFormat.Png);
        return stream.ToArray();
    }

    /// <summary>Posts a request and gives its answer.</summary>
    internal async Task<JsonNode> PostAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        HttpResponseMessage answer = await Client.PostAsJsonAsync(path, body);
        JsonNode told = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {told.ToJsonString()}");
        return told;
    }

    /// <summary>Submits a job and waits until it is done.</summary>
    internal async Task<JsonNode> RunAsync(string path, object body)
    {
        JsonNode job = await PostAsync(path, body, HttpStatusCode.Accepted);
        return await FinishAsync((string)job["links"]!["self"]!);
    }

    /// <summary>Waits until a job is done.</summary>
    internal Task<JsonNode> FinishAsync(string self) => Server.WaitAsync(self, job => (string?)job["state"] == "done");

    internal async Task<DecodedImage> PictureAsync(JsonNode url) => ImageFile.Decode(await Client.GetByteArrayAsync((string)url!), "picture");

    /// <summary>The fields that a request is refused for.</summary>
    internal async Task<JsonObject> RefusedAsync(string path, object body) =>
        (JsonObject)(await PostAsync(path, body, HttpStatusCode.UnprocessableEntity))["errors"]!;
}
