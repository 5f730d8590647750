using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Compute.Tests.Checkpoints.Pickle;

/// <summary>Builds zip files as torch writes them, with or without the 64-bit records that files above 4 GiB have.</summary>
internal static class TorchZipBytes
{
    /// <summary>Puts entries into a zip, not compressed.</summary>
    /// <param name="wide">Whether every length and place is written as a 64-bit number, however small.</param>
    /// <param name="entries">Names and contents.</param>
    public static byte[] Of(bool wide, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream zip = new();
        List<long> places = [];
        foreach ((string name, byte[] content) in entries)
        {
            places.Add(zip.Position);
            byte[] encoded = Encoding.UTF8.GetBytes(name);
            Numbers(zip, 0x0403_4b50u, (ushort)45, (ushort)8, (ushort)0, 0u, 0u, 0u, 0u, (ushort)encoded.Length, (ushort)7);
            zip.Write(encoded);
            // Torch pads here, so that tensors lie aligned.
            Numbers(zip, (ushort)0x4246, (ushort)3);
            zip.Write("ZZZ"u8);
            zip.Write(content);
        }
        long start = zip.Position;
        for (int i = 0; i < entries.Length; i++) WriteEntry(zip, entries[i].Name, entries[i].Content.Length, places[i], wide);
        long size = zip.Position - start;
        if (wide)
        {
            long record = zip.Position;
            Numbers(zip, 0x0606_4b50u, 44UL, (ushort)45, (ushort)45, 0u, 0u, (ulong)entries.Length, (ulong)entries.Length, (ulong)size, (ulong)start);
            Numbers(zip, 0x0706_4b50u, 0u, (ulong)record, 1u);
        }
        ushort count = wide ? ushort.MaxValue : (ushort)entries.Length;
        Numbers(zip, 0x0605_4b50u, (ushort)0, (ushort)0, count, count, wide ? uint.MaxValue : (uint)size, wide ? uint.MaxValue : (uint)start, (ushort)0);
        return zip.ToArray();
    }

    private static void WriteEntry(Stream zip, string name, int length, long place, bool wide)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(name);
        uint size = wide ? uint.MaxValue : (uint)length;
        Numbers(zip, 0x0201_4b50u, (ushort)45, (ushort)45, (ushort)8, (ushort)0, 0u, 0u, size, size, (ushort)encoded.Length,
            (ushort)(wide ? 34 : 0), (ushort)0, (ushort)0, (ushort)0, 0u, wide ? uint.MaxValue : (uint)place);
        zip.Write(encoded);
        if (!wide) return;
        // Another program's field first, to be passed over.
        Numbers(zip, (ushort)0x5455, (ushort)2, (ushort)0, (ushort)1, (ushort)24, (ulong)length, (ulong)length, (ulong)place);
    }

    private static void Numbers(Stream stream, params object[] numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        foreach (object number in numbers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Convert.ToUInt64(number, System.Globalization.CultureInfo.InvariantCulture));
            stream.Write(bytes[..(number is ulong ? 8 : number is uint ? 4 : 2)]);
        }
    }
}
