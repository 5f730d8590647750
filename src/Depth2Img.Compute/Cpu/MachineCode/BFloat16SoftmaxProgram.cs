using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Depth2Img.Compute.Cpu.MachineCode;

/// <summary>
/// A softmax step on rows of scores in panels of 32 whose weights are rounded to bfloat16. Powers of two are those of the
/// score's whole part, VSCALEFPS, times a cubic in its fraction, VREDUCEPS: minimax on [0, 1), exactly 1 at 0, relative error 8.6e-5,
/// a twentieth of what rounding to bfloat16 adds.
/// </summary>
internal static class BFloat16SoftmaxProgram
{
    /// <summary>Scores of a panel: two vectors.</summary>
    public const int Columns = 32;

    /// <summary>The cubic's coefficients, from the constant one on.</summary>
    public static readonly float[] Coefficients = [1, 0.695116758f, 0.227644995f, 0.0770670399f];

    private const int VectorBytes = 64;

    /// <summary>VREDUCEPS: what is left above the largest whole number that is not larger.</summary>
    private const byte AboveFloor = 1;

    /// <summary>
    /// Assembles float (float* scores, nint panelBytes, nint panels, float earlier), in the System V calling convention: the largest of all,
    /// NaN passed over.
    /// </summary>
    public static byte[] AssembleLargest() => AssembledCode.Assemble(a =>
    {
        AssemblerRegister64 scores = rdi, panelBytes = rsi, panels = rdx;
        Label loop = a.CreateLabel();
        a.vbroadcastss(zmm0, xmm0);
        a.vmovaps(zmm1, zmm0);
        a.Label(ref loop);
        a.vmovups(zmm2, __zmmword_ptr[scores]);
        a.vmovups(zmm3, __zmmword_ptr[scores + VectorBytes]);
        // The instruction's result is its second source where either is NaN.
        a.vmaxps(zmm0, zmm2, zmm0);
        a.vmaxps(zmm1, zmm3, zmm1);
        a.add(scores, panelBytes);
        a.dec(panels);
        a.jne(loop);
        a.vmaxps(zmm0, zmm0, zmm1);
        Fold(a, (x, y) => a.vmaxps(x, x, y), (x, y) => a.vmaxps(x, x, y));
        a.vzeroupper();
        a.ret();
    });

    /// <summary>
    /// Assembles float (float* scores, nint panelBytes, nint panels, ushort* weights, float origin), in the System V calling convention: writes
    /// 2 to the power of each score less the origin, and returns the sum of these powers before they are rounded.
    /// </summary>
    public static byte[] AssemblePowers() => AssembledCode.Assemble(a =>
    {
        AssemblerRegister64 scores = rdi, panelBytes = rsi, panels = rdx, weights = rcx;
        AssemblerRegisterZMM origin = zmm31, sum = zmm0, otherSum = zmm1;
        AssemblerRegisterZMM[] coefficients = [zmm27, zmm28, zmm29, zmm30];
        Label loop = a.CreateLabel();
        a.vbroadcastss(origin, xmm0);
        for (int i = 0; i < coefficients.Length; i++)
        {
            a.mov(eax, BitConverter.SingleToInt32Bits(Coefficients[i]));
            a.vpbroadcastd(coefficients[i], eax);
        }
        a.vpxord(sum, sum, sum);
        a.vpxord(otherSum, otherSum, otherSum);
        a.Label(ref loop);
        a.vmovups(zmm2, __zmmword_ptr[scores]);
        a.vmovups(zmm3, __zmmword_ptr[scores + VectorBytes]);
        a.vsubps(zmm2, zmm2, origin);
        a.vsubps(zmm3, zmm3, origin);
        a.vreduceps(zmm4, zmm2, AboveFloor);
        a.vreduceps(zmm5, zmm3, AboveFloor);
        a.vmovaps(zmm6, coefficients[^1]);
        a.vmovaps(zmm7, coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--)
        {
            a.vfmadd213ps(zmm6, zmm4, coefficients[i]);
            a.vfmadd213ps(zmm7, zmm5, coefficients[i]);
        }
        a.vscalefps(zmm6, zmm6, zmm2);
        a.vscalefps(zmm7, zmm7, zmm3);
        a.vaddps(sum, sum, zmm6);
        a.vaddps(otherSum, otherSum, zmm7);
        a.vcvtne2ps2bf16(zmm6, zmm7, zmm6);
        a.vmovups(__zmmword_ptr[weights], zmm6);
        a.add(scores, panelBytes);
        a.add(weights, Columns * sizeof(ushort));
        a.dec(panels);
        a.jne(loop);
        a.vaddps(sum, sum, otherSum);
        Fold(a, (x, y) => a.vaddps(x, x, y), (x, y) => a.vaddps(x, x, y));
        a.vzeroupper();
        a.ret();
    });

    /// <summary>Folds the lanes of zmm0 into its first.</summary>
    private static void Fold(Assembler a, Action<AssemblerRegisterYMM, AssemblerRegisterYMM> eight, Action<AssemblerRegisterXMM, AssemblerRegisterXMM> four)
    {
        const byte otherPair = 0x4e, neighbour = 0xb1;
        a.vextractf32x8(ymm1, zmm0, 1);
        eight(ymm0, ymm1);
        a.vextractf128(xmm1, ymm0, 1);
        four(xmm0, xmm1);
        a.vpermilps(xmm1, xmm0, otherPair);
        four(xmm0, xmm1);
        a.vpermilps(xmm1, xmm0, neighbour);
        four(xmm0, xmm1);
    }
}
