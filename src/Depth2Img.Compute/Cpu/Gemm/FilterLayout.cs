namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Where a checkpoint's tensor keeps the element of a column (an output) and a product (an input channel under a tap of
/// the filter). Columns come in two levels, as those of a transposed convolution are pairs of a tap and a channel.
/// Strides are in elements.
/// </summary>
internal readonly record struct FilterLayout(
    int OuterColumns, int OuterColumnStride, int InnerColumns, int InnerColumnStride, int Inputs, int InputStride, int Taps, int TapStride)
{
    /// <summary>How many columns the packed matrix has.</summary>
    public int Columns => checked(OuterColumns * InnerColumns);

    /// <summary>How many products a sum has: taps outside, channels inside.</summary>
    public int Depth => checked(Taps * Inputs);

    /// <summary>A matrix [out, in].</summary>
    public static FilterLayout Matrix(int outputs, int inputs) => new(1, 0, outputs, inputs, inputs, 1, 1, 0);

    /// <summary>Filters [out, in, kh, kw].</summary>
    public static FilterLayout Convolution(int outputs, int inputs, int taps) => new(1, 0, outputs, inputs * taps, inputs, taps, taps, 1);

    /// <summary>Filters [in, out, k, k] of a transposed convolution, whose columns are [tap][out].</summary>
    public static FilterLayout Transposed(int outputs, int inputs, int taps) => new(taps, 1, outputs, taps, inputs, outputs * taps, 1, 0);

    /// <summary>The first element of a column.</summary>
    public long ColumnOffset(int column) => (long)(column / InnerColumns) * OuterColumnStride + (long)(column % InnerColumns) * InnerColumnStride;
}
