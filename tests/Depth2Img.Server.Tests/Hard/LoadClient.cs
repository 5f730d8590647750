using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;

namespace Depth2Img.Server.Tests.Hard;

/// <summary>Many clients that ask for small pictures, as fast as they may, and count what they are answered.</summary>
/// <param name="client">Reaches the server.</param>
/// <param name="picture">The picture to work from.</param>
internal sealed class LoadClient(HttpClient client, byte[] picture)
{
    private int _refused, _seed;

    /// <summary>Jobs that were accepted.</summary>
    public ConcurrentDictionary<string, string> Accepted { get; } = new();

    /// <summary>Jobs whose picture has arrived.</summary>
    public ConcurrentDictionary<string, byte> Answered { get; } = new();

    /// <summary>Answers that no server should give.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>How often it was told to come back later.</summary>
    public int Refused => _refused;

    /// <summary>
    /// The request of a small picture: of 2 steps at 128 pixels, if nothing else is said. It brings its depth, whose estimate would
    /// take many times as long as the rest.
    /// </summary>
    public static MultipartFormDataContent Request(byte[] picture, int seed, int steps = 2, int side = 128) => new()
    {
        { new ByteArrayContent(picture), "image", "photo.png" },
        { new ByteArrayContent(picture), "depth", "depth.png" },
        { new StringContent("a red ball"), "prompt" },
        { new StringContent(steps.ToString(CultureInfo.InvariantCulture)), "steps" },
        { new StringContent("1"), "strength" },
        { new StringContent(string.Create(CultureInfo.InvariantCulture, $"{side}x{side}")), "size" },
        { new StringContent(seed.ToString(CultureInfo.InvariantCulture)), "seed" },
    };

    /// <summary>A photograph of 128 pixels a side.</summary>
    public static byte[] Photo()
    {
        byte[] pixels = new byte[3 * 128 * 128];
        for (int n = 0; n < pixels.Length; n++) pixels[n] = (byte)(n / 3 % 128 + n / 384 % 128 + n % 3 * 20);
        using MemoryStream stream = new();
        ImageFile.Encode(stream, new Image(128, 128, pixels), ImageFormat.Png);
        return stream.ToArray();
    }

    /// <summary>Asks for pictures under a key until told to end, and then for the last ones' answers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="atATime">How many jobs it has at a time.</param>
    /// <param name="ending">Ends the asking.</param>
    public async Task RunAsync(string key, int atATime, CancellationToken ending)
    {
        Queue<string> open = new();
        while (!ending.IsCancellationRequested)
        {
            while (open.Count < atATime && !ending.IsCancellationRequested && await SubmitAsync(key, ending) is { } self) open.Enqueue(self);
            if (open.TryDequeue(out string? oldest)) await AnswerAsync(key, oldest);
        }
        while (open.TryDequeue(out string? left)) await AnswerAsync(key, left);
    }

    private async Task<string?> SubmitAsync(string key, CancellationToken ending)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = Request(picture, Interlocked.Increment(ref _seed)) };
        request.Headers.Add("X-API-Key", key);
        using HttpResponseMessage answer = await client.SendAsync(request, CancellationToken.None);
        string text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
        if (answer.StatusCode == HttpStatusCode.Accepted)
        {
            string self = answer.Headers.Location!.ToString();
            if (!Accepted.TryAdd(self, key)) Faults.Enqueue($"{self} was given twice");
            return self;
        }
        if (answer.StatusCode != HttpStatusCode.TooManyRequests || answer.Headers.RetryAfter?.Delta is not { } wait)
        {
            Faults.Enqueue($"{(int)answer.StatusCode}: {text}");
            return null;
        }
        Interlocked.Increment(ref _refused);
        try
        {
            await Task.Delay(wait, ending);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
        return null;
    }

    private async Task AnswerAsync(string key, string self)
    {
        // The events end when the job does.
        string events = await GetAsync(key, self + "/events") is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        if (!events.Contains("event: done", StringComparison.Ordinal)) Faults.Enqueue($"{self} did not end well: {events}");
        if (await GetAsync(key, self) is not { } view) return;
        string url = (string)JsonNode.Parse(view)!["result"]!["images"]![0]!["url"]!;
        if (await GetAsync(key, url) is not { } file) return;
        DecodedImage made = ImageFile.Decode(file, "result");
        if ((made.Width, made.Height) != (128, 128)) Faults.Enqueue($"{url} is {made.Width}x{made.Height}");
        Answered[self] = 1;
    }

    private async Task<byte[]?> GetAsync(string key, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Add("X-API-Key", key);
        using HttpResponseMessage answer = await client.SendAsync(request);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        if (answer.IsSuccessStatusCode) return body;
        Faults.Enqueue($"{(int)answer.StatusCode} for {path}");
        return null;
    }
}
