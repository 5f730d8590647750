using System.Text.Json;

namespace Depth2Img.Cli.Tests;

public sealed class BenchCommandTests : IDisposable
{
    private readonly CliFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Networks_are_measured_and_the_report_becomes_tables()
    {
        CliRun run = await CliFolder.RunAsync("bench", "-m", CliFolder.TinyModel, "--rounds", "1", "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Empty(run.Error);
        JsonElement[] networks = [.. run.Json.GetProperty("networks").EnumerateArray()];
        Assert.Equal(["UNet step", "VAE decode", "VAE encode", "DPT at", "text encoder"], networks.Select(n => string.Join(' ', n.GetProperty("name").GetString()!.Split(' ', ',')[..2])));
        Assert.All(networks, network =>
        {
            Assert.True(network.GetProperty("gmac").GetDouble() > 0);
            Assert.True(network.GetProperty("timing").GetProperty("seconds").GetDouble() > 0);
            Assert.Equal(1, network.GetProperty("ops").EnumerateArray().Sum(op => op.GetProperty("share").GetDouble()), 1e-9);
        });
        Assert.True(run.Json.GetProperty("machine").GetProperty("peaks")[0].GetProperty("gmacs").GetDouble() > 0);
        Assert.Contains("--rounds 1", run.Json.GetProperty("command").GetString(), StringComparison.Ordinal);

        CliRun tables = await CliFolder.RunAsync("bench", "--markdown", _folder.Write("report.json", System.Text.Encoding.UTF8.GetBytes(run.Output)));
        Assert.Equal(ExitCodes.Success, tables.ExitCode);
        Assert.Contains("### Networks", tables.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kernel_is_measured()
    {
        CliRun run = await CliFolder.RunAsync("bench", "-m", "none", "--kernels", "--filter", "128 x 1280 x 1280", "--rounds", "1", "--threads", "1");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("linear 128 x 1280 x 1280", run.Output, StringComparison.Ordinal);
        Assert.Contains("cold", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_are_held_against_one()
    {
        CliRun run = await CliFolder.RunAsync("bench", "-m", "none", "--threads-scaling", "--filter", "gemm", "--rounds", "1", "--threads", "2", "--json");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        JsonElement figure = run.Json.GetProperty("threads").EnumerateArray().Single();
        Assert.Equal(2, figure.GetProperty("threads").GetInt32());
        Assert.True(figure.GetProperty("efficiency").GetDouble() > 0);
    }

    [Fact]
    public async Task A_summary_is_written_into_a_document_that_has_a_place_for_it()
    {
        CliRun run = await CliFolder.RunAsync("bench", "-m", "none", "--json");
        string report = _folder.Write("report.json", System.Text.Encoding.UTF8.GetBytes(run.Output));
        string document = _folder.Write("x.md", "# x\n<!-- what was reached: generated -->\nobsolete\n<!-- what was reached: end -->\n"u8.ToArray());
        Assert.Equal(ExitCodes.Success, (await CliFolder.RunAsync("bench", "--markdown", report, report, "--summary", document)).ExitCode);
        Assert.Contains("| GEMM 2048³", File.ReadAllText(document), StringComparison.Ordinal);
        Assert.DoesNotContain("obsolete", File.ReadAllText(document), StringComparison.Ordinal);
        (await CliFolder.RunAsync("bench", "--markdown", report, "--summary", report)).AssertRefused(ExitCodes.Input, "report.json");
    }

    [Fact]
    public async Task Tuning_tells_each_candidate_and_writes_a_table_of_all_tiers()
    {
        CliRun run = await CliFolder.RunAsync("bench", "--tune", "--filter", "attentionKeys", "--rounds", "1", "--tier-file", _folder["kernels.json"]);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(5, run.Output.Split('\n').Count(line => line.TrimStart().StartsWith("attentionKeys", StringComparison.Ordinal) && line.Contains('x', StringComparison.Ordinal)));
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(_folder["kernels.json"]));
        Assert.Equal(["vector128", "avx2"], table.RootElement.EnumerateObject().Select(tier => tier.Name).Take(2));
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_is_refused_before_anything_is_measured() =>
        (await CliFolder.RunAsync("bench", "--tune", "--tier-file", _folder["none/kernels.json"])).AssertRefused(ExitCodes.Output, "kernels.json");

    [Fact]
    public async Task A_model_that_is_not_there_is_refused() =>
        (await CliFolder.RunAsync("bench", "-m", _folder["none"])).AssertRefused(ExitCodes.Input, "none");

    [Fact]
    public async Task ONNX_Runtime_that_is_not_there_is_refused_with_the_way_to_get_it() =>
        (await CliFolder.RunAsync("bench", "-m", "none", "--onnxruntime", _folder.Path)).AssertRefused(ExitCodes.Input, "get-onnxruntime.sh");

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--threads", "0")]
    [InlineData("--limit", "-1")]
    [InlineData("--sizes", "512,500")]
    [InlineData("--summary", "x.md")]
    public async Task A_number_out_of_its_range_is_refused(string option, string value) =>
        (await CliFolder.RunAsync("bench", "-m", "none", option, value)).AssertRefused(ExitCodes.Usage, option);

    [Fact]
    public async Task A_report_that_is_none_is_refused() =>
        (await CliFolder.RunAsync("bench", "--markdown", _folder.Write("x.json", "{}"u8.ToArray()))).AssertRefused(ExitCodes.Input, "x.json");
}
