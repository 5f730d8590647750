namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>The finished sums of one task, [panel][row][column], and where they belong in the result.</summary>
/// <param name="sums">The first panel's sums.</param>
/// <param name="rowCapacity">Rows from one panel to the next.</param>
/// <param name="panelWidth">Columns a panel.</param>
internal readonly unsafe struct GemmBlock(float* sums, int rowCapacity, int panelWidth)
{
    /// <summary>The first row of the result.</summary>
    public int FirstRow { get; init; }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; init; }

    /// <summary>The first panel of the result.</summary>
    public int FirstPanel { get; init; }

    /// <summary>How many panels there are, without their partners, which follow them.</summary>
    public int Panels { get; init; }

    /// <summary>The first panel of the partners.</summary>
    public int FirstPartner { get; init; }

    /// <summary>Columns a panel.</summary>
    public int PanelWidth => panelWidth;

    /// <summary>The sums of a panel, counted from the task's first, from a row on.</summary>
    public float* Sums(int panel, int row) => sums + ((long)panel * rowCapacity + row) * panelWidth;
}
