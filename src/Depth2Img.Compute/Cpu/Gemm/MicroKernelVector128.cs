using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>4 x 8, in portable vectors: fused where the processor multiplies and adds at once (Arm), in two steps where it does not.</summary>
internal sealed unsafe class MicroKernelVector128 : MicroKernel
{
    private const int Lanes = 4;
    private const int Width = 2 * Lanes;

    /// <inheritdoc/>
    public override int Rows => 4;

    /// <inheritdoc/>
    public override int Columns => Width;

    /// <inheritdoc/>
    public override void Multiply(int rows, float* a, float* b, float* c, int steps, bool accumulate)
    {
        switch (rows)
        {
            case 1:
                Multiply<Rows1>(a, b, c, steps, accumulate);
                break;
            case 2:
                Multiply<Rows2>(a, b, c, steps, accumulate);
                break;
            default:
                Multiply<Rows4>(a, b, c, steps, accumulate);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TRows>(float* a, float* b, float* c, int steps, bool accumulate)
        where TRows : struct, IRowCount
    {
        Vector128<float> c0l = default, c0r = default;
        Vector128<float> c1l = default, c1r = default;
        Vector128<float> c2l = default, c2r = default;
        Vector128<float> c3l = default, c3r = default;
        if (accumulate)
        {
            c0l = Vector128.LoadAligned(c);
            c0r = Vector128.LoadAligned(c + Lanes);
            if (TRows.Value > 1) { c1l = Vector128.LoadAligned(c + 1 * Width); c1r = Vector128.LoadAligned(c + 1 * Width + Lanes); }
            if (TRows.Value > 2) { c2l = Vector128.LoadAligned(c + 2 * Width); c2r = Vector128.LoadAligned(c + 2 * Width + Lanes); }
            if (TRows.Value > 3) { c3l = Vector128.LoadAligned(c + 3 * Width); c3r = Vector128.LoadAligned(c + 3 * Width + Lanes); }
        }
        for (float* end = b + (nint)steps * Width; b < end; b += Width, a++)
        {
            Vector128<float> left = Vector128.LoadAligned(b), right = Vector128.LoadAligned(b + Lanes);
            Vector128<float> x = Vector128.Create(*a);
            c0l = Vector128.MultiplyAddEstimate(x, left, c0l);
            c0r = Vector128.MultiplyAddEstimate(x, right, c0r);
            if (TRows.Value > 1) { x = Vector128.Create(a[1 * RowStride]); c1l = Vector128.MultiplyAddEstimate(x, left, c1l); c1r = Vector128.MultiplyAddEstimate(x, right, c1r); }
            if (TRows.Value > 2) { x = Vector128.Create(a[2 * RowStride]); c2l = Vector128.MultiplyAddEstimate(x, left, c2l); c2r = Vector128.MultiplyAddEstimate(x, right, c2r); }
            if (TRows.Value > 3) { x = Vector128.Create(a[3 * RowStride]); c3l = Vector128.MultiplyAddEstimate(x, left, c3l); c3r = Vector128.MultiplyAddEstimate(x, right, c3r); }
        }
        c0l.StoreAligned(c);
        c0r.StoreAligned(c + Lanes);
        if (TRows.Value > 1) { c1l.StoreAligned(c + 1 * Width); c1r.StoreAligned(c + 1 * Width + Lanes); }
        if (TRows.Value > 2) { c2l.StoreAligned(c + 2 * Width); c2r.StoreAligned(c + 2 * Width + Lanes); }
        if (TRows.Value > 3) { c3l.StoreAligned(c + 3 * Width); c3r.StoreAligned(c + 3 * Width + Lanes); }
    }
}
