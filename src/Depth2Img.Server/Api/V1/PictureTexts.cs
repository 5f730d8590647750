using System.Buffers.Binary;

namespace Depth2Img.Server.Api.V1;

/// <summary>Takes the texts out of this server's own picture files; every other byte stays.</summary>
internal static class PictureTexts
{
    private const int PngSignature = 8, PngOverhead = 12;
    private const byte JpegComment = 0xFE, JpegScan = 0xDA;

    /// <summary>A file without its texts.</summary>
    /// <param name="file">A PNG or JPEG that was written here.</param>
    public static byte[] Remove(byte[] file) => file is [0x89, (byte)'P', ..] ? RemoveFromPng(file) : file is [0xFF, 0xD8, ..] ? RemoveFromJpeg(file) : file;

    private static byte[] RemoveFromPng(byte[] file)
    {
        using MemoryStream kept = new(file.Length);
        kept.Write(file, 0, PngSignature);
        for (int at = PngSignature; at + PngOverhead <= file.Length;)
        {
            int length = PngOverhead + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            ReadOnlySpan<byte> type = file.AsSpan(at + 4, 4);
            if (!type.SequenceEqual("tEXt"u8) && !type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8)) kept.Write(file, at, length);
            at += length;
        }
        return kept.ToArray();
    }

    private static byte[] RemoveFromJpeg(byte[] file)
    {
        using MemoryStream kept = new(file.Length);
        kept.Write(file, 0, 2);
        int at = 2;
        // Up to the first scan a file is segments with their lengths; texts are written before it.
        while (at + 4 <= file.Length && file[at + 1] != JpegScan)
        {
            int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
            if (file[at + 1] != JpegComment) kept.Write(file, at, length);
            at += length;
        }
        kept.Write(file, at, file.Length - at);
        return kept.ToArray();
    }
}
