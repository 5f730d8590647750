using System.Runtime.CompilerServices;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// The inverse cosine transform of 8x8 blocks in integers, after Loeffler, Ligtenberg and Moschytz (1989): 11
/// multiplications for eight values. Word lengths and roundings are those of libjpeg's accurate transform, so that
/// pictures are the same to the bit as with the decoders built on it.
/// </summary>
internal static class InverseDct
{
    /// <summary>Fraction bits of the constants.</summary>
    private const int ConstantBits = 13;

    /// <summary>Fraction bits kept between the two passes.</summary>
    private const int PassBits = 2;

    /// <summary>A one-dimensional pass is too large by the square root of 8; both together by 8.</summary>
    private const int ScaleBits = 3;

    // With c(k) = sqrt(2) cos(k pi / 16): rotations of the even part ...
    private const int C6 = (int)((0.541196100 * (1 << ConstantBits)) + 0.5);
    private const int C2MinusC6 = (int)((0.765366865 * (1 << ConstantBits)) + 0.5);
    private const int C2PlusC6 = (int)((1.847759065 * (1 << ConstantBits)) + 0.5);

    // ... and of the odd part.
    private const int C3 = (int)((1.175875602 * (1 << ConstantBits)) + 0.5);
    private const int C3MinusC5 = (int)((0.390180644 * (1 << ConstantBits)) + 0.5);
    private const int C3PlusC5 = (int)((1.961570560 * (1 << ConstantBits)) + 0.5);
    private const int C3MinusC7 = (int)((0.899976223 * (1 << ConstantBits)) + 0.5);
    private const int C1PlusC3 = (int)((2.562915447 * (1 << ConstantBits)) + 0.5);
    private const int Odd1 = (int)((1.501321110 * (1 << ConstantBits)) + 0.5); // c1 + c3 - c5 - c7
    private const int Odd3 = (int)((3.072711026 * (1 << ConstantBits)) + 0.5); // c1 + c3 + c5 - c7
    private const int Odd5 = (int)((2.053119869 * (1 << ConstantBits)) + 0.5); // c1 + c3 - c5 + c7
    private const int Odd7 = (int)((0.298631336 * (1 << ConstantBits)) + 0.5); // -c1 + c3 + c5 - c7

    /// <summary>Turns a block's quantised coefficients into samples.</summary>
    /// <param name="coefficients">64 coefficients, row by row.</param>
    /// <param name="steps">Their quantisation steps, row by row.</param>
    /// <param name="samples">Where the upper left sample goes; eight rows are written.</param>
    /// <param name="stride">From one row of samples to the next.</param>
    [SkipLocalsInit]
    public static void Transform(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> steps, Span<byte> samples, int stride)
    {
        Span<int> columns = stackalloc int[64];
        coefficients = coefficients[..64];
        steps = steps[..64];
        for (int x = 0; x < 8; x++) TransformColumn(coefficients[x..], steps[x..], columns[x..]);
        for (int y = 0; y < 8; y++) TransformRow(columns.Slice(8 * y, 8), samples.Slice(y * stride, 8));
    }

    private static void TransformColumn(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> steps, Span<int> column)
    {
        const int Shift = ConstantBits - PassBits;
        const int Half = 1 << (Shift - 1);
        _ = coefficients[56];
        _ = steps[56];
        _ = column[56];
        int v0 = coefficients[0] * steps[0], v1 = coefficients[8] * steps[8];
        int v2 = coefficients[16] * steps[16], v3 = coefficients[24] * steps[24];
        int v4 = coefficients[32] * steps[32], v5 = coefficients[40] * steps[40];
        int v6 = coefficients[48] * steps[48], v7 = coefficients[56] * steps[56];
        if ((v1 | v2 | v3 | v4 | v5 | v6 | v7) == 0)
        {
            v0 <<= PassBits;
            for (int i = 0; i < 64; i += 8) column[i] = v0;
            return;
        }
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        column[0] = (v0 + Half) >> Shift;
        column[8] = (v1 + Half) >> Shift;
        column[16] = (v2 + Half) >> Shift;
        column[24] = (v3 + Half) >> Shift;
        column[32] = (v4 + Half) >> Shift;
        column[40] = (v5 + Half) >> Shift;
        column[48] = (v6 + Half) >> Shift;
        column[56] = (v7 + Half) >> Shift;
    }

    private static void TransformRow(ReadOnlySpan<int> row, Span<byte> samples)
    {
        const int Shift = ConstantBits + PassBits + ScaleBits;
        // Rounding, and the 128 that samples are shifted by.
        const int Offset = (1 << (Shift - 1)) + (128 << Shift);
        _ = samples[7];
        int v0 = row[0], v1 = row[1], v2 = row[2], v3 = row[3], v4 = row[4], v5 = row[5], v6 = row[6], v7 = row[7];
        if ((v1 | v2 | v3 | v4 | v5 | v6 | v7) == 0)
        {
            samples.Fill(Clamp(((v0 << ConstantBits) + Offset) >> Shift));
            return;
        }
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        samples[0] = Clamp((v0 + Offset) >> Shift);
        samples[1] = Clamp((v1 + Offset) >> Shift);
        samples[2] = Clamp((v2 + Offset) >> Shift);
        samples[3] = Clamp((v3 + Offset) >> Shift);
        samples[4] = Clamp((v4 + Offset) >> Shift);
        samples[5] = Clamp((v5 + Offset) >> Shift);
        samples[6] = Clamp((v6 + Offset) >> Shift);
        samples[7] = Clamp((v7 + Offset) >> Shift);
    }

    /// <summary>Eight frequencies to eight samples, in place, times 2^<see cref="ConstantBits"/> and the square root of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(ref int v0, ref int v1, ref int v2, ref int v3, ref int v4, ref int v5, ref int v6, ref int v7)
    {
        int rotation = (v2 + v6) * C6;
        int even2 = rotation - (v6 * C2PlusC6);
        int even3 = rotation + (v2 * C2MinusC6);
        int even0 = (v0 + v4) << ConstantBits;
        int even1 = (v0 - v4) << ConstantBits;
        int a0 = even0 + even3, a3 = even0 - even3, a1 = even1 + even2, a2 = even1 - even2;

        int shared = (v7 + v3 + v5 + v1) * C3;
        int pair71 = (v7 + v1) * -C3MinusC7;
        int pair53 = (v5 + v3) * -C1PlusC3;
        int pair73 = ((v7 + v3) * -C3PlusC5) + shared;
        int pair51 = ((v5 + v1) * -C3MinusC5) + shared;
        int b3 = (v7 * Odd7) + pair71 + pair73;
        int b2 = (v5 * Odd5) + pair53 + pair51;
        int b1 = (v3 * Odd3) + pair53 + pair73;
        int b0 = (v1 * Odd1) + pair71 + pair51;

        v0 = a0 + b0;
        v7 = a0 - b0;
        v1 = a1 + b1;
        v6 = a1 - b1;
        v2 = a2 + b2;
        v5 = a2 - b2;
        v3 = a3 + b3;
        v4 = a3 - b3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
