using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Depth2Img.Server.Engine;
using Depth2Img.TestSupport;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>
/// Odd requests of every kind. Whatever is sent, the answer is a success that holds or a refusal in its family's own shape; the
/// process goes on and writes nothing outside its data folder. Every run takes another random seed, which it prints;
/// DEPTH2IMG_FUZZ_SEED repeats a run.
/// </summary>
[Trait("Category", "Slow")]
public sealed class FuzzTests(ITestOutputHelper log)
{
    private const int LeastCases = 20_000, RandomCases = 5_000, RealCases = 400, Workers = 4;
    private readonly FuzzCatalog _catalog = new();

    [Fact]
    public async Task Twenty_thousand_odd_requests_are_each_answered_as_they_should_be()
    {
        using TemporaryFolder folder = new();
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Limits.Waiting = options.Limits.WaitingPerClient = 100_000;
            options.Limits.WaitingEstimates = options.Limits.WaitingEstimatesPerClient = 1000;
        }, folder, builder => builder.Services.AddSingleton<IJobExecutor>(new StubExecutor()));
        string[] jobs = [(string)(await server.SubmitAsync())["id"]!, (string)(await server.SubmitAsync())["id"]!];
        int seed = Seed();
        FuzzCases cases = new(_catalog, seed, jobs);
        await RunAsync(server.Client, cases, 0, Math.Max(LeastCases, cases.Systematic + RandomCases), seed, [folder.Path, AppContext.BaseDirectory]);
        Assert.True((await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Every_address_that_takes_a_body_is_among_them()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string[] served = [.. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true).Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/'))];
        // Of those of the page's own forms, that which takes a job back has nothing but its token.
        string[] withoutBody = ["/jobs/{id}/cancel", "/sdapi/v1/interrupt", "/sdapi/v1/skip", "/sdapi/v1/unload-checkpoint", "/sdapi/v1/reload-checkpoint", "/sdapi/v1/refresh-checkpoints"];
        // The same under two names.
        string[] twins = ["/controlnet/img2img", "/controlnet/txt2img"];
        Assert.Empty(served.Except(_catalog.Targets.Select(target => target.Path)).Except(withoutBody).Except(twins));
        Assert.Empty(_catalog.Targets.Select(target => target.Path).Except(served));
    }

    [Fact]
    public async Task With_real_pictures_made_odd_requests_are_answered_too_and_nothing_is_written_elsewhere()
    {
        using TemporaryFolder folder = new();
        string data = folder.File("data"), home = Directory.CreateDirectory(folder.File("home")).FullName, temporary = Directory.CreateDirectory(folder.File("tmp")).FullName, working = Directory.CreateDirectory(folder.File("work")).FullName;
        await using ServerProcess server = await ServerProcess.StartAsync(data, ["env", "-C", working], ["--max-waiting", "10000", "--max-waiting-per-client", "10000", "--max-steps", "3", "--max-count", "2", "--max-working-pixels", "16384"],
            ("HOME", home), ("TMPDIR", temporary), ("XDG_DATA_HOME", home), ("DOTNET_EnableDiagnostics", "0"));
        HttpResponseMessage first = await server.Client.PostAsync("/api/v1/jobs", LoadRequest());
        string id = first.Headers.Location!.ToString().Split('/')[^1];
        await Until.TrueAsync(async () => (await server.Client.GetStringAsync($"/api/v1/jobs/{id}")).Contains("\"done\"", StringComparison.Ordinal), "the first job is done");
        int seed = Seed();
        FuzzCases cases = new(_catalog, seed, [id]);
        await RunAsync(server.Client, cases, cases.Systematic, RealCases, seed, [folder.Path]);
        Assert.False(server.HasExited);
        foreach (string untouched in (string[])[home, temporary, working]) Assert.Empty(Directory.EnumerateFileSystemEntries(untouched));
        Assert.Equal(["data", "home", "tmp", "work"], folder.Names);
        Assert.DoesNotContain("fault of the program", server.Error, StringComparison.Ordinal);
    }

    private static MultipartFormDataContent LoadRequest() => Hard.LoadClient.Request(Samples.SmallPicture(), 1);

    private static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("DEPTH2IMG_FUZZ_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given) ? given : System.Random.Shared.Next();

    private async Task RunAsync(HttpClient client, FuzzCases cases, int from, int count, int seed, string[] places)
    {
        log.WriteLine($"seed {seed}");
        ConcurrentQueue<string> faults = new();
        ConcurrentDictionary<int, int> statuses = new();
        int next = from, past = 0;
        Stopwatch watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int number = Interlocked.Increment(ref next) - 1; number < from + count && faults.Count < 20; number = Interlocked.Increment(ref next) - 1)
            {
                FuzzCase made = cases.Make(number);
                FuzzAnswer answer = await SendAsync(client, made);
                statuses.AddOrUpdate(answer.Status, 1, (_, seen) => seen + 1);
                if (Fault(made, answer, places) is { } fault) faults.Enqueue($"case {number} of the seed {seed}, {made.What}: {answer.Status}, {fault}: {answer.Text[..Math.Min(400, answer.Text.Length)]}");
                else if (answer.Status is >= 200 and < 400 || (answer.Body.Length > 0 && made.Shape.IsOfContent(answer.Status, answer.Text))) Interlocked.Increment(ref past);
            }
        })));
        log.WriteLine($"{count} requests in {watch.Elapsed.TotalSeconds:0.0} s, {past} past parsing; {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} x {s.Key}"))}");
        Assert.Empty(faults);
        Assert.True(past >= count / 2, $"{past} of {count} requests got past parsing");
    }

    private static async Task<FuzzAnswer> SendAsync(HttpClient client, FuzzCase made)
    {
        using HttpRequestMessage request = new(made.Method, made.Path) { Content = made.Content };
        if (made.Target?.Cookie is { } cookie) request.Headers.Add("Cookie", cookie);
        if (made.Header is { } header)
        {
            if (header.Name is "Content-Type" or "Content-Encoding")
            {
                request.Content?.Headers.Remove(header.Name);
                request.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
            else request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request);
            return new FuzzAnswer((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsByteArrayAsync());
        }
        catch (HttpRequestException)
        {
            return new FuzzAnswer(0, null, []); // closed
        }
    }

    private static string? Fault(FuzzCase made, FuzzAnswer answer, string[] places)
    {
        if (answer.Status >= 500) return "no request may do that";
        if (answer.Status == 0 || (answer.Status is 400 or 408 or 431 && answer.Body.Length == 0)) return made.Header is null && made.Target is not null ? "it was not answered" : null; // below HTTP
        string text = answer.Type is "image/png" or "image/jpeg" ? "" : Encoding.UTF8.GetString(answer.Body);
        if (places.FirstOrDefault(place => text.Contains(place, StringComparison.Ordinal)) is { } place) return $"it tells of {place}";
        if (text.Contains("   at ", StringComparison.Ordinal)) return "it has a stack trace";
        if (answer.Status >= 400) return made.Shape.Fault(answer.Status, answer.Type, text);
        try
        {
            return made.Target?.Check(answer);
        }
        catch (Exception e)
        {
            return $"it is not as it should be ({e.Message})";
        }
    }
}
