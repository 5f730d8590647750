using Depth2Img.Checkpoints;
using Depth2Img.Hub;
using Depth2Img.Imaging;
using Depth2Img.IO;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>A model is fetched into the cache as Python's programs would have it there.</summary>
public sealed class PullTests : HubTest
{
    [Fact]
    public async Task A_pulled_checkpoint_makes_a_picture_offline()
    {
        PullResult result = await PullAsync();
        Hub.Dispose();
        HubSettings offline = Settings with { Offline = true };
        string found = ModelLocator.Find(StandInHub.Repository, offline);
        Assert.Equal(result.Path, found);
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(found);
        DepthToImageResult made = await pipeline.GenerateAsync(new DepthToImageRequest
        {
            Image = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb(),
            Prompt = "a red ball",
            Steps = 2,
            Seed = 1,
            MaxSize = 64,
        });
        Assert.Equal(512, made.Images[0].Width);
        Assert.Equal(StandInHub.Repository, made.Settings.Model);
    }

    [Fact]
    public async Task The_cache_has_blobs_under_their_check_sums_links_to_them_and_the_revisions_commit()
    {
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
        Assert.Equal(StandInHub.Commit, File.ReadAllText(Path.Combine(RepositoryFolder, "refs", "main")));
        FileInfo link = new(Path.Combine(SnapshotFolder, Unet));
        Assert.Equal($"../../../blobs/{StandInHub.TagOf(Hub.Files[Unet])}", link.LinkTarget);
        Assert.Equal($"../../blobs/{StandInHub.TagOf(Hub.Files["model_index.json"])}", new FileInfo(Path.Combine(SnapshotFolder, "model_index.json")).LinkTarget);
        Assert.Equal(Hub.Files.Values.Select(StandInHub.TagOf).Distinct().Order(), Directory.EnumerateFiles(Path.Combine(RepositoryFolder, "blobs")).Select(f => Path.GetFileName(f)!).Order());
        Assert.StartsWith("Signature: 8a477f597d28d172789f06886806bc55", File.ReadAllText(Path.Combine(Cache, "CACHEDIR.TAG")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_there_is_not_fetched_again_unless_by_force()
    {
        PullResult first = await PullAsync();
        Assert.Equal(Hub.Files.Values.DistinctBy(StandInHub.TagOf).Sum(f => (long)f.Length), first.FetchedBytes);
        int requests = Hub.Resolved.Length;
        Assert.Equal(0, (await PullAsync()).FetchedBytes);
        Assert.Equal(requests, Hub.Resolved.Length);
        File.WriteAllBytes(Blob(Unet), new byte[Hub.Files[Unet].Length]);
        Assert.Equal(first.FetchedBytes, (await PullAsync(new PullRequest { Model = Model, Force = true })).FetchedBytes);
        AssertSnapshot(Hub.Files.Keys);
    }

    [Fact]
    public async Task What_Python_fetched_is_not_fetched_again()
    {
        Directory.CreateDirectory(Path.Combine(RepositoryFolder, "blobs"));
        File.WriteAllBytes(Blob(Unet), Hub.Files[Unet]);
        string absent = Path.Combine(RepositoryFolder, ".no_exist", StandInHub.Commit, "unet");
        Directory.CreateDirectory(absent);
        File.WriteAllText(Path.Combine(absent, "adapter_config.json"), "");
        await PullAsync();
        Assert.DoesNotContain(Unet, Hub.Resolved);
        AssertSnapshot(Hub.Files.Keys);
        Assert.True(File.Exists(Path.Combine(absent, "adapter_config.json")));
    }

    [Fact]
    public async Task Only_what_is_needed_is_fetched()
    {
        string[] needed = [.. Hub.Files.Keys];
        foreach (string extra in (string[])["README.md", "512-depth-ema.ckpt", "unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.fp16.safetensors", "unet/diffusion_pytorch_model.non_ema.safetensors", "text_encoder/pytorch_model.bin", "text_encoder/flax_model.msgpack", "tokenizer/notes.txt", "logs/x.json"])
            Hub.Files[extra] = "not needed"u8.ToArray();
        await PullAsync();
        AssertSnapshot(needed);
    }

    [Fact]
    public async Task The_16_bit_weights_are_taken_where_there_are_some_and_the_plain_ones_elsewhere()
    {
        Hub.Files["unet/diffusion_pytorch_model.fp16.safetensors"] = "half"u8.ToArray();
        Hub.Files["vae/diffusion_pytorch_model.fp16.safetensors"] = "half too"u8.ToArray();
        PullResult result = await PullAsync(new PullRequest { Model = Model, Precision = ModelPrecision.Float16 });
        Assert.Contains("unet/diffusion_pytorch_model.fp16.safetensors", result.Files);
        Assert.DoesNotContain(Unet, result.Files);
        Assert.Contains("text_encoder/model.safetensors", result.Files);
        Assert.Equal(2, result.Notes.Count(note => note.Contains("no fp16 weights", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_branch_with_a_slash_is_asked_for_escaped_and_makes_folders()
    {
        Hub.Revisions["refs/pr/7"] = StandInHub.Commit;
        await PullAsync(new PullRequest { Model = Model.At("refs/pr/7") });
        Assert.Equal(StandInHub.Commit, File.ReadAllText(Path.Combine(RepositoryFolder, "refs", "refs", "pr", "7")));
        Assert.Equal(SnapshotFolder, ModelLocator.Find($"{StandInHub.Repository}@refs/pr/7", Settings));
    }

    [Fact]
    public async Task A_commit_leaves_no_name()
    {
        await PullAsync(new PullRequest { Model = Model.At(StandInHub.Commit) });
        Assert.False(Directory.Exists(Path.Combine(RepositoryFolder, "refs")));
        Assert.Equal(SnapshotFolder, ModelLocator.Find($"{StandInHub.Repository}@{StandInHub.Commit}", Settings));
    }

    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("W/\"{0}\"")]
    [InlineData("{0}")]
    public async Task Check_sums_that_the_listing_lacks_come_from_each_files_tag(string form)
    {
        Hub.ListsBlobs = false;
        Hub.TagForm = hex => form.Replace("{0}", hex, StringComparison.Ordinal);
        await PullAsync();
        AssertSnapshot(Hub.Files.Keys);
        Assert.Contains(Hub.HubRequests, r => r.Method == "HEAD");
        Assert.DoesNotContain(Hub.StoreRequests, r => r.Method == "HEAD");
    }

    [Fact]
    public async Task Where_no_links_can_be_made_the_files_themselves_lie_in_the_snapshot()
    {
        await PullAsync(tools: Tools with { Link = (_, _) => throw new UnauthorizedAccessException("A required privilege is not held by the client.") });
        AssertSnapshot(Hub.Files.Keys);
        Assert.All(Directory.EnumerateFiles(SnapshotFolder, "*", SearchOption.AllDirectories), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(RepositoryFolder, "blobs")));
        int requests = Hub.Resolved.Length;
        await PullAsync(tools: Tools with { Link = (_, _) => throw new UnauthorizedAccessException("No.") });
        Assert.Equal(requests, Hub.Resolved.Length);
        Assert.Equal(SnapshotFolder, ModelLocator.Find(StandInHub.Repository, Settings));
    }

    [Fact]
    public async Task Several_at_a_time_fetch_each_file_once()
    {
        Hub.BeforeStore = request =>
        {
            Thread.Sleep(20);
            return null;
        };
        PullResult[] results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PullAsync())));
        AssertSnapshot(Hub.Files.Keys);
        Assert.Equal(Hub.Resolved.Distinct().Order(), Hub.Resolved.Order());
        Assert.Equal(Hub.Files.Values.DistinctBy(StandInHub.TagOf).Sum(f => (long)f.Length), results.Sum(r => r.FetchedBytes));
    }

    [Fact]
    public async Task Who_waits_for_another_process_says_so_and_takes_what_it_brought()
    {
        string lockFile = Path.Combine(Cache, ".locks", "models--someone--tiny-depth", $"{StandInHub.TagOf(Hub.Files[Unet])}.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(lockFile)!);
        Task<PullResult> waiting;
        using (new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = PullAsync();
            while (!Told("Another process is fetching")) await Task.Delay(20);
            Directory.CreateDirectory(Path.GetDirectoryName(Blob(Unet))!);
            File.WriteAllBytes(Blob(Unet), Hub.Files[Unet]);
        }
        await waiting;
        Assert.DoesNotContain(Unet, Hub.Resolved);
        AssertSnapshot(Hub.Files.Keys);
    }

    [Fact]
    public async Task A_single_network_comes_with_its_configurations()
    {
        Hub.Files.Clear();
        Hub.Files["config.json"] = """{"architectures": ["DPTForDepthEstimation"], "model_type": "dpt"}"""u8.ToArray();
        Hub.Files["preprocessor_config.json"] = "{}"u8.ToArray();
        Hub.Files["model.safetensors"] = "weights"u8.ToArray();
        Hub.Files["pytorch_model.bin"] = "the same weights"u8.ToArray();
        PullResult result = await PullAsync();
        Assert.Equal(["config.json", "model.safetensors", "preprocessor_config.json"], result.Files.Order(StringComparer.Ordinal));
        InstalledModel listed = Assert.Single(InstalledModels.Find(Settings), m => m.Commit is not null);
        Assert.Equal((ModelKind.DepthNetwork, true), (listed.Kind, listed.CanDoDepth));
    }

    [Fact]
    public async Task Named_files_come_alone_and_a_lone_checkpoint_file_is_the_model()
    {
        Hub.Files["512-depth-ema.safetensors"] = "one file"u8.ToArray();
        PullResult result = await PullAsync(new PullRequest { Model = Model, Files = ["512-depth-ema.safetensors"] });
        AssertSnapshot(["512-depth-ema.safetensors"]);
        Assert.Equal(Path.Combine(result.Path, "512-depth-ema.safetensors"), ModelLocator.Find(StandInHub.Repository, Settings));
        Assert.Contains("'no.safetensors'", await RefusalAsync(new PullRequest { Model = Model, Files = ["no.safetensors"] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_family_that_is_not_run_is_refused_before_its_weights_are_fetched()
    {
        Hub.Files["model_index.json"] = """{"_class_name": "FluxPipeline", "transformer": ["diffusers", "FluxTransformer2DModel"], "vae": ["diffusers", "AutoencoderKL"]}"""u8.ToArray();
        Assert.Contains("FluxPipeline", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Equal(["model_index.json"], Hub.Resolved);
    }

    [Fact]
    public async Task A_file_that_the_listing_places_outside_the_snapshot_is_refused()
    {
        Hub.Files["../../evil.safetensors"] = "evil"u8.ToArray();
        await RefusalAsync(new PullRequest { Model = Model, Files = ["../../evil.safetensors"] });
        Assert.Empty(Directory.EnumerateFiles(Folder.Path, "evil*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Nothing_is_begun_on_a_disk_without_the_space()
    {
        OutputException refused = await Assert.ThrowsAsync<OutputException>(() => PullAsync(tools: Tools with { Disk = new SmallDisk(100_000) }));
        Assert.Contains("100 kB free", refused.Message, StringComparison.Ordinal);
        Assert.Contains("HF_HOME", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Unet, Hub.Resolved);
    }

    [Fact]
    public void A_real_disks_space_can_be_told() => Assert.True(new DiskSpace().AvailableBytes(Folder.Path) > 0);

    [Fact]
    public async Task A_disk_that_fills_up_keeps_what_came_and_the_next_run_goes_on()
    {
        const int room = 5000;
        OutputException refused = await Assert.ThrowsAsync<OutputException>(() => PullAsync(tools: Tools with { OpenPartial = path => new FillingFile(path, room) }));
        Assert.Contains("is full", refused.Message, StringComparison.Ordinal);
        string partial = Assert.Single(Directory.EnumerateFiles(Path.Combine(RepositoryFolder, "blobs"), "*.incomplete"));
        Assert.Equal(room, new FileInfo(partial).Length);
        await PullAsync();
        Assert.Contains(Hub.StoreRequests, r => r.RangeStart == room);
        AssertSnapshot(Hub.Files.Keys);
    }

    [Fact]
    public async Task Progress_ends_with_all_bytes_and_never_goes_back()
    {
        await PullAsync();
        PullProgress[] weights = [.. Reports.SkipWhile(r => r.File == "model_index.json")];
        Assert.Equal(weights[^1].Total, weights[^1].Received);
        Assert.Equal(weights.Select(r => r.Received), weights.Select(r => r.Received).Order());
    }

    [Fact]
    public async Task Off_line_nothing_is_asked()
    {
        Assert.Contains("out of bounds", await RefusalAsync(settings: Settings with { Offline = true }), StringComparison.Ordinal);
        Assert.Empty(Hub.HubRequests);
    }

    private bool Told(string words)
    {
        lock (Reports) return Notices.Any(n => n.Contains(words, StringComparison.Ordinal));
    }

    private sealed class SmallDisk(long bytes) : IDiskSpace
    {
        public long? AvailableBytes(string folder) => bytes;
    }

    /// <summary>A file on a disk that takes so many bytes of it.</summary>
    private sealed class FillingFile(string path, long room) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0)
    {
        private const int NoSpace = 28;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int fits = (int)Math.Min(buffer.Length, room - Length);
            await base.WriteAsync(buffer[..fits], cancellationToken);
            if (fits < buffer.Length) throw new IOException("No space left on device", NoSpace);
        }
    }
}
