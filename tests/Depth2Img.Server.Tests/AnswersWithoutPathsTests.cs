using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Server.Jobs;
using Depth2Img.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Depth2Img.Server.Tests;

public sealed class AnswersWithoutPathsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogRecorder _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_that_cannot_be_loaded_is_named_to_clients_and_its_files_only_in_the_log()
    {
        string model = CopyModel();
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Models.Add(model);
            options.KeepFor = TimeSpan.FromDays(1);
        }, configure: Record);
        Damage(model);
        HttpResponseMessage accepted = await SubmitAsync(server, Path.GetFileName(model));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        string id = (string)JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!["id"]!;
        await server.DrainAsync();
        string view = await server.Client.GetStringAsync($"/api/v1/jobs/{id}"), events = await server.Client.GetStringAsync($"/api/v1/jobs/{id}/events");
        Assert.Equal(JobState.Failed, server.Services.GetRequiredService<JobService>().Find(id)!.State);
        foreach (string answer in (string[])[view, events])
        {
            Assert.DoesNotContain(_folder.Path, answer, StringComparison.Ordinal);
            Assert.Contains("log has the reason", answer, StringComparison.Ordinal);
        }
        Assert.Contains(_log.Lines, line => line.Contains(model, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_its_model_says_so_and_no_more()
    {
        string model = CopyModel();
        Damage(model);
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Models.Clear();
            options.Models.Add(model);
        }, configure: Record, waitUntilReady: false);
        JobService jobs = server.Services.GetRequiredService<JobService>();
        await Until.TrueAsync(() => jobs.State == ServerState.Broken, "the model was found to be damaged");
        HttpResponseMessage ready = await server.Client.GetAsync("/health/ready"), job = await SubmitAsync(server, null);
        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[ready, job])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.DoesNotContain(_folder.Path, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Contains(_log.Lines, line => line.Contains(model, StringComparison.Ordinal));
    }

    private void Record(WebApplicationBuilder builder) => builder.Logging.AddProvider(_log);

    private static Task<HttpResponseMessage> SubmitAsync(RunningServer server, string? model)
    {
        MultipartFormDataContent form = new() { { new ByteArrayContent(Samples.SmallPicture()), "image", "photo.png" }, { new StringContent("a red ball"), "prompt" }, { new StringContent("1"), "steps" } };
        if (model is not null) form.Add(new StringContent(model), "model");
        return server.Client.PostAsync("/api/v1/jobs", form);
    }

    private string CopyModel()
    {
        string source = Repository.Golden("tiny-depth2img"), target = _folder.File("model");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return target;
    }

    private static void Damage(string model)
    {
        foreach (string file in Directory.EnumerateFiles(model, "*.safetensors", SearchOption.AllDirectories)) File.WriteAllText(file, "damaged");
    }
}
