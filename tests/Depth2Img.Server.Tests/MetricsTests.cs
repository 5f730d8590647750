using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Depth2Img.TestSupport;

namespace Depth2Img.Server.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_metric_of_the_manual_the_alerts_and_the_dashboard_is_there()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.SubmitAsync();
        await server.Client.PostAsJsonAsync("/api/v1/jobs", new { });
        await server.DrainAsync();
        string[] found = [.. Names().Matches(await server.Client.GetStringAsync("/metrics")).Select(match => match.Value).Distinct()];
        foreach (string file in (string[])["docs/server.md", "packaging/server/prometheus.yml", "packaging/server/grafana.json"])
        {
            // Those of a queue are there with one.
            string[] named = [.. Names().Matches(File.ReadAllText(Repository.File(file))).Select(match => match.Value).Distinct().Where(name => !name.StartsWith("depth2img_queue_", StringComparison.Ordinal) && name is not ("depth2img_stage" or "depth2img_model" or "depth2img_outcome"))];
            Assert.NotEmpty(named);
            Assert.Empty(named.Except(found).Except(found.Where(name => name.EndsWith("_bucket", StringComparison.Ordinal)).Select(name => name[..^"_bucket".Length])));
        }
    }

    [GeneratedRegex("depth2img_[a-z_]+")]
    private static partial Regex Names();
}
