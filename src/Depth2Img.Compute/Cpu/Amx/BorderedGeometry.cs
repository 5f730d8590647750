namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// How a convolution's pictures lie in memory as bfloat16 within their border of zeros, [picture][line][column][channel], and how outputs
/// are cut into runs of 16, each a tile's rows: pixels at equal distances.
/// </summary>
/// <remarks>
/// Runs are parts of output rows, or, where that leaves fewer of them half empty and the step is 1, they go on from a row
/// to the next across the border, where the outputs are of no use and are dropped.
/// </remarks>
internal readonly struct BorderedGeometry
{
    private const int Side = ConvolveProgram.Side;
    private const int RunLength = Tiles.Rows;

    private readonly int _runsPerRow;

    /// <summary>Decides on a layout.</summary>
    /// <param name="input">[N,H,W,in].</param>
    /// <param name="output">[N,H',W',out].</param>
    /// <param name="window">Step and border.</param>
    /// <param name="chunkBytes">What a chunk takes at most, unless one row of outputs takes more.</param>
    public BorderedGeometry(Shape input, Shape output, Window window, long chunkBytes)
    {
        Step = window.Stride;
        Width = output[2];
        Blocks = (input[3] + Tiles.Products - 1) / Tiles.Products;
        PixelBytes = Blocks * Tiles.RowBytes;
        // Pixels at distances with a large power of two in them would meet in few sets of the first cache level.
        if (PixelBytes % (4 * Tiles.RowBytes) == 0) PixelBytes += Tiles.RowBytes;
        Columns = (Width - 1) * Step + Side;
        Height = output[1];
        long picture = Lines(Height) * LineBytes;
        PicturesAtATime = (int)Math.Clamp(chunkBytes / picture, 1, Math.Max(1, output[0]));
        RowsAtATime = picture <= chunkBytes ? Height : (int)Math.Clamp((chunkBytes / LineBytes - Side) / Step + 1, 1, Height);
        _runsPerRow = (Width + RunLength - 1) / RunLength;
        CrossesRows = Step == 1 && CrossingRuns(RowsAtATime) < RowsAtATime * _runsPerRow;
    }

    /// <summary>Pixels from one window to the next.</summary>
    public int Step { get; }

    /// <summary>Rows of outputs.</summary>
    public int Height { get; }

    /// <summary>Outputs of a row.</summary>
    public int Width { get; }

    /// <summary>Blocks of 32 channels.</summary>
    public int Blocks { get; }

    /// <summary>Bytes of a pixel, with what it is filled up with.</summary>
    public int PixelBytes { get; }

    /// <summary>Pixels of a bordered line.</summary>
    public int Columns { get; }

    /// <summary>Bytes of a bordered line.</summary>
    public long LineBytes => (long)Columns * PixelBytes;

    /// <summary>Pictures of a chunk; more than one only if they are whole.</summary>
    public int PicturesAtATime { get; }

    /// <summary>Rows of outputs of a chunk's pictures.</summary>
    public int RowsAtATime { get; }

    /// <summary>Whether runs go on from a row to the next.</summary>
    public bool CrossesRows { get; }

    /// <summary>Bytes of a chunk. A last run reads past the end, which is harmless but must be memory.</summary>
    public long Bytes => PicturesAtATime * PictureBytes(RowsAtATime) + (long)RunLength * Step * PixelBytes;

    /// <summary>Distances for the program.</summary>
    public ConvolveStrides Strides => new(Step, PixelBytes, LineBytes, Blocks);

    /// <summary>Bordered lines that rows of outputs read.</summary>
    public long Lines(int rows) => (rows - 1L) * Step + Side;

    /// <summary>Bytes of a picture, or a part of one, with some rows of outputs.</summary>
    public long PictureBytes(int rows) => Lines(rows) * LineBytes;

    /// <summary>Runs of a picture, or a part of one.</summary>
    public int Runs(int rows) => CrossesRows ? CrossingRuns(rows) : rows * _runsPerRow;

    /// <summary>Where the window of a run's first output begins, in bytes from the picture's begin.</summary>
    public long RunOffset(int run)
    {
        if (CrossesRows) return (long)run * RunLength * PixelBytes;
        return (long)(run / _runsPerRow) * Step * LineBytes + (long)(run % _runsPerRow) * RunLength * Step * PixelBytes;
    }

    /// <summary>Row and column of one of a run's outputs; it counts only if both are within the picture.</summary>
    /// <param name="run">The run.</param>
    /// <param name="index">Which, 0 to 15.</param>
    public (int Row, int Column) Output(int run, int index)
    {
        if (CrossesRows) return Math.DivRem(run * RunLength + index, Columns);
        return (run / _runsPerRow, run % _runsPerRow * RunLength + index);
    }

    private int CrossingRuns(int rows) => ((rows - 1) * Columns + Width + RunLength - 1) / RunLength;
}
