namespace Depth2Img.Compute.Reference;

/// <summary>Activations in double precision.</summary>
internal static class ReferenceMath
{
    public static double Activate(double x, Activation activation) => activation.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Silu => TimesSigmoid(x, x),
        ActivationKind.Gelu => Gelu(x),
        ActivationKind.QuickGelu => TimesSigmoid(x, 1.702 * x),
        ActivationKind.Relu => Math.Max(x, 0),
        ActivationKind.Sigmoid => Sigmoid(x),
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Clamp => Math.Min(Math.Max(x, activation.Low), activation.High),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation."),
    };

    /// <summary>x/2 (1 + erf(x/√2)), written with erfc, which keeps its relative precision far on the left.</summary>
    public static double Gelu(double x) => double.IsNegativeInfinity(x) ? 0 : x * 0.5 * Erfc(-x * Math.Sqrt(0.5));

    /// <summary>The error function, to about 1e-15 of its value.</summary>
    public static double Erf(double x) => Math.Abs(x) < 2.5 ? ErfSeries(x) : 1 - Erfc(x);

    /// <summary>The complementary error function, 1 - erf(x), to 3e-12 of its value.</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x < 0) return 2 - Erfc(-x);
        if (x > 27.5) return 0; // below the smallest double
        return x < 2.5 ? 1 - ErfSeries(x) : ErfcFraction(x);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>x sigmoid(y), where x and y have one sign: at minus infinity the limit 0 and not infinity times 0.</summary>
    private static double TimesSigmoid(double x, double y) => double.IsNegativeInfinity(x) ? 0 : x * Sigmoid(y);

    /// <summary>erf(x) = 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), whose terms all have one sign (Abramowitz and Stegun 7.1.6).</summary>
    private static double ErfSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>erfc(x) = exp(-x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))) for x of 2 or more (Abramowitz and Stegun 7.1.14).</summary>
    private static double ErfcFraction(double x)
    {
        double tail = x;
        for (int n = 80; n >= 1; n--) tail = x + 0.5 * n / tail;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / tail;
    }
}
