using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Depth2Img.Compute.Checkpoints;

/// <summary>Opening of checkpoint files, with the mishaps that people meet told apart.</summary>
internal static class CheckpointFiles
{
    /// <summary>How many first bytes are enough to tell what a file is that was taken for a checkpoint.</summary>
    public const int SignatureLength = 256;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="Depth2ImgException">It is missing, a folder, or cannot be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (Directory.Exists(path)) throw new Depth2ImgException($"'{path}' is a folder; a file was expected.");
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no file '{path}'.");
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(path, e);
        }
    }

    /// <summary>Reads a file that is expected to be small.</summary>
    /// <exception cref="Depth2ImgException">It cannot be read, is empty or a stand-in, or is longer than the limit.</exception>
    public static byte[] ReadSmall(string path, long limit)
    {
        using SafeFileHandle handle = Open(path);
        try
        {
            long length = RandomAccess.GetLength(handle);
            if (length > limit) throw new Depth2ImgException($"'{path}' has {length} bytes; {limit} is the most.");
            byte[] bytes = new byte[length];
            ReadExactly(handle, bytes, 0, path);
            RequireContent(bytes, length, path);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CannotRead(path, e);
        }
    }

    /// <summary>Fills a buffer from a place in a file.</summary>
    public static void ReadExactly(SafeFileHandle handle, Span<byte> buffer, long offset, string path)
    {
        while (!buffer.IsEmpty)
        {
            int count = RandomAccess.Read(handle, buffer, offset);
            if (count == 0) throw new Depth2ImgException($"'{path}' became shorter while it was read.");
            buffer = buffer[count..];
            offset += count;
        }
    }

    /// <summary>Refuses what is no checkpoint but stands in a checkpoint's place.</summary>
    /// <param name="start">The first bytes, up to <see cref="SignatureLength"/> or more.</param>
    /// <param name="length">The file's length.</param>
    /// <param name="path">For the message.</param>
    public static void RequireContent(ReadOnlySpan<byte> start, long length, string path)
    {
        if (length == 0) throw new Depth2ImgException($"'{path}' is empty (0 bytes). Fetch or copy it again.");
        if (start.StartsWith("version https://git-lfs"u8))
            throw new Depth2ImgException($"'{path}' is a Git LFS pointer: its content was not downloaded. Run 'git lfs pull' in its repository, or download the file itself.");
        string text = Encoding.ASCII.GetString(start[..Math.Min(start.Length, SignatureLength)]).TrimStart();
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            throw new Depth2ImgException($"'{path}' is a web page, not a checkpoint: the download gave an error or log-in page. Fetch the file itself.");
    }

    /// <summary>The error for a file that the system does not let us read.</summary>
    public static Depth2ImgException CannotRead(string path, Exception cause) =>
        new($"'{path}' cannot be read: {cause.Message.TrimEnd('.')}.", cause);
}
