using System.Numerics;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>Turns quantised blocks into the symbols of baseline files (T.81, F.1.2).</summary>
internal static class BlockCoder
{
    private const int SixteenZeros = 0xF0;
    private const int EndOfBlock = 0x00;

    /// <summary>Codes a block.</summary>
    /// <param name="block">64 coefficients in zigzag order.</param>
    /// <param name="prediction">The DC coefficient of the component's block before; then, of this one.</param>
    /// <param name="dcTable">The table of the first symbol.</param>
    /// <param name="acTable">The table of the others.</param>
    /// <param name="sink">Where they go.</param>
    public static void Code<TSink>(ReadOnlySpan<short> block, ref int prediction, int dcTable, int acTable, TSink sink)
        where TSink : ISymbolSink
    {
        int difference = block[0] - prediction;
        prediction = block[0];
        int size = Size(difference);
        sink.Add(dcTable, size, Extra(difference, size), size);

        int last = block.LastIndexOfAnyExcept((short)0);
        int run = 0;
        for (int k = 1; k <= last; k++)
        {
            int value = block[k];
            if (value == 0)
            {
                run++;
                continue;
            }
            for (; run >= 16; run -= 16) sink.Add(acTable, SixteenZeros, 0, 0);
            size = Size(value);
            sink.Add(acTable, run << 4 | size, Extra(value, size), size);
            run = 0;
        }
        if (last < 63) sink.Add(acTable, EndOfBlock, 0, 0);
    }

    /// <summary>How many bits the magnitude of a number has.</summary>
    private static int Size(int value) => 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));

    /// <summary>The bits that tell numbers of a size apart: negative ones are one less, without sign bits.</summary>
    private static uint Extra(int value, int size) => (uint)(value < 0 ? value - 1 : value) & ((1u << size) - 1);
}
