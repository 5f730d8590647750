using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Reads the bits of entropy-coded data, most significant first: FF 00 stands for the byte FF, any other marker ends
/// the data. Behind the end come zeros without limit; <see cref="Overran"/> tells when one of them was used, so that
/// callers need to look only once a block.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> data, int position)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ulong _bits;
    private int _count;
    private int _padding;

    /// <summary>The next byte that is not in the reader yet; never behind the marker that ends the data.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Whether bits were used that are not in the data.</summary>
    public readonly bool Overran => _count < _padding;

    /// <summary>Makes at least 32 bits ready: enough for a code of 16 bits and the up to 15 bits behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ready()
    {
        if (_count < 32) Fill();
    }

    /// <summary>Decodes a symbol from bits that are ready.</summary>
    /// <returns>-1 when no code begins like the data.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        int entry = table.Lookup[(int)(_bits >> (_count - HuffmanTable.LookaheadBits)) & ((1 << HuffmanTable.LookaheadBits) - 1)];
        if (entry == 0) return LongSymbol(table);
        _count -= entry >> 8;
        return entry & 255;
    }

    /// <summary>Takes up to 16 bits that are ready as a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Bits(int count)
    {
        _count -= count;
        return (int)(_bits >> _count) & ((1 << count) - 1);
    }

    /// <summary>
    /// Takes the 1 to 15 bits that follow a size symbol: a number with its top bit set is itself, one without is negative,
    /// counted up from the smallest of that size (T.81, EXTEND).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Extended(int size)
    {
        int value = Bits(size);
        return value >> (size - 1) != 0 ? value : value - (1 << size) + 1;
    }

    /// <summary>Takes one bit.</summary>
    public bool Bit()
    {
        Ready();
        return Bits(1) != 0;
    }

    private int LongSymbol(HuffmanTable table)
    {
        int bits16 = (int)(_bits >> (_count - HuffmanTable.MaxCodeLength)) & 0xFFFF;
        if (!table.TryFindLong(bits16, out int length, out int symbol)) return -1;
        _count -= length;
        return symbol;
    }

    private void Fill()
    {
        if (_data.Length - Position >= 4)
        {
            uint next = BinaryPrimitives.ReadUInt32BigEndian(_data[Position..]);
            bool holdsFF = ((~next - 0x01010101u) & next & 0x80808080u) != 0;
            if (!holdsFF)
            {
                _bits = _bits << 32 | next;
                _count += 32;
                Position += 4;
                return;
            }
        }
        while (_count < 32) FillByte();
    }

    private void FillByte()
    {
        byte next = 0;
        bool marker = Position >= _data.Length;
        if (!marker)
        {
            next = _data[Position];
            if (next == 0xFF)
            {
                marker = Position + 1 >= _data.Length || _data[Position + 1] != 0;
                if (!marker) Position += 2;
            }
            else
            {
                Position++;
            }
        }
        _bits = _bits << 8 | (marker ? 0u : next);
        _count += 8;
        if (marker) _padding += 8;
    }
}
