using Depth2Img.Hub;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>A hub of the tiny checkpoint, an empty cache, and a downloader without patience.</summary>
public abstract class HubTest : IDisposable
{
    internal const string Unet = "unet/diffusion_pytorch_model.safetensors";

    private protected HubTest() => Cache = Folder.File("cache");

    internal StandInHub Hub { get; } = StandInHub.Of(Repository.Golden("tiny-depth2img"));

    internal TemporaryFolder Folder { get; } = new();

    internal string Cache { get; }

    internal List<string> Notices { get; } = [];

    internal List<PullProgress> Reports { get; } = [];

    /// <summary>How long the downloader would have waited.</summary>
    internal List<TimeSpan> Pauses { get; } = [];

    internal HubSettings Settings => new() { CacheFolder = Cache, Endpoint = Hub.Endpoint };

    internal string RepositoryFolder => Path.Combine(Cache, "models--someone--tiny-depth");

    internal string SnapshotFolder => Path.Combine(RepositoryFolder, "snapshots", StandInHub.Commit);

    internal static ModelReference Model { get; } = ModelReference.Parse(StandInHub.Repository);

    internal DownloadTools Tools => new()
    {
        Retry = new RetryPolicy((time, _) =>
        {
            Pauses.Add(time);
            return Task.CompletedTask;
        }),
    };

    internal Task<PullResult> PullAsync(PullRequest? request = null, HubSettings? settings = null, DownloadTools? tools = null, CancellationToken cancellationToken = default) =>
        new ModelDownloader(settings ?? Settings, tools ?? Tools).PullAsync(request ?? new PullRequest { Model = Model }, new Reporter(this), cancellationToken);

    internal async Task<string> RefusalAsync(PullRequest? request = null, HubSettings? settings = null, DownloadTools? tools = null) =>
        (await Assert.ThrowsAnyAsync<Depth2ImgException>(() => PullAsync(request, settings, tools))).Message;

    internal string Blob(string path) => Path.Combine(RepositoryFolder, "blobs", StandInHub.TagOf(Hub.Files[path]));

    /// <summary>Asserts that the snapshot has these files and no others, each with the hub's contents.</summary>
    internal void AssertSnapshot(IEnumerable<string> paths)
    {
        string[] found = [.. Directory.EnumerateFiles(SnapshotFolder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(SnapshotFolder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(paths.Order(StringComparer.Ordinal), found);
        foreach (string path in found) Assert.Equal(Hub.Files[path], File.ReadAllBytes(Path.Combine(SnapshotFolder, path)));
    }

    public void Dispose()
    {
        Hub.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Reporter(HubTest test) : IProgress<PullProgress>
    {
        public void Report(PullProgress value)
        {
            lock (test.Reports)
            {
                test.Reports.Add(value);
                if (value.Notice is not null) test.Notices.Add(value.Notice);
            }
        }
    }
}
