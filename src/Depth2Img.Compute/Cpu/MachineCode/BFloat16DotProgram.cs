using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>
/// The micro-kernel of <see cref="Gemm.MicroKernelBFloat16"/> in AVX512-BF16 instructions: up to 12 x 32 sums in 24
/// registers; each step multiplies a pair of products, VDPBF16PS, for every sum.
/// </summary>
internal static class BFloat16DotProgram
{
    /// <summary>Rows of the tallest tile: 24 sums, two right operands and four left ones in 30 of 32 registers.</summary>
    public const int MaxRows = 12;

    /// <summary>Columns of the tile.</summary>
    public const int Columns = 32;

    private const int Lanes = 16;

    /// <summary>
    /// Assembles the function for a number of rows: void (float* a, float* b, float* c, nint steps, nint accumulate), in the System V
    /// calling convention.
    /// </summary>
    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="rowStride">Pairs from one row of a to the next.</param>
    public static byte[] Assemble(int rows, int rowStride) => AssembledCode.Assemble(a => Emit(a, rows, rowStride));

    private static void Emit(Assembler a, int rows, int rowStride)
    {
        AssemblerRegister64 left = rdi, right = rsi, tile = rdx, steps = rcx, accumulate = r8;
        Label fresh = a.CreateLabel(), loop = a.CreateLabel();

        a.test(accumulate, accumulate);
        a.je(fresh);
        for (int r = 0; r < rows; r++)
        {
            a.vmovaps(Sum(r, 0), __zmmword_ptr[tile + TileOffset(r, 0)]);
            a.vmovaps(Sum(r, 1), __zmmword_ptr[tile + TileOffset(r, 1)]);
        }
        a.jmp(loop);
        a.Label(ref fresh);
        for (int r = 0; r < rows; r++)
        {
            a.vpxord(Sum(r, 0), Sum(r, 0), Sum(r, 0));
            a.vpxord(Sum(r, 1), Sum(r, 1), Sum(r, 1));
        }
        a.Label(ref loop);
        a.vmovaps(zmm24, __zmmword_ptr[right]);
        a.vmovaps(zmm25, __zmmword_ptr[right + Lanes * sizeof(float)]);
        for (int r = 0; r < rows; r++)
        {
            AssemblerRegisterZMM pair = Pair(r);
            a.vpbroadcastd(pair, __dword_ptr[left + r * rowStride * sizeof(float)]);
            a.vdpbf16ps(Sum(r, 0), zmm24, pair);
            a.vdpbf16ps(Sum(r, 1), zmm25, pair);
        }
        a.add(left, sizeof(float));
        a.add(right, Columns * sizeof(float));
        a.dec(steps);
        a.jne(loop);

        for (int r = 0; r < rows; r++)
        {
            a.vmovaps(__zmmword_ptr[tile + TileOffset(r, 0)], Sum(r, 0));
            a.vmovaps(__zmmword_ptr[tile + TileOffset(r, 1)], Sum(r, 1));
        }
        a.vzeroupper();
        a.ret();
    }

    private static int TileOffset(int row, int half) => (row * Columns + half * Lanes) * sizeof(float);

    private static AssemblerRegisterZMM Sum(int row, int half) => new(Register.ZMM0 + 2 * row + half);

    /// <summary>Four registers in turn, so that a broadcast need not wait for the products of the row before.</summary>
    private static AssemblerRegisterZMM Pair(int row) => new(Register.ZMM26 + row % 4);
}
