using System.Numerics;
using System.Runtime.InteropServices;

namespace Depth2Img.Adapters;

/// <summary>
/// The sums by which factors become a weight's change. Every element's terms are added in the order of their index,
/// whatever the width of the processor's vectors and the number of threads: a machine merges to the same bits always.
/// </summary>
internal static class FactorMath
{
    /// <summary>Columns of a matrix that are worked on at a time: with a rank of some hundreds they stay in a core's cache.</summary>
    private const int ColumnBlock = 1024;

    /// <summary>Rows for a thread to take at a time.</summary>
    private const int RowBlock = 32;

    /// <summary>Calls for pieces of a row range and of a column range, the rows shared among threads.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="work">Takes a row, a first column and a number of columns.</param>
    public static void ForEachPiece(int rows, int columns, Action<int, int, int> work)
    {
        Parallel.For(0, (rows + RowBlock - 1) / RowBlock, block =>
        {
            int end = Math.Min(rows, (block + 1) * RowBlock);
            for (int column = 0; column < columns; column += ColumnBlock)
            {
                int count = Math.Min(ColumnBlock, columns - column);
                for (int row = block * RowBlock; row < end; row++) work(row, column, count);
            }
        });
    }

    /// <summary>Adds a row of coefficients times a matrix to a row: row[c] += Σ coefficients[k] · matrix[k, first + c].</summary>
    /// <param name="coefficients">One for each row of the matrix.</param>
    /// <param name="matrix">[k, n], row-major.</param>
    /// <param name="columns">n.</param>
    /// <param name="first">The matrix's first column to take.</param>
    /// <param name="row">Takes as many columns as it is long.</param>
    public static void AddProduct(ReadOnlySpan<float> coefficients, ReadOnlySpan<float> matrix, int columns, int first, Span<float> row)
    {
        int k = 0;
        for (; k + 4 <= coefficients.Length; k += 4)
        {
            AddFour(coefficients.Slice(k, 4),
                matrix.Slice(k * columns + first, row.Length), matrix.Slice((k + 1) * columns + first, row.Length),
                matrix.Slice((k + 2) * columns + first, row.Length), matrix.Slice((k + 3) * columns + first, row.Length), row);
        }
        for (; k < coefficients.Length; k++) AddScaled(coefficients[k], matrix.Slice(k * columns + first, row.Length), row);
    }

    /// <summary>row += scale · values.</summary>
    public static void AddScaled(float scale, ReadOnlySpan<float> values, Span<float> row)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(values);
        Span<Vector<float>> to = MemoryMarshal.Cast<float, Vector<float>>(row);
        Vector<float> factor = new(scale);
        for (int i = 0; i < to.Length; i++) to[i] = Vector.FusedMultiplyAdd(factor, from[i], to[i]);
        for (int i = to.Length * Vector<float>.Count; i < row.Length; i++) row[i] = MathF.FusedMultiplyAdd(scale, values[i], row[i]);
    }

    /// <summary>row += scale · a · b, element by element.</summary>
    public static void AddScaledProduct(float scale, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++) row[i] += scale * (a[i] * b[i]);
    }

    /// <summary>A matrix turned: [rows, columns] to [columns, rows].</summary>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        float[] turned = new float[matrix.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) turned[c * rows + r] = matrix[r * columns + c];
        }
        return turned;
    }

    /// <summary>The kernels of a convolution whose input channels and whose kernel have factors of their own: [a, i, k] = Σ_b core[a, b, k] · input[b, i].</summary>
    /// <param name="core">[a, b, k].</param>
    /// <param name="input">[b, i].</param>
    /// <param name="inputRank">b.</param>
    /// <param name="inputs">i.</param>
    /// <param name="kernel">k.</param>
    public static float[] CoreByInput(ReadOnlySpan<float> core, ReadOnlySpan<float> input, int inputRank, int inputs, int kernel)
    {
        int outputRank = core.Length / (inputRank * kernel);
        float[] product = new float[outputRank * inputs * kernel];
        float[] byInput = Transpose(input, inputRank, inputs); // [i, b]
        for (int a = 0; a < outputRank; a++)
        {
            ReadOnlySpan<float> slice = core.Slice(a * inputRank * kernel, inputRank * kernel); // [b, k]
            for (int i = 0; i < inputs; i++)
                AddProduct(byInput.AsSpan(i * inputRank, inputRank), slice, kernel, 0, product.AsSpan((a * inputs + i) * kernel, kernel));
        }
        return product;
    }

    /// <summary>A product of two matrices, [m, k] by [k, n].</summary>
    public static float[] Multiply(float[] left, float[] right, int k)
    {
        int m = left.Length / k, n = right.Length / k;
        float[] product = new float[m * n];
        ForEachPiece(m, n, (row, first, count) =>
            AddProduct(left.AsSpan(row * k, k), right, n, first, product.AsSpan(row * n + first, count)));
        return product;
    }

    private static void AddFour(ReadOnlySpan<float> coefficients, ReadOnlySpan<float> m0, ReadOnlySpan<float> m1, ReadOnlySpan<float> m2, ReadOnlySpan<float> m3, Span<float> row)
    {
        // Every span is as long as the row: the loop goes without a check for each.
        ref float r0 = ref MemoryMarshal.GetReference(m0), r1 = ref MemoryMarshal.GetReference(m1);
        ref float r2 = ref MemoryMarshal.GetReference(m2), r3 = ref MemoryMarshal.GetReference(m3), to = ref MemoryMarshal.GetReference(row);
        Vector<float> c0 = new(coefficients[0]), c1 = new(coefficients[1]), c2 = new(coefficients[2]), c3 = new(coefficients[3]);
        int i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            nuint at = (nuint)i;
            Vector<float> sum = Vector.FusedMultiplyAdd(c0, Vector.LoadUnsafe(ref r0, at), Vector.LoadUnsafe(ref to, at));
            sum = Vector.FusedMultiplyAdd(c1, Vector.LoadUnsafe(ref r1, at), sum);
            sum = Vector.FusedMultiplyAdd(c2, Vector.LoadUnsafe(ref r2, at), sum);
            Vector.FusedMultiplyAdd(c3, Vector.LoadUnsafe(ref r3, at), sum).StoreUnsafe(ref to, at);
        }
        for (; i < row.Length; i++)
        {
            float sum = MathF.FusedMultiplyAdd(coefficients[0], m0[i], row[i]);
            sum = MathF.FusedMultiplyAdd(coefficients[1], m1[i], sum);
            sum = MathF.FusedMultiplyAdd(coefficients[2], m2[i], sum);
            row[i] = MathF.FusedMultiplyAdd(coefficients[3], m3[i], sum);
        }
    }
}
