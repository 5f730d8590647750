using Depth2Img.Compute.Cpu.MachineCode;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// 3x3 windows of up to 32 outputs times filters, without a copy of the windows: an output's row of a tile is 32 channels of the
/// pixel under a tap, read where it lies in the picture. A line of the filter goes through the blocks of channels, and each block
/// through its three taps, whose pixels overlap and so come from the first cache level for two of the three.
/// </summary>
internal static class ConvolveProgram
{
    /// <summary>Lines of the filter, and taps of a line.</summary>
    public const int Side = 3;

    /// <summary>
    /// Assembles void (ushort* upper, ushort* lower, ushort* filters, float* sums, nint blocks, <see cref="ConvolveStrides"/>* strides): each 16
    /// outputs begin at a pixel of their own; filters are [line][block][tap][16][32] pairs.
    /// </summary>
    /// <param name="tileRows">1 for 16 outputs, whose lower half is ignored, 2 for 32.</param>
    public static byte[] Assemble(int tileRows) => AssembledCode.Assemble(a => Emit(a, tileRows));

    private static void Emit(Assembler a, int tileRows)
    {
        AssemblerRegister64[] pixels = [rdi, rsi];
        AssemblerRegister64 filters = rdx, sums = rcx, blocks = r8, strides = r9, pixelStep = r10, left = r11, row = rax;
        void Advance(int distance)
        {
            for (int half = 0; half < tileRows; half++) a.add(pixels[half], __qword_ptr[strides + distance]);
        }

        a.mov(pixelStep, __qword_ptr[strides + ConvolveStrides.RowOffset]);
        a.mov(eax, TileBlock.RowBytes);
        TileBlock.Zero(a, tileRows);
        AssemblerMemoryOperand upper = __[rdi + pixelStep * 1], lower = __[rsi + pixelStep * 1];
        for (int line = 0; line < Side; line++)
        {
            Label loop = a.CreateLabel();
            a.mov(left, blocks);
            a.Label(ref loop);
            for (int tap = 0; tap < Side; tap++)
            {
                TileBlock.Multiply(a, tileRows == 1 ? [upper] : [upper, lower], __[filters + row * 1 + tap * TileBlock.StepBytes]);
                Advance(tap < Side - 1 ? ConvolveStrides.TapOffset : ConvolveStrides.BlockOffset);
            }
            a.add(filters, Side * TileBlock.StepBytes);
            a.dec(left);
            a.jne(loop);
            if (line < Side - 1) Advance(ConvolveStrides.LineOffset);
        }
        TileBlock.Store(a, tileRows, sums, row);
        a.ret();
    }
}
