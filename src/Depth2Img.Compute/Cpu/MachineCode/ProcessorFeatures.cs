using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Platform;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>What the processor says of itself that the runtime does not pass on.</summary>
internal static unsafe class ProcessorFeatures
{
    /// <summary>Whether the runtime allows the 512-bit vectors that the kernels use.</summary>
    /// <remarks>
    /// Asked of the instruction sets themselves: Vector512.IsHardwareAccelerated is also false where the runtime
    /// thinks that wide vectors slow the clock.
    /// </remarks>
    public static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported;

    /// <summary>
    /// Whether it has tile registers and products of bfloat16 on them (CPUID leaf 7, EDX bits 24 and 22), and the vectors for all else.
    /// Whether the system lets them be used is another question.
    /// </summary>
    public static bool HasAmxBFloat16 => HasAvx512 && MaxLeaf >= 7 && HasAmx(X86Base.CpuId(7, 0).Edx);

    /// <summary>The same for the answer of CPUID leaf 7 in EDX.</summary>
    internal static bool HasAmx(int leaf7)
    {
        const int tiles = 1 << 24, bfloat16 = 1 << 22;
        return (leaf7 & (tiles | bfloat16)) == (tiles | bfloat16);
    }

    /// <summary>
    /// The register XCR0: which registers the system saves when it switches threads. For processors with 512-bit vectors that the
    /// system allows: others may lack the instruction that reads it.
    /// </summary>
    /// <returns>Null where the system runs no assembled code.</returns>
    public static ulong? EnabledState(IOperatingSystem system) =>
        AssembledCode.TryLoad(system, [ReadEnabledState()]) is [nint function] ? ((delegate* unmanaged<ulong>)function)() : null;

    /// <summary>Assembles ulong (): XGETBV of register 0.</summary>
    internal static byte[] ReadEnabledState() => AssembledCode.Assemble(a =>
    {
        a.xor(ecx, ecx);
        a.xgetbv();
        a.shl(rdx, 32);
        a.or(rax, rdx);
        a.ret();
    });

    /// <summary>Whether it has VDPBF16PS on 512-bit vectors: CPUID leaf 7, subleaf 1, EAX bit 5. The vectors themselves are the runtime's to allow.</summary>
    public static bool HasAvx512BFloat16 =>
        X86Base.IsSupported && Avx512F.IsSupported && MaxLeaf >= 7 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>
    /// Whether VDPBF16PS makes twice as many products as a fused multiply-add of the same width, which is so on AMD's Zen 4 (family 19h)
    /// and later. Intel's cores from Cooper Lake to Emerald Rapids make half as many in the same time: there it saves memory only.
    /// Told by maker and family, because a trial at run time might choose other kernels, and so other bits, from one run to the next.
    /// </summary>
    public static bool DoublesBFloat16Products => HasAvx512BFloat16 && DoublesBFloat16(Maker, Family);

    /// <summary>The same for a processor's maker ("AuthenticAMD") and family.</summary>
    internal static bool DoublesBFloat16(string maker, int family) => maker == "AuthenticAMD" && family >= 0x19;

    private static int MaxLeaf => X86Base.CpuId(0, 0).Eax;

    private static string Maker
    {
        get
        {
            (_, int b, int c, int d) = X86Base.CpuId(0, 0);
            Span<byte> name = stackalloc byte[12];
            BitConverter.TryWriteBytes(name, b);
            BitConverter.TryWriteBytes(name[4..], d);
            BitConverter.TryWriteBytes(name[8..], c);
            return System.Text.Encoding.ASCII.GetString(name);
        }
    }

    private static int Family
    {
        get
        {
            int signature = X86Base.CpuId(1, 0).Eax;
            int family = (signature >> 8) & 0xF;
            return family == 0xF ? family + ((signature >> 20) & 0xFF) : family;
        }
    }
}
