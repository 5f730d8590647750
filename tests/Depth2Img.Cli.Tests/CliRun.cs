using System.Text.Json;
using Depth2Img.TestSupport;

namespace Depth2Img.Cli.Tests;

/// <summary>What one run of the program did.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Asserts the manner of every refusal: an exit code, one line for a person, no stack trace.</summary>
    public CliRun AssertRefused(int exitCode, params string[] words)
    {
        Assert.Equal(exitCode, ExitCode);
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        foreach (string word in words) Assert.Contains(word, line, StringComparison.OrdinalIgnoreCase);
        return this;
    }
}

/// <summary>A folder of its own for one test, and the program run in this process on the tiny checkpoint.</summary>
internal sealed class CliFolder : IDisposable
{
    public CliFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"depth2img-cli-{Guid.NewGuid():N}");

    public static string TinyModel => Repository.Golden("tiny-depth2img");

    public static string Photo => Repository.Samples("rendered/square.png");

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string[] Files => [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(f => System.IO.Path.GetRelativePath(Path, f)).Order(StringComparer.Ordinal)];

    /// <summary>A copy of the tiny checkpoint to damage.</summary>
    public string CopyTinyModel()
    {
        string target = this["model"];
        foreach (string file in Directory.EnumerateFiles(TinyModel, "*", SearchOption.AllDirectories))
        {
            string copy = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(TinyModel, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return target;
    }

    public static async Task<CliRun> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await CommandLineApp.RunAsync(args, output, error);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>`generate` with the tiny checkpoint, two steps and one seed; later arguments are added.</summary>
    public Task<CliRun> GenerateAsync(string image, params string[] args) => RunAsync(
        ["generate", image, "-p", "a red ball", "-m", TinyModel, "--steps", "2", "--seed", "1", "--max-size", "64", "-o", this["out.png"], .. args]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
