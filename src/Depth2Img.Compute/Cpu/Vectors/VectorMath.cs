using System.Runtime.CompilerServices;

namespace Depth2Img.Compute.Cpu.Vectors;

/// <summary>
/// Elementary functions for every vector width. NaN gives NaN, infinities give the functions' limits, and nothing
/// overflows on the way. The polynomials are minimax fits made for these intervals; the errors stated are the largest
/// of the function as computed, against double precision.
/// </summary>
internal static class VectorMath
{
    /// <summary>eˣ within 2 ulp; 0 below -104 and infinity above 88.73. Subnormal results are right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector low = TWidth.Create(-110), high = TWidth.Create(90);
        x = TWidth.IfLess(x, low, low, x);
        x = TWidth.IfLess(high, x, high, x);
        return ExpInRange<TWidth, TVector>(x);
    }

    /// <summary>
    /// 2ˣ for x of 0 or less with a relative error of 3e-7; 0 below -126. Half the work of
    /// <see cref="Exp"/>, for softmax.
    /// </summary>
    /// <param name="x">The exponents.</param>
    /// <param name="lowest">The last of <see cref="Exp2Coefficients"/>.</param>
    /// <param name="c0">The first.</param>
    /// <param name="c1">The second.</param>
    /// <param name="c2">The third.</param>
    /// <param name="c3">The fourth.</param>
    /// <param name="c4">The fifth.</param>
    /// <param name="c5">The sixth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2OfNegative<TWidth, TVector>(TVector x, TVector lowest, TVector c0, TVector c1, TVector c2, TVector c3, TVector c4, TVector c5)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        x = TWidth.Larger(lowest, x);
        TVector n = TWidth.Floor(x), rest = TWidth.Subtract(x, n);
        TVector p = TWidth.MultiplyAdd(c5, rest, c4);
        p = TWidth.MultiplyAdd(p, rest, c3);
        p = TWidth.MultiplyAdd(p, rest, c2);
        p = TWidth.MultiplyAdd(p, rest, c1);
        p = TWidth.MultiplyAdd(p, rest, c0);
        return TWidth.ScaleDown(p, n);
    }

    /// <summary>1 / (1 + e⁻ˣ) within 4 ulp, on the far left too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector one = TWidth.Create(1);
        TVector decay = Decay<TWidth, TVector>(x, out _);
        TVector right = TWidth.Divide(one, TWidth.Add(one, decay));
        return TWidth.IfLess(x, TWidth.Create(0), TWidth.Multiply(decay, right), right);
    }

    /// <summary>
    /// x / (1 + e^(-steepness x)) with a relative error of 4e-7 (and 1.2e-7 |steepness x|, if that is not x) while steepness x is above -87,
    /// below that absolutely within 1e-35; 0 at minus infinity.
    /// </summary>
    /// <param name="x">Any values.</param>
    /// <param name="steepness">Positive; 1 for SiLU.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector TimesSigmoid<TWidth, TVector>(TVector x, float steepness)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector one = TWidth.Create(1);
        TVector decay = Decay<TWidth, TVector>(TWidth.Multiply(x, TWidth.Create(steepness)), out _);
        // Minus infinity must not meet a decay of 0.
        TVector bottom = TWidth.Create(-200);
        TVector left = TWidth.Multiply(TWidth.IfLess(x, bottom, bottom, x), decay);
        TVector numerator = TWidth.IfLess(x, TWidth.Create(0), left, x);
        return TWidth.Divide(numerator, TWidth.Add(one, decay));
    }

    /// <summary>tanh x within 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        // Near zero an odd polynomial, relative error 7e-9 on ±0.65.
        TVector square = TWidth.Multiply(x, x);
        TVector p = TWidth.Create(-0.0055151894f);
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.020469446f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(-0.053688034f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.1333083f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(-0.3333326f));
        TVector near = TWidth.MultiplyAdd(TWidth.Multiply(p, square), x, x);

        // Elsewhere (1 - e) / (1 + e) with e = exp(-2|x|), which ends at 1 by itself.
        TVector one = TWidth.Create(1);
        TVector decay = Decay<TWidth, TVector>(TWidth.Add(x, x), out TVector magnitude);
        TVector far = TWidth.Divide(TWidth.Subtract(one, decay), TWidth.Add(one, decay));
        return TWidth.IfLess(magnitude, TWidth.Create(1.25f), near, TWidth.CopySign(far, x));
    }

    /// <summary>erf x within 4 ulp: a quotient of polynomials, relative error 2e-8, up to where erf is 1 in single precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector one = TWidth.Create(1), end = TWidth.Create(3.92f);
        TVector magnitude = TWidth.Abs(x);
        TVector inside = TWidth.IfLess(end, magnitude, end, magnitude);
        TVector square = TWidth.Multiply(inside, inside);
        TVector p = TWidth.Create(2.0420869e-6f);
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.00028479766f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.003779061f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.05278859f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(0.19077085f));
        p = TWidth.MultiplyAdd(p, square, TWidth.Create(1.1283791f));
        TVector q = TWidth.Create(3.800471e-5f);
        q = TWidth.MultiplyAdd(q, square, TWidth.Create(0.0011650826f));
        q = TWidth.MultiplyAdd(q, square, TWidth.Create(0.014996335f));
        q = TWidth.MultiplyAdd(q, square, TWidth.Create(0.11425218f));
        q = TWidth.MultiplyAdd(q, square, TWidth.Create(0.50239897f));
        q = TWidth.MultiplyAdd(q, square, one);
        TVector value = TWidth.Divide(TWidth.Multiply(inside, p), q);
        value = TWidth.IfLess(one, value, one, value);
        // Exactly 1, so that 1 - erf cancels to 0 however large its factor is.
        value = TWidth.IfLess(end, magnitude, one, value);
        return TWidth.CopySign(value, x);
    }

    /// <summary>x/2 (1 + erf(x/√2)) within 2e-7 max(1, |x|) absolutely, as torch computes it; 0 at minus infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector erf = Erf<TWidth, TVector>(TWidth.Multiply(x, TWidth.Create(0.70710678f)));
        // Minus infinity must not meet a factor of 0.
        TVector bottom = TWidth.Create(-16);
        TVector half = TWidth.Multiply(TWidth.IfLess(x, bottom, bottom, x), TWidth.Create(0.5f));
        return TWidth.MultiplyAdd(half, erf, half);
    }

    /// <summary>e^(-|x|), and |x| itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Decay<TWidth, TVector>(TVector x, out TVector magnitude)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector end = TWidth.Create(110);
        magnitude = TWidth.Abs(x);
        TVector inside = TWidth.IfLess(end, magnitude, end, magnitude);
        return ExpInRange<TWidth, TVector>(TWidth.Subtract(TWidth.Create(0), inside));
    }

    /// <summary>eˣ for x of -110 to 90: 2ⁿ times a polynomial of the rest, which is within ±ln 2 / 2 and has the relative error 3e-9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpInRange<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector n = TWidth.Round(TWidth.Multiply(x, TWidth.Create(1.44269504f)));
        // ln 2 in two parts, the first of which has so few bits that n times it is exact.
        TVector rest = TWidth.MultiplyAdd(n, TWidth.Create(-0.693359375f), x);
        rest = TWidth.MultiplyAdd(n, TWidth.Create(2.12194440e-4f), rest);
        TVector p = TWidth.Create(0.0013814559f);
        p = TWidth.MultiplyAdd(p, rest, TWidth.Create(0.008368745f));
        p = TWidth.MultiplyAdd(p, rest, TWidth.Create(0.04166839f));
        p = TWidth.MultiplyAdd(p, rest, TWidth.Create(0.16666521f));
        p = TWidth.MultiplyAdd(p, rest, TWidth.Create(0.49999994f));
        p = TWidth.MultiplyAdd(p, TWidth.Multiply(rest, rest), rest);
        return TWidth.Scale(TWidth.Add(p, TWidth.Create(1)), n);
    }
}
