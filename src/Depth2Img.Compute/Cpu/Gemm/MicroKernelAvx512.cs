using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>12 x 32: 24 sums, two right operands and one left one in 27 of 32 registers. The sums are locals of their own,
/// because the compiler keeps no arrays or structures of vectors in registers.</summary>
internal sealed unsafe class MicroKernelAvx512 : MicroKernel
{
    private const int Lanes = 16;
    private const int Width = 2 * Lanes;

    /// <inheritdoc/>
    public override int Rows => 12;

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
            case 3 or 4:
                Multiply<Rows4>(a, b, c, steps, accumulate);
                break;
            case 5 or 6 or 7 or 8:
                Multiply<Rows8>(a, b, c, steps, accumulate);
                break;
            default:
                Multiply<Rows12>(a, b, c, steps, accumulate);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TRows>(float* a, float* b, float* c, int steps, bool accumulate)
        where TRows : struct, IRowCount
    {
        Vector512<float> c0l = default, c0r = default;
        Vector512<float> c1l = default, c1r = default;
        Vector512<float> c2l = default, c2r = default;
        Vector512<float> c3l = default, c3r = default;
        Vector512<float> c4l = default, c4r = default;
        Vector512<float> c5l = default, c5r = default;
        Vector512<float> c6l = default, c6r = default;
        Vector512<float> c7l = default, c7r = default;
        Vector512<float> c8l = default, c8r = default;
        Vector512<float> c9l = default, c9r = default;
        Vector512<float> c10l = default, c10r = default;
        Vector512<float> c11l = default, c11r = default;
        if (accumulate)
        {
            c0l = Vector512.LoadAligned(c);
            c0r = Vector512.LoadAligned(c + Lanes);
            if (TRows.Value > 1) { c1l = Vector512.LoadAligned(c + 1 * Width); c1r = Vector512.LoadAligned(c + 1 * Width + Lanes); }
            if (TRows.Value > 2) { c2l = Vector512.LoadAligned(c + 2 * Width); c2r = Vector512.LoadAligned(c + 2 * Width + Lanes); }
            if (TRows.Value > 3) { c3l = Vector512.LoadAligned(c + 3 * Width); c3r = Vector512.LoadAligned(c + 3 * Width + Lanes); }
            if (TRows.Value > 4) { c4l = Vector512.LoadAligned(c + 4 * Width); c4r = Vector512.LoadAligned(c + 4 * Width + Lanes); }
            if (TRows.Value > 5) { c5l = Vector512.LoadAligned(c + 5 * Width); c5r = Vector512.LoadAligned(c + 5 * Width + Lanes); }
            if (TRows.Value > 6) { c6l = Vector512.LoadAligned(c + 6 * Width); c6r = Vector512.LoadAligned(c + 6 * Width + Lanes); }
            if (TRows.Value > 7) { c7l = Vector512.LoadAligned(c + 7 * Width); c7r = Vector512.LoadAligned(c + 7 * Width + Lanes); }
            if (TRows.Value > 8) { c8l = Vector512.LoadAligned(c + 8 * Width); c8r = Vector512.LoadAligned(c + 8 * Width + Lanes); }
            if (TRows.Value > 9) { c9l = Vector512.LoadAligned(c + 9 * Width); c9r = Vector512.LoadAligned(c + 9 * Width + Lanes); }
            if (TRows.Value > 10) { c10l = Vector512.LoadAligned(c + 10 * Width); c10r = Vector512.LoadAligned(c + 10 * Width + Lanes); }
            if (TRows.Value > 11) { c11l = Vector512.LoadAligned(c + 11 * Width); c11r = Vector512.LoadAligned(c + 11 * Width + Lanes); }
        }
        for (float* end = b + (nint)steps * Width; b < end; b += Width, a++)
        {
            Vector512<float> left = Vector512.LoadAligned(b), right = Vector512.LoadAligned(b + Lanes);
            Vector512<float> x = Vector512.Create(*a);
            c0l = Avx512F.FusedMultiplyAdd(x, left, c0l);
            c0r = Avx512F.FusedMultiplyAdd(x, right, c0r);
            if (TRows.Value > 1) { x = Vector512.Create(a[1 * RowStride]); c1l = Avx512F.FusedMultiplyAdd(x, left, c1l); c1r = Avx512F.FusedMultiplyAdd(x, right, c1r); }
            if (TRows.Value > 2) { x = Vector512.Create(a[2 * RowStride]); c2l = Avx512F.FusedMultiplyAdd(x, left, c2l); c2r = Avx512F.FusedMultiplyAdd(x, right, c2r); }
            if (TRows.Value > 3) { x = Vector512.Create(a[3 * RowStride]); c3l = Avx512F.FusedMultiplyAdd(x, left, c3l); c3r = Avx512F.FusedMultiplyAdd(x, right, c3r); }
            if (TRows.Value > 4) { x = Vector512.Create(a[4 * RowStride]); c4l = Avx512F.FusedMultiplyAdd(x, left, c4l); c4r = Avx512F.FusedMultiplyAdd(x, right, c4r); }
            if (TRows.Value > 5) { x = Vector512.Create(a[5 * RowStride]); c5l = Avx512F.FusedMultiplyAdd(x, left, c5l); c5r = Avx512F.FusedMultiplyAdd(x, right, c5r); }
            if (TRows.Value > 6) { x = Vector512.Create(a[6 * RowStride]); c6l = Avx512F.FusedMultiplyAdd(x, left, c6l); c6r = Avx512F.FusedMultiplyAdd(x, right, c6r); }
            if (TRows.Value > 7) { x = Vector512.Create(a[7 * RowStride]); c7l = Avx512F.FusedMultiplyAdd(x, left, c7l); c7r = Avx512F.FusedMultiplyAdd(x, right, c7r); }
            if (TRows.Value > 8) { x = Vector512.Create(a[8 * RowStride]); c8l = Avx512F.FusedMultiplyAdd(x, left, c8l); c8r = Avx512F.FusedMultiplyAdd(x, right, c8r); }
            if (TRows.Value > 9) { x = Vector512.Create(a[9 * RowStride]); c9l = Avx512F.FusedMultiplyAdd(x, left, c9l); c9r = Avx512F.FusedMultiplyAdd(x, right, c9r); }
            if (TRows.Value > 10) { x = Vector512.Create(a[10 * RowStride]); c10l = Avx512F.FusedMultiplyAdd(x, left, c10l); c10r = Avx512F.FusedMultiplyAdd(x, right, c10r); }
            if (TRows.Value > 11) { x = Vector512.Create(a[11 * RowStride]); c11l = Avx512F.FusedMultiplyAdd(x, left, c11l); c11r = Avx512F.FusedMultiplyAdd(x, right, c11r); }
        }
        c0l.StoreAligned(c);
        c0r.StoreAligned(c + Lanes);
        if (TRows.Value > 1) { c1l.StoreAligned(c + 1 * Width); c1r.StoreAligned(c + 1 * Width + Lanes); }
        if (TRows.Value > 2) { c2l.StoreAligned(c + 2 * Width); c2r.StoreAligned(c + 2 * Width + Lanes); }
        if (TRows.Value > 3) { c3l.StoreAligned(c + 3 * Width); c3r.StoreAligned(c + 3 * Width + Lanes); }
        if (TRows.Value > 4) { c4l.StoreAligned(c + 4 * Width); c4r.StoreAligned(c + 4 * Width + Lanes); }
        if (TRows.Value > 5) { c5l.StoreAligned(c + 5 * Width); c5r.StoreAligned(c + 5 * Width + Lanes); }
        if (TRows.Value > 6) { c6l.StoreAligned(c + 6 * Width); c6r.StoreAligned(c + 6 * Width + Lanes); }
        if (TRows.Value > 7) { c7l.StoreAligned(c + 7 * Width); c7r.StoreAligned(c + 7 * Width + Lanes); }
        if (TRows.Value > 8) { c8l.StoreAligned(c + 8 * Width); c8r.StoreAligned(c + 8 * Width + Lanes); }
        if (TRows.Value > 9) { c9l.StoreAligned(c + 9 * Width); c9r.StoreAligned(c + 9 * Width + Lanes); }
        if (TRows.Value > 10) { c10l.StoreAligned(c + 10 * Width); c10r.StoreAligned(c + 10 * Width + Lanes); }
        if (TRows.Value > 11) { c11l.StoreAligned(c + 11 * Width); c11r.StoreAligned(c + 11 * Width + Lanes); }
    }
}
