namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>One micro-kernel's finished sums, still in the first cache level, and where they belong in the result.</summary>
/// <param name="sums">The tile, [row][column].</param>
/// <param name="partners">The same rows of the first of the panel's partners, where it has any.</param>
/// <param name="partnerStride">Floats from one partner's to the next one's.</param>
internal readonly unsafe struct GemmTile(float* sums, float* partners, long partnerStride)
{
    /// <summary>The sums.</summary>
    public float* Sums => sums;

    /// <summary>The first row of the result.</summary>
    public required int FirstRow { get; init; }

    /// <summary>How many rows count.</summary>
    public required int Rows { get; init; }

    /// <summary>The panel of the matrix.</summary>
    public required int Panel { get; init; }

    /// <summary>Columns a panel.</summary>
    public required int Width { get; init; }

    /// <summary>The sums of one of the panel's partners, as the tile's own.</summary>
    public float* Partner(int index) => partners + index * partnerStride;
}
