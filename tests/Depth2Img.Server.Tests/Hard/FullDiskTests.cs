using System.Net;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Depth2Img.Server.Tests.Hard;

[Trait("Category", "Slow")]
public sealed class FullDiskTests(ITestOutputHelper log)
{
    private readonly byte[] _picture = LoadClient.Photo();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_full_disk_jobs_fail_with_the_reason_and_with_room_they_are_done_again(bool mount)
    {
        using SmallDisk disk = new(mount);
        log.WriteLine(disk.Kind);
        string data = Path.Combine(disk.Path, "data"), running, queued;
        await using (ServerProcess server = await ServerProcess.StartAsync(data, disk.Starter, []))
        {
            // Accepted while there is room: one that runs for long, and one behind it.
            running = await AcceptedAsync(server, steps: 60, count: 1);
            queued = await AcceptedAsync(server, steps: 2, count: 1);
            await Until.TrueAsync(async () => (string?)(await ViewAsync(server, running))["progress"]?["stage"] == "denoising", "the first job runs");
            disk.Fill(server.Id);

            HttpResponseMessage refused = await server.Client.PostAsync("/api/v1/jobs", LoadClient.Request(_picture, 1));
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
            Assert.Contains("nothing was accepted", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            foreach (string job in (string[])[running, queued])
            {
                await Until.TrueAsync(async () => (string?)(await ViewAsync(server, job))["state"] == "failed", $"{job} has failed");
                string error = (string)(await ViewAsync(server, job))["error"]!;
                Assert.Contains("disk is full", error, StringComparison.Ordinal);
                Assert.DoesNotContain(disk.Path, error, StringComparison.Ordinal);
                Assert.Contains("event: failed", await server.Client.GetStringAsync(job + "/events"), StringComparison.Ordinal);
            }
            Assert.True((await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
            Assert.True((await server.Client.GetAsync("/api/v1/models")).IsSuccessStatusCode);

            disk.Free(server.Id);
            string later = await AcceptedAsync(server, steps: 2, count: 1);
            await Until.TrueAsync(async () => (string?)(await ViewAsync(server, later))["state"] == "done", "a job is done again");
            await server.TerminateAsync();
            Assert.Equal(0, server.ExitCode);
        }
        // What could not be written then was written since.
        await using ServerProcess again = await ServerProcess.StartAsync(data);
        foreach (string job in (string[])[running, queued]) Assert.Equal("failed", (string?)(await ViewAsync(again, job))["state"]);
    }

    private async Task<string> AcceptedAsync(ServerProcess server, int steps, int count)
    {
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(_picture), "image", "photo.png" },
            { new StringContent("a red ball"), "prompt" },
            { new StringContent($"{steps}"), "steps" },
            { new StringContent($"{count}"), "count" },
            { new StringContent("1"), "strength" },
        };
        HttpResponseMessage answer = await server.Client.PostAsync("/api/v1/jobs", form);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    private static async Task<JsonNode> ViewAsync(ServerProcess server, string job) => JsonNode.Parse(await server.Client.GetStringAsync(job))!;
}
