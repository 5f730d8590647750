namespace Depth2Img.IO;

/// <summary>Reads whole files that a user names.</summary>
internal static class InputFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should be, for messages, as in "a picture".</param>
    /// <param name="maxBytes">The largest that is read.</param>
    /// <exception cref="Depth2ImgException">It is missing, a folder, empty, too large, or cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, string expected, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; {expected} was expected.");
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no file '{path}'.");
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (file.Length == 0) throw new Depth2ImgException($"'{path}' is empty (zero bytes); {expected} was expected.");
            if (file.Length > Math.Min(maxBytes, Array.MaxLength))
                throw new Depth2ImgException($"'{path}' has {file.Length} bytes; at most {Math.Min(maxBytes, Array.MaxLength)} are read.");
            byte[] data = new byte[file.Length];
            file.ReadExactly(data);
            return data;
        }
        catch (EndOfStreamException e)
        {
            throw new Depth2ImgException($"'{path}' became shorter while it was read.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
