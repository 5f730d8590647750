using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Depth2Img.Compute.Cpu.Vectors;

/// <summary>
/// What <see cref="VectorMath.Exp2OfNegative"/> computes with: a polynomial of degree 5 for 2ˣ on [0, 1), minimax in the relative error, which is
/// 8.3e-8, and exactly 1 at 0; then the least exponent. They are in memory for loops to keep in registers.
/// </summary>
internal static class Exp2Coefficients
{
    private static readonly float[] s_values = [1, 0.693151295f, 0.240164444f, 0.0557999127f, 0.00901703071f, 0.00186713005f, -127];

    /// <summary>The constant coefficient, which the others follow.</summary>
    public static ref float First => ref MemoryMarshal.GetArrayDataReference(s_values);

    /// <summary>The coefficient of a power, or, at 6, the least exponent.</summary>
    public static float At(ref float first, int index) => Unsafe.Add(ref first, index);
}
