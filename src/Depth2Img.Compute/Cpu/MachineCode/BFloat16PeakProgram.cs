using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>A loop of VDPBF16PS in registers alone: what a processor's 16-bit products are measured against.</summary>
internal static class BFloat16PeakProgram
{
    /// <summary>Independent sums: enough to cover the instruction's latency.</summary>
    public const int Sums = 16;

    /// <summary>Products of one round of the loop.</summary>
    public const int ProductsPerRound = Sums * 32;

    /// <summary>Assembles void (nint rounds), in the System V calling convention.</summary>
    public static byte[] Assemble() => AssembledCode.Assemble(a =>
    {
        Label loop = a.CreateLabel();
        for (int i = 0; i < Sums + 2; i++) a.vpxord(Register(i), Register(i), Register(i));
        a.Label(ref loop);
        for (int i = 0; i < Sums; i++) a.vdpbf16ps(Register(i), Register(Sums), Register(Sums + 1));
        a.dec(rdi);
        a.jne(loop);
        a.vzeroupper();
        a.ret();
    });

    private static AssemblerRegisterZMM Register(int index) => new(Iced.Intel.Register.ZMM0 + index);
}
