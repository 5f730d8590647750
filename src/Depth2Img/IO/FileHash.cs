using System.Security.Cryptography;

namespace Depth2Img.IO;

/// <summary>Short names for the contents of files, as other programs of the field write them into pictures.</summary>
internal static class FileHash
{
    private const int Digits = 10;

    /// <summary>The first ten hexadecimal digits of the SHA-256 of files' contents, one after the other.</summary>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public static string Short(params IReadOnlyList<string> paths)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        foreach (string path in paths)
        {
            try
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
                for (int count; (count = file.Read(buffer)) > 0;) hash.AppendData(buffer, 0, count);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new Depth2ImgException($"'{path}' cannot be read: {e.Message}", e);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }
}
