using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.MachineCode;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>The micro-kernel of <see cref="MicroKernelAmx"/>.</summary>
internal static class MultiplyProgram
{
    private const int LeftRowBytes = MicroKernel.RowStride * sizeof(float);

    /// <summary>
    /// Assembles void (ushort* left, ushort* right, float* sums, nint steps, nint accumulate): left operands are rows of <see cref="MicroKernel.RowStride"/>
    /// pairs; a step takes 32 products of each, and 16 rows of 32 pairs of the right one.
    /// </summary>
    /// <param name="tileRows">1 for 16 rows, 2 for 32.</param>
    public static byte[] Assemble(int tileRows) => AssembledCode.Assemble(a => Emit(a, tileRows));

    private static void Emit(Assembler a, int tileRows)
    {
        AssemblerRegister64 left = rdi, right = rsi, sums = rdx, steps = rcx, accumulate = r8, leftRow = rax, rightRow = r9;
        Label fresh = a.CreateLabel(), loop = a.CreateLabel();
        a.mov(eax, LeftRowBytes);
        a.mov(r9d, TileBlock.RowBytes);
        a.test(accumulate, accumulate);
        a.je(fresh);
        TileBlock.Load(a, tileRows, sums, rightRow);
        a.jmp(loop);
        a.Label(ref fresh);
        TileBlock.Zero(a, tileRows);
        a.Label(ref loop);
        AssemblerMemoryOperand upper = __[left + leftRow * 1], lower = __[left + leftRow * 1 + Tiles.Rows * LeftRowBytes];
        TileBlock.Multiply(a, tileRows == 1 ? [upper] : [upper, lower], __[right + rightRow * 1]);
        a.add(left, Tiles.RowBytes);
        a.add(right, TileBlock.StepBytes);
        a.dec(steps);
        a.jne(loop);
        TileBlock.Store(a, tileRows, sums, rightRow);
        a.ret();
    }
}
