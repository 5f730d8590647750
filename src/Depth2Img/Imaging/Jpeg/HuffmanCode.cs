namespace Depth2Img.Imaging.Jpeg;

/// <summary>A Huffman code to write with: the bits of each symbol, and the table that tells a decoder of them.</summary>
internal sealed class HuffmanCode
{
    private readonly byte[] _lengths;
    private readonly ushort[] _codes = new ushort[256];
    private readonly byte[] _counts = new byte[HuffmanTable.MaxCodeLength];
    private readonly List<byte> _symbols = [];

    /// <summary>Makes the shortest code for symbols that occur as often as given.</summary>
    /// <param name="frequencies">256 counts; at least one is not zero.</param>
    public HuffmanCode(ReadOnlySpan<int> frequencies)
    {
        _lengths = HuffmanCodeLengths.Find(frequencies);
        int code = 0;
        for (int length = 1; length <= HuffmanTable.MaxCodeLength; length++, code <<= 1)
        {
            for (int symbol = 0; symbol < _lengths.Length; symbol++)
            {
                if (_lengths[symbol] != length) continue;
                _codes[symbol] = (ushort)code++;
                _counts[length - 1]++;
                _symbols.Add((byte)symbol);
            }
        }
    }

    /// <summary>Writes a symbol and the bits that belong to it.</summary>
    public void Write(BitWriter writer, int symbol, uint extraBits, int extraCount) =>
        writer.Write((uint)_codes[symbol] << extraCount | extraBits, _lengths[symbol] + extraCount);

    /// <summary>The table as DHT has it: counts by length, then symbols.</summary>
    public byte[] ToTable() => [.. _counts, .. _symbols];
}
