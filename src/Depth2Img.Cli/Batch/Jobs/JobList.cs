namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>The jobs of a batch as they are written down.</summary>
/// <param name="Lines">A file's lines, or a folder's pictures.</param>
/// <param name="Folder">What paths in a file's lines are relative to; null where the paths are the command line's.</param>
internal sealed record JobList(IReadOnlyList<JobLine> Lines, string? Folder)
{
    /// <summary>What is taken for a picture in a folder. Those that cannot be read are named as failures, not passed over.</summary>
    private static readonly string[] PictureExtensions =
        [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif"];

    /// <summary>Reads jobs: those of a .csv, .jsonl or .ndjson file; the pictures of a folder, by name; else one picture.</summary>
    /// <exception cref="Depth2ImgException">It is not there, cannot be read, or holds no job.</exception>
    public static JobList Read(string path)
    {
        if (Directory.Exists(path)) return new JobList(Pictures(path), null);
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no folder or file '{path}'; a folder of pictures, a .csv, a .jsonl or a picture was expected.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        IReadOnlyList<JobLine>? lines = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" => CsvJobs.Read(JobText.Read(path), path),
            ".jsonl" or ".ndjson" => JsonLinesJobs.Read(JobText.Read(path)),
            ".json" => throw new Depth2ImgException($"'{path}' is named .json; jobs are read from .jsonl, one object a line."),
            _ => null,
        };
        if (lines is null) return new JobList([JobLine.OfPicture(path)], null);
        return lines.Count > 0 ? new JobList(lines, folder) : throw new Depth2ImgException($"'{path}' has no jobs.");
    }

    private static JobLine[] Pictures(string folder)
    {
        string[] pictures;
        try
        {
            pictures = [.. Directory.EnumerateFiles(folder).Where(IsPicture).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"The folder '{folder}' cannot be read: {e.Message}", e);
        }
        return pictures.Length > 0 ? [.. pictures.Select(JobLine.OfPicture)] : throw new Depth2ImgException($"The folder '{folder}' has no pictures.");
    }

    private static bool IsPicture(string path) =>
        !Path.GetFileName(path).StartsWith('.') && PictureExtensions.Contains(Path.GetExtension(path).ToLowerInvariant());
}
