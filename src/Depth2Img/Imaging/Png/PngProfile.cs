using System.IO.Compression;

namespace Depth2Img.Imaging.Png;

/// <summary>PNG's colour profile (iCCP): a name, then the profile compressed.</summary>
internal static class PngProfile
{
    private const int MaxNameLength = 79;

    /// <summary>Reads the chunk. A profile is an extra: without a good one the picture is read all the same.</summary>
    public static IccProfile? Read(PngChunk chunk)
    {
        int end = chunk.Data.Span.IndexOf((byte)0);
        if (end is < 1 or > MaxNameLength || chunk.Data.Length < end + 2 || chunk.Data.Span[end + 1] != 0) return null;
        return PngInflate.Whole(chunk.Data[(end + 2)..], IccProfile.MaxBytes) is { } data ? IccProfile.TryRead(data) : null;
    }

    /// <summary>Writes the chunk, which belongs before the image data.</summary>
    public static void Write(PngChunkWriter writer, IccProfile profile)
    {
        using MemoryStream chunk = new();
        // The name that most programs give, and deflate, the only method.
        chunk.Write("ICC Profile\0\0"u8);
        using (ZLibStream deflater = new(chunk, CompressionLevel.Optimal, leaveOpen: true)) deflater.Write(profile.Data.Span);
        writer.Write("iCCP"u8, chunk.GetBuffer().AsSpan(0, (int)chunk.Length));
    }
}
