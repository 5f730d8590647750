using System.Diagnostics;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Packages;

/// <summary>The tests that install from one feed, one after another.</summary>
[CollectionDefinition(nameof(LocalFeed))]
public class LocalFeedTests : ICollectionFixture<LocalFeed>;

/// <summary>
/// The packages, made as a release makes them, in a feed in an empty folder; and a place to install them from there alone, with
/// a package cache of its own, so that nothing of a checkout or of an earlier run is found.
/// </summary>
public sealed class LocalFeed : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder with the .nupkg and .snupkg files.</summary>
    public string Feed => _folder.File("feed");

    /// <summary>An empty folder of this name, in which NuGet knows the feed and, for packages of others, what this machine has restored.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    public async Task InitializeAsync()
    {
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder.File("cache")}" /></config>
              <packageSources><clear /><add key="feed" value="{Feed}" /><add key="others" value="{restored}" /></packageSources>
              <packageSourceMapping>
                <clear />
                <packageSource key="feed"><package pattern="Depth2Img*" /></packageSource>
                <packageSource key="others"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        await RunAsync(Repository.Root, "dotnet", ["pack", "Depth2Img.slnx", "-c", "Release", "--no-build", "-v", "quiet", "-o", Feed]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a program without the network and gives what it printed; fails with that when it fails.</summary>
    /// <param name="folder">Where to run it.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Environment variables beside the usual ones; null takes one away.</param>
    internal static async Task<string> RunAsync(string folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? variables = null)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The test run's own build settings must not reach another build.
        foreach (string name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // Whoever asks the network is told that it is not there.
        foreach (string proxy in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) start.Environment[proxy] = "http://127.0.0.1:9";
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        foreach ((string name, string? value) in variables ?? new Dictionary<string, string?>())
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource patience = new(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        string said = $"{await output}{await error}";
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{said}");
        return said;
    }

    private static bool IsOfTheTestRun(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase) || name == "DEPTH2IMG_UPDATE_PUBLIC_API";
}
