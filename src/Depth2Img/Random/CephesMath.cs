namespace Depth2Img.Random;

/// <summary>
/// Single-precision logarithm, sine and cosine after Moshier's Cephes library, with fused multiply-adds. torch's
/// vectorised normals are made with these polynomials, so a seed gives the same bits here; and unlike the platform's
/// mathematics library they give the same bits on every machine.
/// </summary>
internal static class CephesMath
{
    private const float SqrtHalf = 0.707106781186547524f;

    /// <summary>ln x for a normal positive x.</summary>
    public static float Log(float x)
    {
        // x = m 2^e with m in [sqrt(1/2), sqrt 2), and the polynomial is in m - 1.
        int bits = BitConverter.SingleToInt32Bits(x);
        float e = (bits >> 23) - 126;
        float m = BitConverter.Int32BitsToSingle((bits & 0x007fffff) | 0x3f000000);
        if (m < SqrtHalf)
        {
            e -= 1;
            m = m - 1 + m;
        }
        else
        {
            m -= 1;
        }

        float squared = m * m;
        float p = 7.0376836292e-2f;
        p = Fma(p, m, -1.1514610310e-1f);
        p = Fma(p, m, 1.1676998740e-1f);
        p = Fma(p, m, -1.2420140846e-1f);
        p = Fma(p, m, 1.4249322787e-1f);
        p = Fma(p, m, -1.6668057665e-1f);
        p = Fma(p, m, 2.0000714765e-1f);
        p = Fma(p, m, -2.4999993993e-1f);
        p = Fma(p, m, 3.3333331174e-1f);
        p *= m;
        // ln 2 in two parts, of which the larger times e is exact.
        p = Fma(p, squared, e * -2.12194440e-4f);
        p = Fma(squared, -0.5f, p);
        return Fma(e, 0.693359375f, m + p);
    }

    /// <summary>Sine and cosine of an angle from 0 to 8192.</summary>
    public static (float Sin, float Cos) SinCos(float x)
    {
        // The octant, made even: what remains is within pi / 4 of zero. pi / 4 in three parts keeps it exact.
        int octant = ((int)(x * 1.27323954473516f) + 1) & ~1;
        float y = octant;
        x = Fma(y, -0.78515625f, x);
        x = Fma(y, -2.4187564849853515625e-4f, x);
        x = Fma(y, -3.77489497744594108e-8f, x);
        float z = x * x;

        float cos = 2.443315711809948e-5f;
        cos = Fma(cos, z, -1.388731625493765e-3f);
        cos = Fma(cos, z, 4.166664568298827e-2f);
        cos *= z;
        cos = Fma(cos, z, z * -0.5f) + 1;

        float sin = -1.9515295891e-4f;
        sin = Fma(sin, z, 8.3321608736e-3f);
        sin = Fma(sin, z, -1.6666654611e-1f);
        sin *= z;
        sin = Fma(sin, x, x);

        return (octant & 6) switch
        {
            0 => (sin, cos),
            2 => (cos, -sin),
            4 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    private static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
