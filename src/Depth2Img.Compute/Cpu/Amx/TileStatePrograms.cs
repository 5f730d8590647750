using Depth2Img.Compute.Cpu.MachineCode;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>What begins and ends a thread's use of tiles.</summary>
internal static class TileStatePrograms
{
    /// <summary>Assembles void (byte* configuration): tiles become usable, and are zeros.</summary>
    public static byte[] Configure() => AssembledCode.Assemble(a =>
    {
        a.ldtilecfg(__[rdi]);
        a.ret();
    });

    /// <summary>Assembles void (): tiles are no longer usable, and the system need not save them when it switches threads.</summary>
    public static byte[] Release() => AssembledCode.Assemble(a =>
    {
        a.tilerelease();
        a.ret();
    });
}
