using Depth2Img.Random;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Random;

public class CephesMathTests
{
    [Property(MaxTest = 2000)]
    public Property The_logarithm_is_within_two_units_of_the_true_one_over_all_uniform_draws() =>
        Prop.ForAll(Gen.Choose(1, 1 << 24).ToArbitrary(), i =>
        {
            float x = i * (1f / (1 << 24));
            double exact = Math.Log(x);
            return Math.Abs(CephesMath.Log(x) - exact) <= 2.4e-7 * Math.Abs(exact);
        });

    [Property(MaxTest = 2000)]
    public Property Sine_and_cosine_are_within_1e7th_of_the_true_ones_over_a_turn() =>
        Prop.ForAll(Gen.Choose(0, (1 << 24) - 1).ToArbitrary(), i =>
        {
            float x = MathF.Tau * (i * (1f / (1 << 24)));
            (float sin, float cos) = CephesMath.SinCos(x);
            return Math.Abs(sin - Math.Sin(x)) <= 1e-7 && Math.Abs(cos - Math.Cos(x)) <= 1e-7;
        });

    [Fact]
    public void The_logarithm_of_one_is_exactly_zero() => Assert.Equal(0f, CephesMath.Log(1));
}
