namespace Depth2Img.Compute.Tests.Support;

/// <summary>
/// How far a sum in single precision may be from the exact one. A sum of n products drifts like a random walk, so its error
/// is about ε √n times the size of the products, √Σ a²b²; that is found by giving the squares of all operands to the reference.
/// </summary>
internal static class RoundingBound
{
    private const double Epsilon = 1.0 / (1 << 24);

    /// <summary>Fails where a value is further from the reference than rounding explains.</summary>
    /// <param name="expected">The reference's values.</param>
    /// <param name="actual">The kernel's values.</param>
    /// <param name="squares">For each value the sum of its products' squares.</param>
    /// <param name="terms">Products a sum.</param>
    /// <param name="what">For the message.</param>
    /// <param name="relative">What is allowed beside it, relative to the value: the error of a function applied to the sum.</param>
    public static void AssertAll(float[] expected, float[] actual, float[] squares, int terms, string what, double relative = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        double factor = Epsilon * (4 * Math.Sqrt(terms) + 8);
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = factor * Math.Sqrt(squares[i]) + relative * Math.Abs(expected[i]) + 1e-30;
            if (!(Math.Abs((double)actual[i] - expected[i]) <= bound))
                Assert.Fail($"{what}[{i}]: expected {expected[i]:R}, found {actual[i]:R}, more than {bound:g3} apart");
        }
    }
}
