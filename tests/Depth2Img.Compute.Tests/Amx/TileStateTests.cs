using System.Runtime.InteropServices;
using Depth2Img.Compute.Cpu.Amx;

namespace Depth2Img.Compute.Tests.Amx;

/// <summary>The model of the tile registers itself: small cases whose results are known.</summary>
public unsafe class TileStateTests
{
    [Fact]
    public void Loads_and_stores_go_by_rows_and_tiles_begin_with_zeros()
    {
        TileState tiles = Configured();
        byte[] memory = [.. Enumerable.Range(0, 16 * 80).Select(i => (byte)(i * 7))], copy = new byte[16 * 100];
        Assert.False(tiles[3].ContainsAnyExcept((byte)0));
        fixed (byte* source = memory, target = copy)
        {
            tiles.Load(3, source, 80);
            tiles.Store(3, target, 100);
        }
        for (int i = 0; i < copy.Length; i++) Assert.Equal(i % 100 < 64 ? memory[i / 100 * 80 + i % 100] : 0, copy[i]);
        tiles.Zero(3);
        Assert.False(tiles[3].ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_product_pairs_each_row_with_each_column()
    {
        // Row m of the left tile has m + 1 at product 5, column n of the right one n - 3: all else is zero.
        float[] sums = Product(Enumerable.Range(0, 16).Select(m => (m, 5, m + 1f)), Enumerable.Range(0, 16).Select(n => (5, n, n - 3f)), initial: 100);
        for (int i = 0; i < sums.Length; i++) Assert.Equal(100 + (i / 16 + 1f) * (i % 16 - 3f), sums[i]);
    }

    [Fact]
    public void Even_and_odd_products_are_summed_apart_and_added_at_the_end()
    {
        // Even: 2^24 + 1 is 2^24 when rounded; odd: 1. Summed in order they would make 2^24 + 2, or with one rounding 2^24 + 2 as well.
        float big = 1 << 24;
        Assert.Equal(big, Product([(0, 0, big), (0, 2, 1), (0, 1, 1)], [(0, 0, 1), (2, 0, 1), (1, 0, 1)])[0]);
        // The sum before the instruction is added to both together, not to one of them first.
        Assert.Equal(big + 2, Product([(0, 0, 1), (0, 1, 1)], [(0, 0, 1), (1, 0, 1)], initial: big)[0]);
    }

    [Fact]
    public void Subnormal_operands_and_sums_are_zeros()
    {
        float subnormal = BitConverter.UInt32BitsToSingle(0x00400000), tiny = BitConverter.UInt32BitsToSingle(0x00800000);
        Assert.Equal(0, Product([(0, 0, subnormal)], [(0, 0, MathF.ScaleB(1, 100))])[0]);
        Assert.Equal(0, Product([(0, 0, tiny)], [(0, 0, 0.5f)])[0]);
        Assert.Equal(0, Product([], [], initial: subnormal)[0]);
        Assert.Equal(tiny, Product([(0, 0, tiny)], [(0, 0, 1)])[0]);
    }

    [Fact]
    public void What_the_processor_would_refuse_is_refused()
    {
        TileState tiles = new();
        Assert.Throws<InvalidOperationException>(() => tiles.Zero(0));
        tiles = Configured();
        Assert.Throws<InvalidOperationException>(() => tiles.MultiplyAdd(0, 0, 1));
        Assert.Throws<InvalidOperationException>(() => tiles.MultiplyAdd(0, 1, 1));
        tiles.Release();
        Assert.Throws<InvalidOperationException>(() => tiles.Zero(0));

        foreach ((int offset, byte value) in new (int, byte)[] { (0, 2), (1, 1), (40, 1), (60, 1), (16, 65), (48, 17), (48, 0) })
        {
            byte[] configuration = new byte[64];
            Tiles.WriteConfiguration(configuration);
            configuration[offset] = value;
            Assert.Throws<InvalidOperationException>(() => new TileState().Configure(configuration));
        }
    }

    private static TileState Configured()
    {
        byte[] configuration = new byte[64];
        Tiles.WriteConfiguration(configuration);
        TileState tiles = new();
        tiles.Configure(configuration);
        return tiles;
    }

    /// <summary>Multiplies two sparse operands: (row, product, value) times (product, column, value).</summary>
    private static float[] Product(IEnumerable<(int Row, int Product, float Value)> left, IEnumerable<(int Product, int Column, float Value)> right, float initial = 0)
    {
        ushort[] a = new ushort[16 * 32], b = new ushort[16 * 32];
        foreach ((int row, int product, float value) in left) a[row * 32 + product] = Upper(value);
        foreach ((int product, int column, float value) in right) b[product / 2 * 32 + 2 * column + product % 2] = Upper(value);
        float[] sums = new float[256];
        Array.Fill(sums, initial);
        TileState tiles = Configured();
        fixed (ushort* first = a, second = b)
        fixed (float* target = sums)
        {
            tiles.Load(0, (byte*)target, 64);
            tiles.Load(1, (byte*)first, 64);
            tiles.Load(2, (byte*)second, 64);
            tiles.MultiplyAdd(0, 1, 2);
            tiles.Store(0, (byte*)target, 64);
        }
        return sums;
    }

    private static ushort Upper(float value)
    {
        uint bits = MemoryMarshal.Cast<float, uint>([value])[0];
        Assert.Equal(0u, bits & 0xffff);
        return (ushort)(bits >> 16);
    }
}
