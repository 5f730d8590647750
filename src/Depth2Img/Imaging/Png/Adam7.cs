namespace Depth2Img.Imaging.Png;

/// <summary>PNG's interlacing: seven passes, each a coarser or finer grid of the picture's pixels.</summary>
internal static class Adam7
{
    /// <summary>The passes in the order of the file.</summary>
    public static IReadOnlyList<Pass> Passes { get; } =
    [
        new(0, 0, 8, 8),
        new(4, 0, 8, 8),
        new(0, 4, 4, 8),
        new(2, 0, 4, 4),
        new(0, 2, 2, 4),
        new(1, 0, 2, 2),
        new(0, 1, 1, 2),
    ];

    /// <summary>One grid: its first column and row, and the steps between its columns and rows.</summary>
    internal readonly record struct Pass(int Column, int Row, int ColumnStep, int RowStep)
    {
        /// <summary>The grid's size in a picture. A side of 0 makes both 0: such a pass is not in the file.</summary>
        public (int Width, int Height) Size(int width, int height)
        {
            int columns = (width - Column + ColumnStep - 1) / ColumnStep, rows = (height - Row + RowStep - 1) / RowStep;
            return columns > 0 && rows > 0 ? (columns, rows) : (0, 0);
        }
    }
}
