using System.Buffers.Binary;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>
/// A thread's tile registers and the instructions on them, written down from the operations in Intel's Software Developer's Manual
/// (volume 2, LDTILECFG, TILELOADD, TILESTORED, TILEZERO, TDPBF16PS, TILERELEASE). What would raise a fault is an <see cref="InvalidOperationException"/>.
/// </summary>
internal sealed unsafe class TileState
{
    public const int Tiles = 8;
    private const int MaxRows = 16;
    private const int MaxRowBytes = 64;

    private readonly byte[][] _data = [.. Enumerable.Range(0, Tiles).Select(_ => new byte[MaxRows * MaxRowBytes])];
    private readonly int[] _rows = new int[Tiles];
    private readonly int[] _rowBytes = new int[Tiles];

    /// <summary>Whether tiles are in use.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>How often tiles were taken into use.</summary>
    public int Configurations { get; private set; }

    /// <summary>A tile's 16 rows of 64 bytes.</summary>
    public ReadOnlySpan<byte> this[int tile] => _data[tile];

    /// <summary>LDTILECFG.</summary>
    public void Configure(ReadOnlySpan<byte> configuration)
    {
        Fault(configuration[0] != 1, "palettes other than 1 are unknown or turn tiles off");
        Fault(configuration[1..16].ContainsAnyExcept((byte)0), "a start row, or a reserved byte that is not zero");
        Fault(configuration[32..48].ContainsAnyExcept((byte)0) || configuration[56..64].ContainsAnyExcept((byte)0), "a reserved byte is not zero");
        for (int tile = 0; tile < Tiles; tile++)
        {
            _rowBytes[tile] = BinaryPrimitives.ReadUInt16LittleEndian(configuration[(16 + 2 * tile)..]);
            _rows[tile] = configuration[48 + tile];
            Fault(_rows[tile] > MaxRows || _rowBytes[tile] > MaxRowBytes, $"tile {tile} is too large");
            Fault(_rows[tile] == 0 != (_rowBytes[tile] == 0), $"tile {tile} has no rows or no columns");
            _data[tile].AsSpan().Clear();
        }
        IsConfigured = true;
        Configurations++;
    }

    /// <summary>TILERELEASE.</summary>
    public void Release()
    {
        IsConfigured = false;
        foreach (byte[] data in _data) data.AsSpan().Clear();
    }

    /// <summary>TILEZERO.</summary>
    public void Zero(int tile)
    {
        Check(tile);
        _data[tile].AsSpan().Clear();
    }

    /// <summary>TILELOADD: rows of a tile from memory, the rest of the register zeros.</summary>
    public void Load(int tile, byte* start, long stride)
    {
        Check(tile);
        _data[tile].AsSpan().Clear();
        for (int row = 0; row < _rows[tile]; row++)
            new ReadOnlySpan<byte>(start + row * stride, _rowBytes[tile]).CopyTo(_data[tile].AsSpan(row * MaxRowBytes));
    }

    /// <summary>TILESTORED: rows of a tile to memory.</summary>
    public void Store(int tile, byte* start, long stride)
    {
        Check(tile);
        for (int row = 0; row < _rows[tile]; row++)
            _data[tile].AsSpan(row * MaxRowBytes, _rowBytes[tile]).CopyTo(new Span<byte>(start + row * stride, _rowBytes[tile]));
    }

    /// <summary>
    /// TDPBF16PS: even and odd products of a row are summed apart, each by fused multiply-adds from zero, and their sum is added to the
    /// target. Rounding to the nearest; subnormal operands and results are zeros of their sign.
    /// </summary>
    public void MultiplyAdd(int target, int left, int right)
    {
        Check(target);
        Check(left);
        Check(right);
        Fault(target == left || target == right || left == right, "tiles must differ");
        int pairs = _rowBytes[left] / 4, columns = _rowBytes[target] / 4;
        Fault(_rows[left] != _rows[target] || _rowBytes[right] != _rowBytes[target] || _rows[right] != pairs, "tiles do not fit each other");
        Span<float> even = stackalloc float[columns], odd = stackalloc float[columns];
        Span<float> operands = stackalloc float[pairs * 2 * columns];
        for (int i = 0; i < operands.Length; i++) operands[i] = BFloat16(right, i / (2 * columns), i % (2 * columns));
        for (int row = 0; row < _rows[target]; row++)
        {
            even.Clear();
            odd.Clear();
            for (int k = 0; k < pairs; k++)
            {
                float first = BFloat16(left, row, 2 * k), second = BFloat16(left, row, 2 * k + 1);
                ReadOnlySpan<float> pair = operands.Slice(k * 2 * columns, 2 * columns);
                for (int n = 0; n < columns; n++)
                {
                    even[n] = Flush(MathF.FusedMultiplyAdd(first, pair[2 * n], even[n]));
                    odd[n] = Flush(MathF.FusedMultiplyAdd(second, pair[2 * n + 1], odd[n]));
                }
            }
            for (int n = 0; n < columns; n++)
            {
                Span<byte> sum = _data[target].AsSpan(row * MaxRowBytes + 4 * n);
                float before = Flush(BinaryPrimitives.ReadSingleLittleEndian(sum));
                BinaryPrimitives.WriteSingleLittleEndian(sum, Flush(before + Flush(even[n] + odd[n])));
            }
        }
    }

    private float BFloat16(int tile, int row, int column)
    {
        uint upper = BinaryPrimitives.ReadUInt16LittleEndian(_data[tile].AsSpan(row * MaxRowBytes + 2 * column));
        return Flush(BitConverter.UInt32BitsToSingle(upper << 16));
    }

    private static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private void Check(int tile)
    {
        Fault(!IsConfigured, "this thread has no tiles");
        Fault(_rows[tile] == 0, $"tile {tile} is not configured");
    }

    private static void Fault(bool happens, string why)
    {
        if (happens) throw new InvalidOperationException(why);
    }
}
