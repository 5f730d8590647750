using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>
/// Rounds single precision to bfloat16 by the processor's own instruction, VCVTNEPS2BF16: to the nearest, ties to even, as
/// <see cref="Gemm.BFloat16Rounding"/>, but subnormal numbers become zeros. The products that read them would do that too.
/// </summary>
internal static class BFloat16RoundProgram
{
    /// <summary>Values of one round of the loop.</summary>
    public const int ValuesPerRound = 32;

    /// <summary>
    /// Assembles void (float* source, ushort* target, nint count), in the System V calling convention; the count is a
    /// positive multiple of <see cref="ValuesPerRound"/>.
    /// </summary>
    public static byte[] Assemble() => AssembledCode.Assemble(a =>
    {
        AssemblerRegister64 source = rdi, target = rsi, count = rdx;
        Label loop = a.CreateLabel();
        a.Label(ref loop);
        a.vcvtneps2bf16(ymm0, __zmmword_ptr[source]);
        a.vcvtneps2bf16(ymm1, __zmmword_ptr[source + ValuesPerRound / 2 * sizeof(float)]);
        a.vmovdqu(__ymmword_ptr[target], ymm0);
        a.vmovdqu(__ymmword_ptr[target + ValuesPerRound / 2 * sizeof(ushort)], ymm1);
        a.add(source, ValuesPerRound * sizeof(float));
        a.add(target, ValuesPerRound * sizeof(ushort));
        a.sub(count, ValuesPerRound);
        a.jne(loop);
        a.vzeroupper();
        a.ret();
    });
}
