#:project ../src/Depth2Img/Depth2Img.csproj
#:property PublishAot=false
// How many pictures a second the server makes under load, held against 'depth2img batch' on the same jobs, runs interleaved.
// Jobs bring their depth, whose estimate would take many times as long as the rest and hide what the server adds.
// usage: dotnet run -c Release scripts/bench-server.cs [ROUNDS [PICTURES]], after dotnet build -c Release src/Depth2Img.Cli
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

const int Clients = 64, Side = 128;
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5, pictures = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200;
string program = Path.GetFullPath("src/Depth2Img.Cli/bin/Release/net10.0/Depth2Img.Cli");
DirectoryInfo folder = Directory.CreateTempSubdirectory("depth2img-bench-");
try
{
    string picture = Path.Combine(folder.FullName, "photo.png");
    ImageResizer.Resize(Image.Load("samples/rendered/square.png"), Side, Side, ResizeFilter.Lanczos).Save(picture);
    List<double> batch = [], server = [];
    for (int round = 0; round < rounds; round++)
    {
        batch.Add(await BatchAsync(picture, round));
        server.Add(await ServeAsync(picture, round));
        Console.WriteLine(FormattableString.Invariant($"round {round + 1}: batch {batch[^1]:0.00}, server {server[^1]:0.00} pictures a second, ratio {server[^1] / batch[^1]:0.000}"));
    }
    double[] ratios = [.. batch.Zip(server, (b, s) => s / b).Order()];
    Console.WriteLine(FormattableString.Invariant($"median of {rounds} rounds of {pictures} pictures: ratio {ratios[rounds / 2]:0.000} ({ratios[0]:0.000} to {ratios[^1]:0.000})"));
}
finally
{
    folder.Delete(recursive: true);
}

// From the first picture's end to the last one's: neither's start counts.
async Task<double> BatchAsync(string picture, int round)
{
    string jobs = Path.Combine(folder.FullName, $"jobs-{round}.jsonl");
    await File.WriteAllLinesAsync(jobs, Enumerable.Range(0, pictures).Select(n => $$"""{"image":"{{picture}}","depth":"{{picture}}","prompt":"a red ball","seed":{{n}}}"""));
    using Process process = Start("batch", jobs, "-o", Path.Combine(folder.FullName, $"batch-{round}"), "--steps", "2", "--strength", "1", "--size", "128x128", "--name", "{n}", "--json");
    List<TimeSpan> ends = [];
    Stopwatch watch = Stopwatch.StartNew();
    while (await process.StandardOutput.ReadLineAsync() is { } line)
    {
        if (JsonNode.Parse(line)?["line"] is not null) ends.Add(watch.Elapsed);
    }
    await process.WaitForExitAsync();
    if (process.ExitCode != 0 || ends.Count < pictures) throw new InvalidOperationException($"batch ended with {process.ExitCode} after {ends.Count} pictures: {await process.StandardError.ReadToEndAsync()}");
    return (pictures - 1) / (ends[pictures - 1] - ends[0]).TotalSeconds;
}

async Task<double> ServeAsync(string picture, int round)
{
    string[] keys = [.. Enumerable.Range(0, Clients).Select(n => $"key-of-client-{n}")];
    using Process process = Start("serve", "--port", "0", "--data", Path.Combine(folder.FullName, $"server-{round}"));
    using HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 2 * Clients }) { BaseAddress = new Uri((await process.StandardOutput.ReadLineAsync())!) };
    while (!(await http.GetAsync("/health/ready")).IsSuccessStatusCode) await Task.Delay(50);
    byte[] photo = await File.ReadAllBytesAsync(picture);
    int next = 0;
    Lock ending = new();
    List<TimeSpan> ends = [];
    Stopwatch watch = Stopwatch.StartNew();
    await Task.WhenAll(keys.Select(key => Task.Run(async () =>
    {
        for (int seed = Interlocked.Increment(ref next) - 1; seed < pictures; seed = Interlocked.Increment(ref next) - 1)
        {
            string self = await SubmitAsync(http, key, photo, seed);
            string events = await (await SendAsync(http, HttpMethod.Get, self + "/events", key)).Content.ReadAsStringAsync();
            if (!events.Contains("event: done", StringComparison.Ordinal)) throw new InvalidOperationException(events);
            JsonNode job = JsonNode.Parse(await (await SendAsync(http, HttpMethod.Get, self, key)).Content.ReadAsStringAsync())!;
            await (await SendAsync(http, HttpMethod.Get, (string)job["result"]!["images"]![0]!["url"]!, key)).Content.ReadAsByteArrayAsync();
            lock (ending) ends.Add(watch.Elapsed);
        }
    })));
    process.Kill();
    await process.WaitForExitAsync();
    return (pictures - 1) / (ends[^1] - ends[0]).TotalSeconds;
}

static async Task<string> SubmitAsync(HttpClient http, string key, byte[] photo, int seed)
{
    while (true)
    {
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(photo), "image", "photo.png" },
            { new ByteArrayContent(photo), "depth", "depth.png" },
            { new StringContent("a red ball"), "prompt" },
            { new StringContent("2"), "steps" },
            { new StringContent("1"), "strength" },
            { new StringContent("128x128"), "size" },
            { new StringContent(seed.ToString(CultureInfo.InvariantCulture)), "seed" },
        };
        HttpResponseMessage answer = await SendAsync(http, HttpMethod.Post, "/api/v1/jobs", key, form);
        if ((int)answer.StatusCode == 202) return answer.Headers.Location!.ToString();
        await Task.Delay(answer.Headers.RetryAfter?.Delta ?? throw new InvalidOperationException($"{answer.StatusCode}"));
    }
}

static Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string key, HttpContent? content = null)
{
    HttpRequestMessage request = new(method, path) { Content = content };
    request.Headers.Add("X-API-Key", key);
    return http.SendAsync(request);
}

Process Start(params string[] arguments)
{
    ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
    start.Environment["DEPTH2IMG_KEYS"] = string.Join(',', Enumerable.Range(0, Clients).Select(n => $"key-of-client-{n}"));
    return Process.Start(start)!;
}
