using System.Buffers.Binary;
using System.Text;

namespace Depth2Img.Compute.Checkpoints.Pickle;

/// <summary>Reads the parts of a pickle's instructions from bytes, never past their end.</summary>
/// <param name="bytes">The pickle, and what follows it.</param>
/// <param name="file">For messages.</param>
internal ref struct PickleSource(ReadOnlySpan<byte> bytes, string file)
{
    /// <summary>The longest module or attribute name; Python's own are shorter.</summary>
    private const int LongestName = 1000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>How many are left.</summary>
    public readonly int Left => _bytes.Length - Position;

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    /// <summary>The one kind of number that pickles write big-endian.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(sizeof(double)));

    /// <summary>So many bytes, which the file must hold.</summary>
    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)Left)
            throw Damaged(file, Left == 0 ? "it ends in the middle" : $"it tells of {count} bytes where {Left} are left");
        ReadOnlySpan<byte> result = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return result;
    }

    /// <summary>A text of so many bytes of UTF-8.</summary>
    public string Text(ulong count, PickleBudget budget) => Decode(Bytes(count), budget);

    /// <summary>A name up to the end of its line.</summary>
    public string Line(PickleBudget budget)
    {
        ReadOnlySpan<byte> rest = _bytes[Position..];
        int length = rest[..Math.Min(rest.Length, LongestName)].IndexOf((byte)'\n');
        if (length < 0) throw Damaged(file, "a name has no end");
        Position += length + 1;
        return Decode(rest[..length], budget);
    }

    /// <summary>The error for a pickle that no program wrote as it is.</summary>
    public static Depth2ImgException Damaged(string file, string what) => new($"'{file}' is damaged, or no checkpoint: in its pickle, {what}.");

    private readonly string Decode(ReadOnlySpan<byte> utf8, PickleBudget budget)
    {
        try
        {
            budget.Take(32 + 2L * utf8.Length);
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged(file, "a text is no UTF-8");
        }
    }
}
