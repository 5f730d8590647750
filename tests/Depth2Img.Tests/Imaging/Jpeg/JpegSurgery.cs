using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>Changes to the bytes of good files.</summary>
internal static class JpegSurgery
{
    /// <summary>Where a marker stands, outside of other segments' content and before or after scans alike.</summary>
    public static int Find(byte[] file, byte marker, int from = 2)
    {
        int at = from;
        while (at + 1 < file.Length)
        {
            if (file[at] != 0xFF || file[at + 1] is 0 or 0xFF)
            {
                at++;
                continue;
            }
            if (file[at + 1] == marker) return at;
            at += JpegMarker.StandsAlone(file[at + 1]) ? 2 : 2 + (file[at + 2] << 8 | file[at + 3]);
        }
        throw new ArgumentException($"There is no marker FF {marker:X2}.", nameof(marker));
    }

    /// <summary>Puts bytes in.</summary>
    public static byte[] Insert(byte[] file, int at, params byte[] bytes) => [.. file[..at], .. bytes, .. file[at..]];

    /// <summary>Puts a segment in right behind the start of the image.</summary>
    public static byte[] InsertSegment(byte[] file, byte marker, params byte[] content) =>
        Insert(file, 2, [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);

    /// <summary>Takes a segment out.</summary>
    public static byte[] Remove(byte[] file, byte marker)
    {
        int at = Find(file, marker);
        return [.. file[..at], .. file[(at + 2 + (file[at + 2] << 8 | file[at + 3]))..]];
    }

    /// <summary>Sets one byte of a segment's content.</summary>
    public static byte[] Patch(byte[] file, byte marker, int offset, byte value)
    {
        byte[] patched = [.. file];
        patched[Find(file, marker) + 4 + offset] = value;
        return patched;
    }

    /// <summary>Where the bits of the first scan begin.</summary>
    public static int ScanData(byte[] file)
    {
        int at = Find(file, JpegMarker.StartOfScan);
        return at + 2 + (file[at + 2] << 8 | file[at + 3]);
    }
}
