using System.Buffers.Binary;
using Depth2Img.Imaging.Jpeg;

namespace Depth2Img.Tests.Imaging.Jpeg;

/// <summary>
/// Writes sequential files that no encoder at hand writes, from given coefficients: any sampling factors, scans of one
/// component each, other component numbers, left-out segments.
/// </summary>
internal sealed record HandmadeJpeg(int Width, int Height, params (int H, int V)[] Sampling)
{
    /// <summary>The coefficients of a block in zigzag order, by component, column and row.</summary>
    public Func<int, int, int, short[]> Block { get; init; } = RandomBlock;

    public bool Interleaved { get; init; } = true;

    public byte[] Ids { get; init; } = [1, 2, 3, 4];

    public byte Step { get; init; } = 3;

    public bool WithEndMarker { get; init; } = true;

    public byte[] Write()
    {
        using MemoryStream stream = new();
        stream.Write([0xFF, JpegMarker.StartOfImage]);
        byte[] steps = new byte[64];
        Array.Fill(steps, Step);
        Segment(stream, JpegMarker.QuantizationTables, [0, .. steps]);
        byte[] frame = [8, (byte)(Height >> 8), (byte)Height, (byte)(Width >> 8), (byte)Width, (byte)Sampling.Length];
        for (int i = 0; i < Sampling.Length; i++) frame = [.. frame, Ids[i], (byte)(Sampling[i].H << 4 | Sampling[i].V), 0];
        Segment(stream, JpegMarker.BaselineFrame, frame);

        int[][] scans = Interleaved ? [Enumerable.Range(0, Sampling.Length).ToArray()] : [.. Enumerable.Range(0, Sampling.Length).Select(i => new[] { i })];
        int[][] frequencies = [new int[256], new int[256]];
        foreach (int[] scan in scans) Code(scan, new SymbolCounter(frequencies));
        HuffmanCode[] codes = Array.ConvertAll(frequencies, f => new HuffmanCode(f));
        Segment(stream, JpegMarker.HuffmanTables, [0x00, .. codes[0].ToTable(), 0x10, .. codes[1].ToTable()]);
        foreach (int[] scan in scans)
        {
            byte[] header = [(byte)scan.Length];
            foreach (int i in scan) header = [.. header, Ids[i], 0];
            Segment(stream, JpegMarker.StartOfScan, [.. header, 0, 63, 0]);
            BitWriter writer = new(stream);
            Code(scan, new SymbolWriter(codes, writer));
            writer.Finish();
        }
        if (WithEndMarker) stream.Write([0xFF, JpegMarker.EndOfImage]);
        return stream.ToArray();
    }

    public static short[] RandomBlock(int component, int blockX, int blockY)
    {
        System.Random random = new(component * 10007 + blockX * 101 + blockY);
        short[] block = new short[64];
        block[0] = (short)random.Next(-250, 250);
        for (int k = 1; k < 64; k += random.Next(1, 20)) block[k] = (short)(random.Next(-40, 41) / (1 + k / 8));
        return block;
    }

    private void Code<TSink>(int[] scan, TSink sink) where TSink : ISymbolSink
    {
        int maxH = Sampling.Max(s => s.H), maxV = Sampling.Max(s => s.V);
        int[] predictions = new int[Sampling.Length];
        if (scan.Length == 1)
        {
            (int h, int v) = Sampling[scan[0]];
            int wide = DivideUp(DivideUp(Width * h, maxH), 8), high = DivideUp(DivideUp(Height * v, maxV), 8);
            for (int y = 0; y < high; y++)
            {
                for (int x = 0; x < wide; x++) BlockCoder.Code(Block(scan[0], x, y), ref predictions[scan[0]], 0, 1, sink);
            }
            return;
        }
        for (int mcu = 0; mcu < DivideUp(Width, 8 * maxH) * DivideUp(Height, 8 * maxV); mcu++)
        {
            (int mcuY, int mcuX) = Math.DivRem(mcu, DivideUp(Width, 8 * maxH));
            foreach (int i in scan)
            {
                for (int block = 0; block < Sampling[i].H * Sampling[i].V; block++)
                {
                    int x = mcuX * Sampling[i].H + block % Sampling[i].H, y = mcuY * Sampling[i].V + block / Sampling[i].H;
                    BlockCoder.Code(Block(i, x, y), ref predictions[i], 0, 1, sink);
                }
            }
        }
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;

    private static void Segment(Stream stream, byte marker, ReadOnlySpan<byte> content)
    {
        byte[] head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(content.Length + 2));
        stream.Write(head);
        stream.Write(content);
    }
}
