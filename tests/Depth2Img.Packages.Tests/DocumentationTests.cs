using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Packages;

/// <summary>Every piece of C# in the documentation, as its reader would try it: in a new project, with the packages, run.</summary>
[Collection(nameof(LocalFeed))]
[Trait("Category", "Slow")]
public class DocumentationTests(LocalFeed feed)
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NoWarn>MEAI001</NoWarn>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Depth2Img.Extensions" Version="*" />
            <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.0" />
          </ItemGroup>
        </Project>
        """;

    [Fact]
    public async Task The_quick_start_works_as_it_is_told()
    {
        string folder = feed.NewFolder("quick start");
        await LocalFeed.RunAsync(folder, "dotnet", ["new", "console", "--no-restore"]);
        await LocalFeed.RunAsync(folder, "dotnet", ["add", "package", "Depth2Img"]);
        (_, string code) = Assert.Single(DocumentedCode.ProgramsOf("README.md"));
        Assert.InRange(code.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.StartsWith("using Depth2Img", StringComparison.Ordinal)), 1, 10);
        await RunProgram(folder, code);
        Assert.True(File.Exists(Path.Combine(folder, "new.png")));
    }

    [Fact]
    public async Task Every_piece_of_code_in_the_documentation_runs()
    {
        string folder = feed.NewFolder("documentation");
        File.WriteAllText(Path.Combine(folder, "documentation.csproj"), Project);
        int ran = 0;
        foreach (string page in DocumentedCode.Pages.Where(page => page != "README.md"))
        {
            foreach ((int line, string code) in DocumentedCode.ProgramsOf(page))
            {
                try
                {
                    await RunProgram(folder, code);
                    ran++;
                }
                catch (Exception e)
                {
                    Assert.Fail($"{page}, line {line}: {e.Message}");
                }
            }
        }
        Assert.True(ran >= 8, $"only {ran} programs were found");
    }

    /// <summary>Runs a program beside the files that the documentation speaks of. Other hosts' parts are played on loopback.</summary>
    private static async Task RunProgram(string folder, string code)
    {
        foreach (string left in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".png" or ".jpg" or ".cs")) File.Delete(left);
        File.Copy(Repository.Samples("photos/pumpkin.jpg"), Path.Combine(folder, "photo.jpg"));
        File.Copy(Repository.Samples("rendered/square-depth16.png"), Path.Combine(folder, "depth.png"));
        using StandInHub hub = StandInHub.Of(Repository.Golden("tiny-depth2img"));
        using TemporaryFolder cache = new();
        File.WriteAllText(Path.Combine(folder, "Program.cs"), code.Replace("\"sd2-depth\"", $"\"{StandInHub.Repository}\"", StringComparison.Ordinal));
        foreach (string library in (string[])["SkiaSharp", "SixLabors.ImageSharp"])
        {
            if (code.Contains($"using {library};", StringComparison.Ordinal))
                File.Copy(Repository.File($"tests/Depth2Img.Packages.Tests/StandIns/{library}.cs.txt"), Path.Combine(folder, $"{library}.cs"));
        }
        Dictionary<string, string?> variables = new() { ["HF_ENDPOINT"] = hub.Endpoint.AbsoluteUri, ["HF_HOME"] = cache.Path, ["HF_HUB_CACHE"] = null };
        await LocalFeed.RunAsync(folder, "dotnet", ["run", "-c", "Release"], variables);
    }
}
