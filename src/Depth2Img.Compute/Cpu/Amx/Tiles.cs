using System.Buffers.Binary;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// AMX's tile registers as the kernels use them: eight tiles, all of the largest size. Edges are filled up with zeros in memory, because
/// another configuration costs more than the products that it saves.
/// </summary>
internal static class Tiles
{
    /// <summary>How many tile registers there are.</summary>
    public const int Count = 8;

    /// <summary>Rows of a tile: of sums, or pairs of products.</summary>
    public const int Rows = 16;

    /// <summary>Bytes of a tile's row: 16 sums, or 32 products.</summary>
    public const int RowBytes = 64;

    /// <summary>Products that one instruction adds to a sum.</summary>
    public const int Products = RowBytes / sizeof(ushort);

    /// <summary>Bytes of a configuration.</summary>
    public const int ConfigurationBytes = 64;

    /// <summary>
    /// Writes the operand of LDTILECFG: the palette in byte 0, bytes of a row from byte 16 on (two for each tile), rows from byte 48 on
    /// (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, LDTILECFG).
    /// </summary>
    /// <param name="target"><see cref="ConfigurationBytes"/> bytes.</param>
    public static void WriteConfiguration(Span<byte> target)
    {
        const int palette = 1, rowBytesAt = 16, rowsAt = 48;
        target[..ConfigurationBytes].Clear();
        target[0] = palette;
        for (int tile = 0; tile < Count; tile++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(target[(rowBytesAt + tile * sizeof(ushort))..], RowBytes);
            target[rowsAt + tile] = Rows;
        }
    }
}
