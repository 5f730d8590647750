using Depth2Img.IO;

namespace Depth2Img.Cli.Output;

/// <summary>Checks of outputs before the work begins, so that minutes are not spent on a picture that cannot be kept.</summary>
internal static class OutputFiles
{
    /// <summary>Makes sure that a file can be written: its extension is known, it does not exist unless it may be replaced, its folder is there, or can be made, and takes files.</summary>
    /// <param name="path">The output.</param>
    /// <param name="force">Whether an existing file may be replaced.</param>
    /// <param name="extensions">The extensions that can be written, with their dots.</param>
    /// <exception cref="OutputException">It cannot.</exception>
    public static void Prepare(string path, bool force, params ReadOnlySpan<string> extensions)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (!extensions.Contains(extension))
            throw new OutputException($"'{path}' ends in {(extension.Length == 0 ? "no extension" : $"'{extension}'")}; {string.Join(", ", extensions.ToArray())} can be written.");
        if (File.Exists(path) && !force) throw new OutputException($"'{path}' exists; --force replaces it.");
        MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.RequireWritable(path, force);
    }

    /// <summary>Refuses to write the same file twice.</summary>
    /// <exception cref="OutputException">Two of the outputs are the same file.</exception>
    public static void RequireDifferent(IEnumerable<string> paths)
    {
        if (paths.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new OutputException($"'{twice.First()}' is named as an output twice; one would replace the other.");
    }

    /// <summary>The name of one of several outputs: "out.png" becomes "out-2.png".</summary>
    public static string Numbered(string path, int index, int count) => count == 1
        ? path
        : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{index + 1}{Path.GetExtension(path)}");

    /// <summary>The name of an output that is told apart by a word: "out.png" becomes "out-neon.png".</summary>
    public static string Named(string path, string word) => Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{word}{Path.GetExtension(path)}");

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"The folder '{folder}' cannot be written to or made.", e);
        }
    }
}
