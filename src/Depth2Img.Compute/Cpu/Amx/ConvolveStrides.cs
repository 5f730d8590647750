using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>Distances in bytes between what <see cref="ConvolveProgram"/> reads of a picture.</summary>
[StructLayout(LayoutKind.Explicit)]
internal readonly struct ConvolveStrides
{
    /// <summary>Where the program finds <see cref="Row"/>.</summary>
    public const int RowOffset = 0;

    /// <summary>Where it finds <see cref="Tap"/>.</summary>
    public const int TapOffset = 8;

    /// <summary>Where it finds <see cref="Block"/>.</summary>
    public const int BlockOffset = 16;

    /// <summary>Where it finds <see cref="Line"/>.</summary>
    public const int LineOffset = 24;

    /// <summary>The distances in a picture.</summary>
    /// <param name="step">Pixels from one output's window to the next.</param>
    /// <param name="pixelBytes">Bytes of a pixel.</param>
    /// <param name="lineBytes">Bytes of a line of pixels.</param>
    /// <param name="blocks">Blocks of 32 channels.</param>
    public ConvolveStrides(int step, long pixelBytes, long lineBytes, int blocks)
    {
        Row = step * pixelBytes;
        Tap = pixelBytes;
        Block = Tiles.RowBytes - (ConvolveProgram.Side - 1) * pixelBytes;
        Line = lineBytes - (long)blocks * Tiles.RowBytes;
    }

    /// <summary>From the pixel of one row of a tile to that of the next: between outputs side by side.</summary>
    [field: FieldOffset(RowOffset)]
    public long Row { get; }

    /// <summary>From one tap of a line of the filter to the next: a pixel.</summary>
    [field: FieldOffset(TapOffset)]
    public long Tap { get; }

    /// <summary>From the last tap of a line to the first one in the next block of channels.</summary>
    [field: FieldOffset(BlockOffset)]
    public long Block { get; }

    /// <summary>From the end of a line's blocks to the next line's first.</summary>
    [field: FieldOffset(LineOffset)]
    public long Line { get; }
}
