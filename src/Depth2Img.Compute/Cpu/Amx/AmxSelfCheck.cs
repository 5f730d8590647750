using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// Small products whose sums are known, made before the kernels are offered: they are chosen wherever a processor says that it
/// has tiles, also on those that nobody has tried, and a virtual machine may not keep what it says.
/// </summary>
internal static unsafe class AmxSelfCheck
{
    private const int Steps = 2;
    private const int Products = Steps * Tiles.Products;
    private const int Side = ConvolveProgram.Side;

    /// <summary>Whether a matrix product and a convolution give what they should, which is exact for these operands.</summary>
    public static bool Passes(AmxUnit unit)
    {
        using AlignedBuffer sums = new((long)TileBlock.MaxRows * TileBlock.RowBytes);
        unit.Configure();
        try
        {
            return Multiplies(unit, (float*)sums.Data) && Convolves(unit, (float*)sums.Data);
        }
        finally
        {
            unit.Release();
        }
    }

    private static bool Multiplies(AmxUnit unit, float* sums)
    {
        using AlignedBuffer left = new((long)TileBlock.MaxRows * MicroKernel.RowStride * sizeof(float)), right = new(Steps * TileBlock.StepBytes);
        for (int row = 0; row < TileBlock.MaxRows; row++)
        {
            for (int k = 0; k < Products; k++) ((ushort*)left.Data)[row * 2 * MicroKernel.RowStride + k] = Left(row, k);
        }
        for (int i = 0; i < Products * TileBlock.Columns; i++) SetRight((ushort*)right.Data, i / TileBlock.Columns, i % TileBlock.Columns);

        new Span<float>(sums, TileBlock.MaxRows * TileBlock.Columns).Fill(1);
        unit.Multiply(TileBlock.MaxRows, left.Data, right.Data, sums, Steps, accumulate: true);
        for (int i = 0; i < TileBlock.MaxRows * TileBlock.Columns; i++)
        {
            float expected = 1;
            for (int k = 0; k < Products; k++) expected += Value(Left(i / TileBlock.Columns, k)) * Value(Right(k, i % TileBlock.Columns));
            if (sums[i] != expected) return false;
        }
        return true;
    }

    private static bool Convolves(AmxUnit unit, float* sums)
    {
        // Two rows of 16 outputs of a picture of one block of channels; filters go on from tap to tap as products do from step to step.
        const int width = Tiles.Rows + Side - 1, channels = Tiles.Products, taps = Side * Side;
        using AlignedBuffer picture = new((Side + 1) * width * channels * sizeof(ushort)), filters = new(taps * TileBlock.StepBytes);
        ushort* pixels = (ushort*)picture.Data;
        for (int i = 0; i < (Side + 1) * width * channels; i++) pixels[i] = Left(i / channels, i % channels);
        for (int i = 0; i < taps * channels * TileBlock.Columns; i++) SetRight((ushort*)filters.Data, i / TileBlock.Columns, i % TileBlock.Columns);

        unit.Convolve(pixels, pixels + width * channels, (ushort*)filters.Data, sums, blocks: 1, new ConvolveStrides(1, channels * sizeof(ushort), width * channels * sizeof(ushort), 1));
        for (int i = 0; i < TileBlock.MaxRows * TileBlock.Columns; i++)
        {
            (int row, int column) = Math.DivRem(i, TileBlock.Columns);
            float expected = 0;
            for (int k = 0; k < taps * channels; k++)
            {
                int tap = k / channels, pixel = (row / Tiles.Rows + tap / Side) * width + row % Tiles.Rows + tap % Side;
                expected += Value(Left(pixel, k % channels)) * Value(Right(k, column));
            }
            if (sums[i] != expected) return false;
        }
        return true;
    }

    private static void SetRight(ushort* right, int k, int column) => right[(k / 2 * TileBlock.Columns + column) * 2 + k % 2] = Right(k, column);

    /// <summary>Small whole numbers: their products and sums need no rounding.</summary>
    private static ushort Left(int row, int k) => BFloat16Rounding.Round((row * 5 + k * 3) % 13 - 6);

    private static ushort Right(int k, int column) => BFloat16Rounding.Round((column * 7 + k * 2) % 11 - 5);

    private static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
