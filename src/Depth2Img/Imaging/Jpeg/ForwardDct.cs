using System.Runtime.Intrinsics;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// The cosine transform of 8x8 blocks, as the two matrix products that it is: with eight-wide vectors that takes 128
/// multiplications. They are not fused with the additions, so that every processor gives the same file.
/// </summary>
internal static class ForwardDct
{
    private static readonly float[] Basis = MakeBasis(transposed: false);
    private static readonly float[] BasisTransposed = MakeBasis(transposed: true);

    /// <summary>Transforms a block in place: samples around 0 to coefficients, both row by row.</summary>
    /// <param name="block">64 values.</param>
    public static void Transform(Span<float> block)
    {
        Span<float> columnsDone = stackalloc float[64];
        Multiply(Basis, block, columnsDone);
        Multiply(columnsDone, BasisTransposed, block);
    }

    private static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> product)
    {
        for (int row = 0; row < 8; row++)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int k = 0; k < 8; k++)
                sum += Vector256.Create(left[(8 * row) + k]) * Vector256.Create(right.Slice(8 * k, 8));
            sum.CopyTo(product[(8 * row)..]);
        }
    }

    // Row k holds the k-th cosine, scaled so that the rows are orthonormal.
    private static float[] MakeBasis(bool transposed)
    {
        float[] basis = new float[64];
        for (int k = 0; k < 8; k++)
        {
            double scale = k == 0 ? Math.Sqrt(1.0 / 8) : 0.5;
            for (int n = 0; n < 8; n++)
                basis[transposed ? (8 * n) + k : (8 * k) + n] = (float)(scale * Math.Cos((2 * n + 1) * k * Math.PI / 16));
        }
        return basis;
    }
}
