namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// A Huffman table as DHT transmits it, made ready for decoding. Codes of up to <see cref="LookaheadBits"/> bits, nearly
/// all that occur, are found by one look into a table; longer ones by comparing with the largest code of each length.
/// </summary>
internal sealed class HuffmanTable
{
    public const int LookaheadBits = 9;
    public const int MaxCodeLength = 16;

    private readonly byte[] _symbols;
    private readonly ushort[] _lookup = new ushort[1 << LookaheadBits];

    // By code length: the first 16-bit pattern that belongs to longer codes, and what turns a code into its symbol's index.
    private readonly int[] _limit = new int[MaxCodeLength + 1];
    private readonly int[] _indexOffset = new int[MaxCodeLength + 1];

    /// <param name="counts">How many codes of each length 1..16 there are.</param>
    /// <param name="symbols">Their symbols, by length and code.</param>
    /// <param name="description">What the table is called in messages.</param>
    /// <param name="name">The file.</param>
    /// <exception cref="Depth2ImgException">There are more codes of a length than can be.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, string description, string name)
    {
        _symbols = symbols.ToArray();
        int code = 0, index = 0;
        for (int length = 1; length <= MaxCodeLength; length++)
        {
            int count = counts[length - 1];
            if (code + count > 1 << length)
                throw JpegErrors.Broken(name, $"its {description} has more codes of {length} bits than there can be");
            _indexOffset[length] = index - code;
            if (length <= LookaheadBits)
            {
                int spare = LookaheadBits - length;
                for (int i = 0; i < count; i++)
                    _lookup.AsSpan((code + i) << spare, 1 << spare).Fill((ushort)(length << 8 | symbols[index + i]));
            }
            code += count;
            index += count;
            _limit[length] = code << (MaxCodeLength - length);
            code <<= 1;
        }
    }

    /// <summary>The symbols that can occur.</summary>
    public ReadOnlySpan<byte> Symbols => _symbols;

    /// <summary>By the next <see cref="LookaheadBits"/> bits: code length x 256 + symbol, or 0 when the code is longer.</summary>
    public ReadOnlySpan<ushort> Lookup => _lookup;

    /// <summary>Finds a code longer than <see cref="LookaheadBits"/> at the head of 16 bits.</summary>
    /// <returns>False when no code begins like this.</returns>
    public bool TryFindLong(int bits16, out int length, out int symbol)
    {
        for (length = LookaheadBits + 1; length <= MaxCodeLength; length++)
        {
            if (bits16 >= _limit[length]) continue;
            symbol = _symbols[(bits16 >> (MaxCodeLength - length)) + _indexOffset[length]];
            return true;
        }
        symbol = 0;
        return false;
    }

    /// <summary>Reads a DHT segment, which may define several tables.</summary>
    public static void ReadSegment(ReadOnlySpan<byte> segment, HuffmanTable?[] dcTables, HuffmanTable?[] acTables, string name)
    {
        while (!segment.IsEmpty)
        {
            int tableClass = segment[0] >> 4, slot = segment[0] & 15;
            if (tableClass > 1 || slot >= dcTables.Length)
                throw JpegErrors.Broken(name, $"it defines the Huffman table {slot} of class {tableClass}; 0 to {dcTables.Length - 1} and 0 or 1 exist");
            string description = $"Huffman table {(tableClass == 0 ? "DC" : "AC")} {slot}";
            if (segment.Length < 1 + MaxCodeLength)
                throw JpegErrors.Broken(name, $"its {description} ends within its code lengths");
            ReadOnlySpan<byte> counts = segment.Slice(1, MaxCodeLength);
            int total = 0;
            foreach (byte count in counts) total += count;
            segment = segment[(1 + MaxCodeLength)..];
            if (total > 256 || total > segment.Length)
                throw JpegErrors.Broken(name, $"its {description} promises {total} symbols, and {Math.Min(256, segment.Length)} are possible");
            HuffmanTable table = new(counts, segment[..total], description, name);
            if (tableClass == 0) CheckDcSymbols(table, description, name);
            (tableClass == 0 ? dcTables : acTables)[slot] = table;
            segment = segment[total..];
        }
    }

    // A DC symbol is the bit length of a difference; 15 covers 12-bit files, whose tables some 8-bit files carry.
    private static void CheckDcSymbols(HuffmanTable table, string description, string name)
    {
        foreach (byte symbol in table.Symbols)
        {
            if (symbol > 15) throw JpegErrors.Broken(name, $"its {description} has the symbol {symbol}, and differences have at most 15 bits");
        }
    }
}
