using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// The block of sums that the kernels hold in tiles, 32 x 32 in a square of four: each tile of either operand that is loaded serves
/// two products, and four independent sums hide the instruction's latency. A block of 16 rows has the upper two tiles only.
/// </summary>
/// <remarks>Sums are in tmm0 to tmm3, row by row; the left operand in tmm4 and tmm5, the right one in tmm6 and tmm7.</remarks>
internal static class TileBlock
{
    /// <summary>Rows of a full block.</summary>
    public const int MaxRows = 2 * Tiles.Rows;

    /// <summary>Columns of a block.</summary>
    public const int Columns = 32;

    /// <summary>Bytes of a row of sums in memory, and of a row of pairs of the right operand.</summary>
    public const int RowBytes = Columns * sizeof(float);

    /// <summary>Bytes of 16 rows: of one step's right operand, or of half the sums.</summary>
    public const int StepBytes = Tiles.Rows * RowBytes;

    private static readonly AssemblerRegisterTMM[] s_sums = [tmm0, tmm1, tmm2, tmm3];
    private static readonly AssemblerRegisterTMM[] s_left = [tmm4, tmm5];

    /// <summary>Makes all sums zero.</summary>
    /// <param name="a">Takes the instructions.</param>
    /// <param name="tileRows">Rows of tiles, 1 or 2.</param>
    public static void Zero(Assembler a, int tileRows)
    {
        for (int tile = 0; tile < 2 * tileRows; tile++) a.tilezero(s_sums[tile]);
    }

    /// <summary>Loads sums from memory, [row][<see cref="Columns"/>].</summary>
    /// <param name="a">Takes the instructions.</param>
    /// <param name="tileRows">Rows of tiles, 1 or 2.</param>
    /// <param name="sums">The first one.</param>
    /// <param name="rowBytes">A register that holds <see cref="RowBytes"/>.</param>
    public static void Load(Assembler a, int tileRows, AssemblerRegister64 sums, AssemblerRegister64 rowBytes)
    {
        for (int tile = 0; tile < 2 * tileRows; tile++) a.tileloadd(s_sums[tile], __[sums + rowBytes * 1 + Offset(tile)]);
    }

    /// <summary>Stores sums into memory, as <see cref="Load"/> finds them.</summary>
    public static void Store(Assembler a, int tileRows, AssemblerRegister64 sums, AssemblerRegister64 rowBytes)
    {
        for (int tile = 0; tile < 2 * tileRows; tile++) a.tilestored(__[sums + rowBytes * 1 + Offset(tile)], s_sums[tile]);
    }

    /// <summary>Adds the products of one step, 32 for each sum.</summary>
    /// <param name="a">Takes the instructions.</param>
    /// <param name="left">For each row of tiles, where its left operand is: 32 products a row, rows apart as an index register says.</param>
    /// <param name="right">Where the right operand is: 16 rows of 32 pairs.</param>
    public static void Multiply(Assembler a, ReadOnlySpan<AssemblerMemoryOperand> left, AssemblerMemoryOperand right)
    {
        for (int row = 0; row < left.Length; row++)
        {
            a.tileloadd(s_left[row], left[row]);
            if (row == 0)
            {
                a.tileloadd(tmm6, right);
                a.tileloadd(tmm7, right + Tiles.RowBytes);
            }
            a.tdpbf16ps(s_sums[2 * row], s_left[row], tmm6);
            a.tdpbf16ps(s_sums[2 * row + 1], s_left[row], tmm7);
        }
    }

    private static int Offset(int tile) => tile / 2 * StepBytes + tile % 2 * Tiles.RowBytes;
}
