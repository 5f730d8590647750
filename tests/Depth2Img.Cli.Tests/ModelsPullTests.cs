using System.Diagnostics;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>The way from the hub to a picture, by the program itself.</summary>
public sealed class ModelsPullTests : IDisposable
{
    private const string Unet = "unet/diffusion_pytorch_model.safetensors";
    private readonly CliFolder _folder = new();
    private readonly StandInHub _hub = StandInHub.Of(CliFolder.TinyModel);

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    private string Snapshot => Path.Combine(_folder["hf"], "hub", "models--someone--tiny-depth", "snapshots", StandInHub.Commit);

    private CliProcess Start(string[] args, params (string Name, string Value)[] variables) => new(_hub.Endpoint, _folder["hf"], args, variables);

    private async Task<CliRun> RunAsync(string[] args, params (string Name, string Value)[] variables)
    {
        using CliProcess process = Start(args, variables);
        return await process.EndAsync();
    }

    private Task<CliRun> PullAsync(params string[] more) => RunAsync(["models", "pull", StandInHub.Repository, .. more]);

    [Fact]
    public async Task A_model_is_pulled_listed_described_and_makes_a_picture_without_the_hub()
    {
        CliRun pulled = await PullAsync();
        Assert.True(pulled.ExitCode == ExitCodes.Success, pulled.Error);
        Assert.Equal(Snapshot, pulled.Output.Trim());
        Assert.Contains("fetched", pulled.Error, StringComparison.Ordinal);
        _hub.Dispose();

        CliRun list = await RunAsync(["models", "list"]);
        string line = Assert.Single(list.Output.Split('\n'), l => l.Contains(StandInHub.Repository, StringComparison.Ordinal));
        foreach (string word in (string[])["depth-to-image", "yes", "main", StandInHub.Commit[..8]]) Assert.Contains(word, line, StringComparison.Ordinal);
        Assert.Contains((await RunAsync(["models", "list", "--json"])).Json.EnumerateArray(), m => m.GetProperty("name").GetString() == StandInHub.Repository && m.GetProperty("canDoDepth").GetBoolean());

        CliRun info = await RunAsync(["models", "info", StandInHub.Repository]);
        Assert.Contains(StandInHub.Commit, info.Output, StringComparison.Ordinal);
        Assert.Contains("PNDMScheduler", info.Output, StringComparison.Ordinal);

        CliRun made = await RunAsync(["generate", CliFolder.Photo, "-p", "a red ball", "-m", $"{StandInHub.Repository}@main", "--steps", "2", "--seed", "1", "--max-size", "64", "-o", _folder["out.png"], "--json"]);
        Assert.True(made.ExitCode == ExitCodes.Success, made.Error);
        Assert.Equal(StandInHub.Repository, made.Json.GetProperty("settings").GetProperty("model").GetString());
        Assert.Equal("checkpoint", made.Json.GetProperty("settings").GetProperty("depthModel").GetString());
    }

    [Fact]
    public async Task Two_processes_at_the_same_time_fetch_each_file_once()
    {
        _hub.BeforeStore = _ =>
        {
            Thread.Sleep(100);
            return null;
        };
        CliRun[] runs = await Task.WhenAll(PullAsync(), PullAsync());
        Assert.All(runs, run => Assert.True(run.ExitCode == ExitCodes.Success, run.Error));
        Assert.Equal(_hub.Resolved.Distinct().Order(), _hub.Resolved.Order());
    }

    [Fact]
    public async Task Ctrl_C_keeps_what_came()
    {
        if (OperatingSystem.IsWindows()) return; // has no signal that one process sends another
        TaskCompletionSource begun = new();
        _hub.BeforeStore = request =>
        {
            byte[] contents = _hub.SignedContents(request);
            if (contents.Length != _hub.Files[Unet].Length) return null;
            begun.TrySetResult();
            return StandInHub.Part(contents, request, 1000) with { Hold = TimeSpan.FromSeconds(60) };
        };
        using CliProcess process = Start(["models", "pull", StandInHub.Repository]);
        await begun.Task;
        string partial = Path.Combine(_folder["hf"], "hub", "models--someone--tiny-depth", "blobs", StandInHub.TagOf(_hub.Files[Unet]) + ".incomplete");
        while (!File.Exists(partial) || new FileInfo(partial).Length < 1000) await Task.Delay(20);
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        CliRun run = await process.EndAsync();
        Assert.Equal(ExitCodes.Cancelled, run.ExitCode);
        Assert.Contains("is kept", run.Error, StringComparison.Ordinal);

        _hub.BeforeStore = null;
        Assert.Equal(ExitCodes.Success, (await PullAsync()).ExitCode);
        Assert.Contains(_hub.StoreRequests, r => r.RangeStart == 1000);
    }

    [Fact]
    public async Task The_token_is_for_the_hub_alone_and_shown_nowhere()
    {
        const string token = "hf_verySecretToken123";
        _hub.Token = token;
        CliRun pulled = await RunAsync(["models", "pull", StandInHub.Repository], ("HF_TOKEN", token));
        Assert.True(pulled.ExitCode == ExitCodes.Success, pulled.Error);
        Assert.DoesNotContain(_hub.StoreRequests, r => r.ToString().Contains(token, StringComparison.Ordinal));
        _hub.Token = "hf_another";
        CliRun refused = await RunAsync(["models", "pull", StandInHub.Repository, "--force"], ("HF_TOKEN", token));
        Assert.Equal(ExitCodes.Input, refused.ExitCode);
        Assert.Contains("HF_TOKEN", refused.Error, StringComparison.Ordinal);
        foreach (CliRun run in (CliRun[])[pulled, refused]) Assert.DoesNotContain(token, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_used()
    {
        using CliProcess process = new(new Uri("http://hub.invalid"), _folder["hf"], ["models", "pull", StandInHub.Repository], ("http_proxy", _hub.Endpoint.AbsoluteUri), ("no_proxy", "127.0.0.1"));
        CliRun run = await process.EndAsync();
        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        Assert.All(_hub.HubRequests, r => Assert.StartsWith("http://hub.invalid/", r.Target, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--offline", "0")]
    [InlineData("--json", "1")]
    public async Task Off_line_a_pull_says_where_the_model_is_or_how_to_get_it(string option, string variable)
    {
        CliRun missing = await RunAsync(["models", "pull", StandInHub.Repository, option], ("HF_HUB_OFFLINE", variable));
        Assert.Equal(ExitCodes.Input, missing.ExitCode);
        Assert.Contains($"depth2img models pull {StandInHub.Repository}", missing.Error, StringComparison.Ordinal);
        Assert.Empty(_hub.HubRequests);
        await PullAsync();
        Assert.Contains(Snapshot, (await RunAsync(["models", "pull", StandInHub.Repository, option], ("HF_HUB_OFFLINE", variable))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generating_never_downloads()
    {
        CliRun run = await RunAsync(["generate", CliFolder.Photo, "-p", "a ball", "-m", StandInHub.Repository, "-o", _folder["out.png"]]);
        run.AssertRefused(ExitCodes.Input, StandInHub.Repository, $"depth2img models pull {StandInHub.Repository}", "by hand");
        Assert.Empty(_hub.HubRequests);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_to_is_named()
    {
        File.WriteAllText(_folder["hf"], "a file in the way");
        (await PullAsync()).AssertRefused(ExitCodes.Output, "cannot be written", "HF_HOME");
    }

    [Theory]
    [InlineData("sd99", "short name")]
    [InlineData("not a name", "short name")]
    public async Task A_name_of_nothing_is_refused_with_the_names_there_are(string name, string words) =>
        (await CliFolder.RunAsync("models", "pull", name)).AssertRefused(ExitCodes.Input, name, words, "sd2-depth");

    [Fact]
    public async Task A_precision_that_there_is_not_is_refused() =>
        (await CliFolder.RunAsync("models", "pull", "sd2-depth", "--precision", "int8")).AssertRefused(ExitCodes.Usage, "fp16");
}
