using System.Text.Json;
using Depth2Img.Cli.Batch.Running;
using Depth2Img.Imaging;

namespace Depth2Img.Cli.Tests.Batch;

/// <summary>A folder with small pictures and a job file, and `batch` run on it with the tiny checkpoint.</summary>
internal sealed class BatchRun : IDisposable
{
    /// <summary>What is given to every run beside the jobs.</summary>
    private static readonly string[] Common = ["-m", CliFolder.TinyModel, "--steps", "1", "--strength", "1", "--size", "64x64"];

    public CliFolder Folder { get; } = new();

    public string Outputs => Folder["out"];

    public void Dispose() => Folder.Dispose();

    /// <summary>Writes a picture of one colour.</summary>
    public string Picture(string name, byte red = 200, int side = 40)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Folder[name])!);
        ImageFile.Save(Folder[name], new Image(side, side, [.. Enumerable.Range(0, side * side).SelectMany(i => (byte[])[red, (byte)(i % side * 3), (byte)(i / side * 3)])]), new ImageSaveOptions { Overwrite = true });
        return Folder[name];
    }

    public string Jobs(string name, string text)
    {
        File.WriteAllText(Folder[name], text);
        return Folder[name];
    }

    public static string[] Arguments(string jobs, string outputs, params string[] more) => ["batch", jobs, "-o", outputs, .. Common, .. more];

    /// <summary>Runs a batch; its report is in <see cref="Report"/>.</summary>
    public Task<CliRun> RunAsync(string jobs, params string[] more) => CliFolder.RunAsync(Arguments(jobs, Outputs, more));

    /// <summary>The report of the latest run.</summary>
    public JsonElement Report => JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(Outputs, "batch.json"))).RootElement;

    /// <summary>How many jobs were made, kept and failed in the latest run.</summary>
    public (int Made, int Kept, int Failed) Counts => (Report.GetProperty("made").GetInt32(), Report.GetProperty("kept").GetInt32(), Report.GetProperty("failed").GetInt32());

    /// <summary>The reason of the job of a line in the latest run; empty if it did not fail.</summary>
    public string ReasonOf(int line) => string.Join(' ', Report.GetProperty("jobs").EnumerateArray()
        .Where(job => job.GetProperty("line").GetInt32() == line && job.TryGetProperty("reason", out _)).Select(job => job.GetProperty("reason").GetString()));

    /// <summary>The outputs with their contents' beginning and time of change.</summary>
    public IReadOnlyDictionary<string, (string Contents, DateTime Changed)> Snapshot() => Directory.Exists(Outputs)
        ? Directory.EnumerateFiles(Outputs, "*", SearchOption.AllDirectories)
            .Where(file => System.IO.Path.GetExtension(file) is ".png" or ".jpg" && !file.Contains(BatchFolder.StateName, StringComparison.Ordinal))
            .ToDictionary(file => System.IO.Path.GetRelativePath(Outputs, file), file => (Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))), File.GetLastWriteTimeUtc(file)))
        : new Dictionary<string, (string, DateTime)>();
}
