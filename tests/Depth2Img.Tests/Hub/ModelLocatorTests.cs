using Depth2Img.Checkpoints;
using Depth2Img.Hub;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Hub;

/// <summary>What a person calls a model is found on this machine, and what is not there is named with the ways to get it.</summary>
public sealed class ModelLocatorTests : IDisposable
{
    private const string Repo = "someone/tiny-depth";
    private static readonly string Commit = new('a', 40);
    private static readonly string Newer = new('b', 40);
    private readonly TemporaryFolder _cache = new();

    private HubSettings Settings => new() { CacheFolder = _cache.Path };

    public void Dispose() => _cache.Dispose();

    /// <summary>A snapshot of the tiny checkpoint, less some files.</summary>
    private string Snapshot(string repository, string commit, string? revision, params string[] without)
    {
        string root = _cache.File($"models--{repository.Replace("/", "--", StringComparison.Ordinal)}");
        string folder = Path.Combine(root, "snapshots", commit);
        string source = TestSupport.Repository.Golden("tiny-depth2img");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(source, file).Replace('\\', '/');
            if (without.Contains(path)) continue;
            string target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        Directory.CreateDirectory(folder);
        if (revision is null) return folder;
        string reference = Path.Combine(root, "refs", revision);
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        File.WriteAllText(reference, commit + "\n");
        return folder;
    }

    private string Find(string name) => ModelLocator.Find(name, Settings);

    private string Refusal(string name) => Assert.Throws<Depth2ImgException>(() => Find(name)).Message;

    [Fact]
    public void A_folder_or_file_is_itself_whatever_it_is_called()
    {
        Assert.Equal(_cache.Path, Find(_cache.Path));
        string file = _cache.Write("model.ckpt", "x");
        Assert.Equal(file, Find(file));
    }

    [Fact]
    public void The_demo_is_beside_the_program() => Assert.Equal(EmbeddedModels.Demo, Find("demo"));

    [Fact]
    public void A_repository_is_its_main_branchs_snapshot()
    {
        Snapshot(Repo, Newer, null);
        string main = Snapshot(Repo, Commit, "main");
        Assert.Equal(main, Find(Repo));
        Assert.Equal(main, Find($"{Repo}@main"));
        Assert.Equal(main, Find($"{Repo}@{Commit}"));
    }

    [Fact]
    public void A_short_name_finds_the_repository_and_those_that_had_the_same_files()
    {
        string old = Snapshot("stabilityai/stable-diffusion-2-depth", Commit, "main");
        Assert.Equal(old, Find("sd2-depth"));
        string current = Snapshot("sd2-community/stable-diffusion-2-depth", Newer, "main");
        Assert.Equal(current, Find("sd2-depth"));
        Assert.Equal(current, Find("SD2-Depth@main"));
        Assert.Equal(old, Find("stabilityai/stable-diffusion-2-depth"));
    }

    [Fact]
    public void Another_snapshot_stands_in_for_an_incomplete_one_only_when_no_revision_was_asked_for()
    {
        Snapshot(Repo, Commit, "main", "unet/diffusion_pytorch_model.safetensors");
        string whole = Snapshot(Repo, Newer, null);
        Assert.Equal(whole, Find(Repo));
        Assert.Contains("lacks unet/diffusion_pytorch_model.safetensors", Refusal($"{Repo}@main"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_snapshot_lacks_is_named_with_the_two_ways_to_get_it()
    {
        string folder = Snapshot(Repo, Commit, "main", "vae/diffusion_pytorch_model.safetensors", "tokenizer/vocab.json", "tokenizer/tokenizer.json", "scheduler/scheduler_config.json");
        string message = Refusal(Repo);
        foreach (string missing in (string[])["vae/diffusion_pytorch_model.safetensors", "tokenizer/vocab.json", "scheduler/scheduler_config.json", $"depth2img models pull {Repo}", "by hand"])
            Assert.Contains(missing, message, StringComparison.Ordinal);
        Assert.DoesNotContain("merges.txt", message, StringComparison.Ordinal);
        Assert.Equal(folder, ModelLocator.Find(Repo, Settings, evenInPart: true));
    }

    [Fact]
    public void A_link_whose_blob_is_gone_is_a_missing_file()
    {
        string folder = Snapshot(Repo, Commit, "main", "unet/diffusion_pytorch_model.safetensors");
        File.CreateSymbolicLink(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"), "../../../blobs/none");
        Assert.Contains("lacks unet/diffusion_pytorch_model.safetensors", Refusal(Repo), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_not_there_is_named()
    {
        string folder = Snapshot(Repo, Commit, "main", "unet/diffusion_pytorch_model.safetensors");
        File.WriteAllText(Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors.index.json"), """{"weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors", "b": "diffusion_pytorch_model-00002-of-00002.safetensors"}}""");
        File.WriteAllText(Path.Combine(folder, "unet", "diffusion_pytorch_model-00001-of-00002.safetensors"), "x");
        Assert.Contains("lacks unet/diffusion_pytorch_model-00002-of-00002.safetensors.", Refusal(Repo), StringComparison.Ordinal);
    }

    [Fact]
    public void A_depth_network_can_be_done_without()
    {
        string folder = Snapshot(Repo, Commit, "main", "depth_estimator/model.safetensors");
        Assert.Equal(folder, Find(Repo));
    }

    [Fact]
    public void What_is_not_here_is_named_with_the_two_ways_to_get_it()
    {
        string message = Refusal("sd2-depth");
        Assert.Contains("sd2-community/stable-diffusion-2-depth is not on this machine", message, StringComparison.Ordinal);
        Assert.Contains("depth2img models pull sd2-depth", message, StringComparison.Ordinal);
        Assert.Contains("https://huggingface.co/sd2-community/stable-diffusion-2-depth", message, StringComparison.Ordinal);
        Assert.Contains(_cache.Path, message, StringComparison.Ordinal);
        Snapshot(Repo, Commit, "main");
        Assert.Contains("there is main", Refusal($"{Repo}@fp16"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("some/folder/below", "no folder or file")]
    [InlineData("../outside", "no folder or file")]
    [InlineData("/none/at/all", "no folder or file")]
    [InlineData("model.safetensors", "no folder or file")]
    [InlineData("folder/model.ckpt", "no folder or file")]
    [InlineData("sd3-depth", "short names are sd2-depth")]
    [InlineData("some/name", "there is no folder or file 'some/name'")]
    [InlineData("some/name@../../x", "no folder or file")]
    public void A_name_of_nothing_is_refused_for_what_it_looks_like(string name, string words) =>
        Assert.Contains(words, Refusal(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("refs/main", "not a commit")]
    [InlineData("refs/main", "../../../../etc")]
    [InlineData("refs/main", "")]
    public void A_reference_that_holds_no_commit_names_nothing(string file, string contents)
    {
        Snapshot(Repo, Commit, "main");
        File.WriteAllText(Path.Combine(_cache.File("models--someone--tiny-depth"), file), contents);
        Assert.Contains("is not on this machine", Refusal($"{Repo}@main"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cache_is_listed_with_what_each_model_is_for()
    {
        Snapshot(Repo, Commit, "main");
        Snapshot("someone/half", Newer, "fp16", "vae/config.json");
        Snapshot("zoo/controlnet-depth", Newer, "main", [.. Directory.EnumerateFiles(TestSupport.Repository.Golden("tiny-depth2img"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(TestSupport.Repository.Golden("tiny-depth2img"), f))]);
        File.WriteAllText(_cache.File($"models--zoo--controlnet-depth/snapshots/{Newer}/config.json"), """{"_class_name": "ControlNetModel"}""");
        Directory.CreateDirectory(_cache.File($"models--zoo--language-model/snapshots/{Newer}"));
        Directory.CreateDirectory(_cache.File($"models--zoo--broken--name/snapshots/{Newer}"));
        Directory.CreateDirectory(_cache.File($"models--{Repo.Replace("/", "--", StringComparison.Ordinal)}/.no_exist/{Newer}"));

        InstalledModel[] cached = [.. InstalledModels.Find(Settings).Where(m => m.Commit is not null)];
        Assert.Equal(["someone/half", Repo, "zoo/controlnet-depth"], cached.Select(m => m.Name));
        Assert.Equal([ModelKind.DepthToImage, ModelKind.DepthToImage, ModelKind.DepthControlNet], cached.Select(m => m.Kind));
        Assert.Equal(["vae/config.json"], cached[0].Missing);
        Assert.Equal(["fp16"], cached[0].Revisions!);
        Assert.Empty(cached[1].Missing);
        Assert.All(cached, m => Assert.True(m.CanDoDepth));
        Assert.Contains(InstalledModels.Find(Settings), m => m is { Name: "tiefenrausch", Kind: ModelKind.DepthNetwork });
    }

    [Fact]
    public void A_model_in_part_is_reported_with_what_is_missing()
    {
        string folder = Snapshot(Repo, Commit, "main", "vae/diffusion_pytorch_model.safetensors", "scheduler/scheduler_config.json");
        CheckpointReport report = CheckpointReport.Read(folder);
        Assert.Equal((Repo, Commit), (report.Name, report.Commit));
        Assert.True(report.CanDoDepth);
        Assert.Null(report.Scheduler);
        Assert.Null(report.PredictionType);
        Assert.DoesNotContain(report.Networks, n => n.Component == "vae");
        Assert.Contains(report.Networks, n => n.Component == "unet" && n.Parameters > 0);
        Assert.Equal(["scheduler/scheduler_config.json", "vae/diffusion_pytorch_model.safetensors"], report.Missing.Order(StringComparer.Ordinal));
    }
}
