using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml.Linq;
using Depth2Img.Checkpoints;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Packages;

/// <summary>The packages, as they are made and as a stranger installs and runs them.</summary>
[Collection(nameof(LocalFeed))]
[Trait("Category", "Slow")]
public class PackageTests(LocalFeed feed)
{
    private const string Prompt = "a golden statue on grass at sunset";
    private static readonly string[] Libraries = ["Depth2Img", "Depth2Img.Compute", "Depth2Img.Extensions", "Depth2Img.Models"];
    private static readonly string[] Models = ["Depth2Img.Model.Demo", "Depth2Img.Model.Tiefenrausch"];
    private const string Tool = "Depth2Img.Cli";

    [Fact]
    public void Packages_have_what_people_look_for()
    {
        string version = DepthToImagePipeline.Version;
        string[] expected = [.. Libraries.Concat(Models).Append(Tool).Select(id => $"{id}.{version}.nupkg"), .. Libraries.Append(Tool).Select(id => $"{id}.{version}.snupkg")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.EnumerateFiles(feed.Feed).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        foreach (string id in Libraries.Concat(Models).Append(Tool))
        {
            using ZipArchive package = Open(id);
            HashSet<string> names = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.Superset(new HashSet<string> { "README.md", "icon.png", "LICENSE", "THIRD-PARTY-NOTICES.md", $"{id}.nuspec" }, names);
            Assert.Equal("MIT", Value(package, id, "license"));
            Assert.Equal(version, Value(package, id, "version"));
            Assert.False(string.IsNullOrWhiteSpace(Value(package, id, "description")));
            if (Libraries.Contains(id)) Assert.Superset(new HashSet<string> { $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" }, names);
        }
        foreach ((string id, string file) in new[] { (Models[0], "models/demo/vae/LICENSE.taesd"), (Models[1], "models/tiefenrausch/LICENSE.tiefenrausch") })
        {
            using ZipArchive package = Open(id);
            Assert.NotNull(package.GetEntry(file));
        }
    }

    [Fact]
    public void No_package_tells_where_it_was_made()
    {
        byte[] root = Encoding.UTF8.GetBytes(Repository.Root);
        foreach (string file in Directory.EnumerateFiles(feed.Feed))
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            foreach (ZipArchiveEntry entry in package.Entries.Where(e => Path.GetFileName(e.FullName).StartsWith("Depth2Img", StringComparison.Ordinal)))
            {
                using MemoryStream contents = new();
                using (Stream stream = entry.Open()) stream.CopyTo(contents);
                Assert.True(contents.ToArray().AsSpan().IndexOf(root) < 0, $"{entry.FullName} of {Path.GetFileName(file)} names {Repository.Root}");
            }
        }
    }

    [Fact]
    public async Task The_tool_makes_the_samples_picture_in_an_empty_folder()
    {
        string tools = feed.NewFolder("tools"), work = feed.NewFolder("tool work");
        await LocalFeed.RunAsync(tools, "dotnet", ["tool", "install", Tool, "--tool-path", tools]);
        await MakeThePicture(Path.Combine(tools, "depth2img"), work, []);
    }

    [Fact]
    public async Task One_published_file_makes_the_samples_picture_without_dotnet()
    {
        // The script is a bash script for Linux on x64; elsewhere there is nothing to hold it against.
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        string published = feed.NewFolder("published"), work = feed.NewFolder("published work");
        await LocalFeed.RunAsync(Repository.Root, "bash", ["scripts/publish.sh", published], new Dictionary<string, string?> { ["HTTP_PROXY"] = null, ["HTTPS_PROXY"] = null, ["ALL_PROXY"] = null });
        string program = Assert.Single(Directory.EnumerateFileSystemEntries(published));
        Dictionary<string, string?> bare = new() { ["PATH"] = "/nowhere", ["DOTNET_ROOT"] = null, ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = feed.NewFolder("extracted") };
        await MakeThePicture(program, work, bare);
    }

    /// <summary>Makes the README's picture with an installed program, and compares it with the library's in this process.</summary>
    private static async Task MakeThePicture(string program, string folder, Dictionary<string, string?> variables)
    {
        File.Copy(Repository.Samples("photos/pumpkin.jpg"), Path.Combine(folder, "photo.jpg"));
        await LocalFeed.RunAsync(folder, program, ["generate", "photo.jpg", "-p", Prompt, "--seed", "5", "-o", "new.png"], variables);
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        DepthToImageResult expected = await pipeline.GenerateAsync(new DepthToImageRequest { Image = Image.Load(Repository.Samples("photos/pumpkin.jpg")), Prompt = Prompt, Seed = 5 });
        Assert.Equal(expected.Images[0].Pixels, Image.Load(Path.Combine(folder, "new.png")).Pixels);
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(feed.Feed, $"{id}.{DepthToImagePipeline.Version}.nupkg"));

    private static string? Value(ZipArchive package, string id, string element)
    {
        using Stream stream = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(stream).Descendants().FirstOrDefault(e => e.Name.LocalName == element)?.Value;
    }
}
