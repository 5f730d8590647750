using System.Buffers.Binary;

namespace Depth2Img.Imaging;

/// <summary>
/// Finds the orientation in EXIF data: the TIFF structure that a JPEG has in APP1 after "Exif\0\0" and a PNG in eXIf.
/// Only the first image directory matters, so this is all of TIFF that is read.
/// </summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const ushort ShortType = 3;

    /// <summary>Reads the orientation, 1 to 8; 1 (upright) where the data are broken or say nothing.</summary>
    /// <param name="tiff">Starts with the byte order, "II*\0" or "MM\0*".</param>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return 1;
        bool little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return 1;

        uint directory = UInt32(tiff[4..], little);
        if (directory > (uint)tiff.Length - 2) return 1;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = UInt16(entries, little);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= 12; count--, entries = entries[12..])
        {
            if (UInt16(entries, little) != OrientationTag) continue;
            int value = UInt16(entries[2..], little) == ShortType ? UInt16(entries[8..], little) : 0;
            return value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
