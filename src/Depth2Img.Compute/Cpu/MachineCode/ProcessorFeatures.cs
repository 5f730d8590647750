using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>What the processor says of itself that the runtime does not pass on.</summary>
internal static class ProcessorFeatures
{
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
