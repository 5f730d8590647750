using System.Net.Http.Json;
using System.Text.Json;
using Depth2Img.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Tests;

public sealed class LogTests
{
    private const string Prompt = "an unmistakable armadillo", Negative = "an unmentionable pangolin", Key = "a-very-secret-key";

    [Fact]
    public async Task Prompts_pictures_and_keys_are_not_logged_whatever_is()
    {
        LogRecorder log = new();
        string picture = Convert.ToBase64String(Samples.SmallPicture());
        await using (RunningServer server = await RunningServer.StartAsync(options => options.Keys.Add(Key), configure: builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
            builder.Services.Configure<LoggerFilterOptions>(filter => filter.Rules.Clear());
        }))
        {
            server.Client.DefaultRequestHeaders.Add("X-API-Key", Key);
            // One that is done, one that is refused for its fields, one that is no JSON, and one that fails.
            await server.Client.PostAsJsonAsync("/api/v1/jobs", new { image = picture, prompt = Prompt, negativePrompt = Negative, steps = 1, size = "64x64" });
            await server.Client.PostAsJsonAsync("/api/v1/jobs", new { image = picture[..^50], prompt = Prompt, negativePrompt = Negative, strength = Prompt });
            await server.Client.PostAsync("/api/v1/jobs", new StringContent($"{{\"prompt\": \"{Prompt}\", {picture}", System.Text.Encoding.UTF8, "application/json"));
            await server.Client.PostAsJsonAsync("/api/v1/depth", new { image = picture });
            await server.DrainAsync();
        }
        Assert.Contains(log.Lines, line => line.Contains("is Done", StringComparison.Ordinal));
        string all = string.Join('\n', log.Lines);
        foreach (string secret in (string[])[Prompt, Negative, Key, picture[40..80], picture[^60..^40]]) Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_of_a_json_log_is_an_object_with_time_level_and_message()
    {
        using TemporaryFolder folder = new();
        await using ServerProcess server = await ServerProcess.StartAsync(folder.Path, "--log-format", "json", "--log-level", "information");
        HttpResponseMessage answer = await server.Client.PostAsJsonAsync("/api/v1/jobs", new { image = Convert.ToBase64String(Samples.SmallPicture()), prompt = Prompt, steps = 1, size = "64x64" });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, answer.StatusCode);
        await Until.TrueAsync(() => server.Error.Contains("is Done", StringComparison.Ordinal), "the job's end is logged");
        string[] lines = server.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.Contains("was begun", StringComparison.Ordinal));
        foreach (string line in lines)
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            Assert.True(DateTimeOffset.TryParse(entry.RootElement.GetProperty("Timestamp").GetString(), System.Globalization.CultureInfo.InvariantCulture, out _));
            Assert.Equal("Information", entry.RootElement.GetProperty("LogLevel").GetString());
            Assert.NotEmpty(entry.RootElement.GetProperty("Message").GetString()!);
        }
    }
}
