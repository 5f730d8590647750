using System.Runtime.InteropServices;

namespace Depth2Img.Imaging.Png;

/// <summary>The checksum of PNG's chunks: CRC-32 of ISO 3309, reflected polynomial 0xEDB88320. Eight bytes a step (slicing by eight).</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] _tables = MakeTables();

    /// <summary>Extends a checksum by more bytes.</summary>
    /// <param name="crc">The checksum so far; 0 at the start.</param>
    /// <param name="data">The bytes that follow.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        uint[] t0 = _tables[0], t1 = _tables[1], t2 = _tables[2], t3 = _tables[3];
        uint[] t4 = _tables[4], t5 = _tables[5], t6 = _tables[6], t7 = _tables[7];
        for (; data.Length >= 8; data = data[8..])
        {
            uint low = MemoryMarshal.Read<uint>(data) ^ crc;
            uint high = MemoryMarshal.Read<uint>(data[4..]);
            crc = t7[low & 0xFF] ^ t6[(low >> 8) & 0xFF] ^ t5[(low >> 16) & 0xFF] ^ t4[low >> 24]
                ^ t3[high & 0xFF] ^ t2[(high >> 8) & 0xFF] ^ t1[(high >> 16) & 0xFF] ^ t0[high >> 24];
        }
        foreach (byte b in data) crc = t0[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        uint[][] tables = new uint[8][];
        for (int t = 0; t < 8; t++)
        {
            tables[t] = new uint[256];
            for (uint n = 0; n < 256; n++)
            {
                uint value = t == 0 ? n : tables[t - 1][n];
                for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
                tables[t][n] = value;
            }
        }
        return tables;
    }
}
