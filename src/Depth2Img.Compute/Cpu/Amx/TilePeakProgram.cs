using Depth2Img.Compute.Cpu.MachineCode;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>A loop of TDPBF16PS in tiles alone: what a processor's products in tiles are measured against.</summary>
internal static class TilePeakProgram
{
    /// <summary>Products of one round of the loop: four instructions that do not wait for each other.</summary>
    public const int ProductsPerRound = 4 * Tiles.Rows * Tiles.Rows * Tiles.Products;

    /// <summary>Assembles void (nint rounds). Tiles must be configured.</summary>
    public static byte[] Assemble() => AssembledCode.Assemble(a =>
    {
        Label loop = a.CreateLabel();
        a.Label(ref loop);
        a.tdpbf16ps(tmm0, tmm4, tmm6);
        a.tdpbf16ps(tmm1, tmm4, tmm7);
        a.tdpbf16ps(tmm2, tmm5, tmm6);
        a.tdpbf16ps(tmm3, tmm5, tmm7);
        a.dec(rdi);
        a.jne(loop);
        a.ret();
    });
}
