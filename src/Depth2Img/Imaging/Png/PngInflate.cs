using System.IO.Compression;

namespace Depth2Img.Imaging.Png;

/// <summary>Inflates what ancillary chunks hold.</summary>
internal static class PngInflate
{
    /// <summary>The data inflated; null where they are damaged or give more than a limit.</summary>
    /// <param name="data">A zlib stream.</param>
    /// <param name="maxBytes">The most bytes that it may give.</param>
    public static byte[]? Whole(ReadOnlyMemory<byte> data, int maxBytes)
    {
        try
        {
            using ZLibStream inflater = new(new MemorySliceStream(data), CompressionMode.Decompress);
            using MemoryStream inflated = new();
            byte[] buffer = new byte[4096];
            for (int read; (read = inflater.Read(buffer)) > 0;)
            {
                if (inflated.Length + read > maxBytes) return null;
                inflated.Write(buffer, 0, read);
            }
            return inflated.ToArray();
        }
        catch (Exception e) when (ZLibDamage.Is(e))
        {
            return null;
        }
    }
}
