namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// A number of rows as a type: the compiler makes a copy of a micro-kernel for each and drops the rows that it
/// lacks, so that one source serves full tiles and tails.
/// </summary>
internal interface IRowCount
{
    /// <summary>The number.</summary>
    static abstract int Value { get; }
}

/// <summary>One row.</summary>
internal readonly struct Rows1 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 1;
}

/// <summary>Two rows.</summary>
internal readonly struct Rows2 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 2;
}

/// <summary>Four rows.</summary>
internal readonly struct Rows4 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 4;
}

/// <summary>Six rows.</summary>
internal readonly struct Rows6 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 6;
}

/// <summary>Eight rows.</summary>
internal readonly struct Rows8 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 8;
}

/// <summary>Twelve rows.</summary>
internal readonly struct Rows12 : IRowCount
{
    /// <inheritdoc/>
    public static int Value => 12;
}
