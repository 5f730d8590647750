using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>6 x 16: 12 sums, two right operands and one left one in 15 of 16 registers.</summary>
internal sealed unsafe class MicroKernelAvx2 : MicroKernel
{
    private const int Lanes = 8;
    private const int Width = 2 * Lanes;

    /// <inheritdoc/>
    public override int Rows => 6;

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
            default:
                Multiply<Rows6>(a, b, c, steps, accumulate);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TRows>(float* a, float* b, float* c, int steps, bool accumulate)
        where TRows : struct, IRowCount
    {
        Vector256<float> c0l = default, c0r = default;
        Vector256<float> c1l = default, c1r = default;
        Vector256<float> c2l = default, c2r = default;
        Vector256<float> c3l = default, c3r = default;
        Vector256<float> c4l = default, c4r = default;
        Vector256<float> c5l = default, c5r = default;
        if (accumulate)
        {
            c0l = Vector256.LoadAligned(c);
            c0r = Vector256.LoadAligned(c + Lanes);
            if (TRows.Value > 1) { c1l = Vector256.LoadAligned(c + 1 * Width); c1r = Vector256.LoadAligned(c + 1 * Width + Lanes); }
            if (TRows.Value > 2) { c2l = Vector256.LoadAligned(c + 2 * Width); c2r = Vector256.LoadAligned(c + 2 * Width + Lanes); }
            if (TRows.Value > 3) { c3l = Vector256.LoadAligned(c + 3 * Width); c3r = Vector256.LoadAligned(c + 3 * Width + Lanes); }
            if (TRows.Value > 4) { c4l = Vector256.LoadAligned(c + 4 * Width); c4r = Vector256.LoadAligned(c + 4 * Width + Lanes); }
            if (TRows.Value > 5) { c5l = Vector256.LoadAligned(c + 5 * Width); c5r = Vector256.LoadAligned(c + 5 * Width + Lanes); }
        }
        float* end = b + (nint)steps * Width;
        // By four: counting would take an eighth of the instructions, and some cores are short of room for them, not of multipliers.
        for (float* last = end - 3 * Width; b < last; b += 4 * Width, a += 4)
        {
            Step<TRows>(a, b, 0, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
            Step<TRows>(a, b, 1, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
            Step<TRows>(a, b, 2, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
            Step<TRows>(a, b, 3, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
        }
        for (; b < end; b += Width, a++) Step<TRows>(a, b, 0, ref c0l, ref c0r, ref c1l, ref c1r, ref c2l, ref c2r, ref c3l, ref c3r, ref c4l, ref c4r, ref c5l, ref c5r);
        c0l.StoreAligned(c);
        c0r.StoreAligned(c + Lanes);
        if (TRows.Value > 1) { c1l.StoreAligned(c + 1 * Width); c1r.StoreAligned(c + 1 * Width + Lanes); }
        if (TRows.Value > 2) { c2l.StoreAligned(c + 2 * Width); c2r.StoreAligned(c + 2 * Width + Lanes); }
        if (TRows.Value > 3) { c3l.StoreAligned(c + 3 * Width); c3r.StoreAligned(c + 3 * Width + Lanes); }
        if (TRows.Value > 4) { c4l.StoreAligned(c + 4 * Width); c4r.StoreAligned(c + 4 * Width + Lanes); }
        if (TRows.Value > 5) { c5l.StoreAligned(c + 5 * Width); c5r.StoreAligned(c + 5 * Width + Lanes); }
    }

    /// <summary>Adds the products of one step after those that the pointers are at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TRows>(float* a, float* b, int step,
        ref Vector256<float> c0l, ref Vector256<float> c0r, ref Vector256<float> c1l, ref Vector256<float> c1r, ref Vector256<float> c2l, ref Vector256<float> c2r,
        ref Vector256<float> c3l, ref Vector256<float> c3r, ref Vector256<float> c4l, ref Vector256<float> c4r, ref Vector256<float> c5l, ref Vector256<float> c5r)
        where TRows : struct, IRowCount
    {
        Vector256<float> left = Vector256.LoadAligned(b + step * Width), right = Vector256.LoadAligned(b + step * Width + Lanes);
        Vector256<float> x = Vector256.Create(a[step]);
        c0l = Fma.MultiplyAdd(x, left, c0l);
        c0r = Fma.MultiplyAdd(x, right, c0r);
        if (TRows.Value > 1) { x = Vector256.Create(a[1 * RowStride + step]); c1l = Fma.MultiplyAdd(x, left, c1l); c1r = Fma.MultiplyAdd(x, right, c1r); }
        if (TRows.Value > 2) { x = Vector256.Create(a[2 * RowStride + step]); c2l = Fma.MultiplyAdd(x, left, c2l); c2r = Fma.MultiplyAdd(x, right, c2r); }
        if (TRows.Value > 3) { x = Vector256.Create(a[3 * RowStride + step]); c3l = Fma.MultiplyAdd(x, left, c3l); c3r = Fma.MultiplyAdd(x, right, c3r); }
        if (TRows.Value > 4) { x = Vector256.Create(a[4 * RowStride + step]); c4l = Fma.MultiplyAdd(x, left, c4l); c4r = Fma.MultiplyAdd(x, right, c4r); }
        if (TRows.Value > 5) { x = Vector256.Create(a[5 * RowStride + step]); c5l = Fma.MultiplyAdd(x, left, c5l); c5r = Fma.MultiplyAdd(x, right, c5r); }
    }
}
