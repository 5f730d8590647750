using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Depth2Img.Hub;

/// <summary>
/// The check sum by which the hub names a file's contents: SHA-256 (64 hex digits) for large files, and for small ones
/// git's SHA-1 (40) of "blob LENGTH", a zero and the contents.
/// </summary>
/// <param name="Hex">The digits, in lower case. They are the name of the file in the cache, too.</param>
internal readonly record struct BlobDigest(string Hex)
{
    private const int Sha1Digits = 40;
    private const int Sha256Digits = 64;

    /// <summary>"SHA-256" or "git's SHA-1".</summary>
    public string Algorithm => Hex.Length == Sha256Digits ? "SHA-256" : "git's SHA-1";

    /// <summary>Reads the digits, as they stand in an ETag: with quotes or without, weak (W/) or strong.</summary>
    public static BlobDigest? Parse(string? tag)
    {
        if (tag is null) return null;
        string hex = tag.Trim();
        if (hex.StartsWith("W/", StringComparison.Ordinal)) hex = hex[2..];
        hex = hex.Trim('"').ToLowerInvariant();
        return hex.Length is Sha1Digits or Sha256Digits && hex.All(char.IsAsciiHexDigitLower) ? new BlobDigest(hex) : null;
    }

    /// <summary>A sum that has seen nothing of the contents yet.</summary>
    /// <param name="length">The length that the contents will have.</param>
    public IncrementalHash Begin(long length)
    {
        if (Hex.Length == Sha256Digits) return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
#pragma warning disable CA5350 // Git's name for small files is a SHA-1; the hub gives no other.
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {length}\0")));
        return hash;
    }

    /// <summary>Whether a sum that has seen all is this one.</summary>
    public bool Matches(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetCurrentHash()) == Hex;
}
