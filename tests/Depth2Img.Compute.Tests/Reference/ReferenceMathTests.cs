using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Tests.Reference;

public class ReferenceMathTests
{
    // Values of the C library's erfc.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.1, 0.887537083981715)]
    [InlineData(0.5, 0.479500122186953)]
    [InlineData(1, 0.157299207050285)]
    [InlineData(1.5, 0.0338948535246893)]
    [InlineData(2, 0.00467773498104727)]
    [InlineData(2.499, 0.000409135755744605)]
    [InlineData(3, 2.20904969985854e-05)]
    [InlineData(4, 1.541725790028e-08)]
    [InlineData(5, 1.53745979442804e-12)]
    [InlineData(10, 2.08848758376254e-45)]
    [InlineData(-1, 1.84270079294972)]
    [InlineData(-3, 1.999977909503)]
    public void The_complementary_error_function_has_the_values_of_the_C_library(double x, double expected)
    {
        Assert.InRange(ReferenceMath.Erfc(x) / expected, 1 - 3e-12, 1 + 3e-12);
        Assert.InRange(ReferenceMath.Erf(x), 1 - expected - 1e-14, 1 - expected + 1e-14);
    }

    [Fact]
    public void Series_and_continued_fraction_meet()
    {
        double below = ReferenceMath.Erfc(Math.BitDecrement(2.5)), above = ReferenceMath.Erfc(2.5);
        Assert.InRange(below / above, 1 - 3e-12, 1 + 3e-12);
    }

    [Fact]
    public void Activations_have_their_limits_at_infinity_and_pass_NaN_on()
    {
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            Activation activation = new(kind, -2, 3);
            Assert.True(double.IsNaN(ReferenceMath.Activate(double.NaN, activation)), kind.ToString());
            (double low, double high) = kind switch
            {
                ActivationKind.None => (double.NegativeInfinity, double.PositiveInfinity),
                ActivationKind.Sigmoid => (0, 1),
                ActivationKind.Tanh => (-1, 1),
                ActivationKind.Clamp => (-2, 3),
                _ => (0, double.PositiveInfinity),
            };
            Assert.Equal(low, ReferenceMath.Activate(double.NegativeInfinity, activation) + 0.0);
            Assert.Equal(high, ReferenceMath.Activate(double.PositiveInfinity, activation));
        }
    }

    [Fact]
    public void An_activation_that_does_not_exist_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReferenceMath.Activate(0, new Activation((ActivationKind)99)));
}
