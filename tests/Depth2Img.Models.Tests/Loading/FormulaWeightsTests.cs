using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Models.Tests.Loading;

public class FormulaWeightsTests
{
    private static readonly FormulaWeights Weights = FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json"));

    [Theory]
    [InlineData("conv_in.bias", 0, -0.5159627199172974 / 50)]
    [InlineData("conv_in.bias", 319, -0.8992477655410767 / 50)]
    [InlineData("conv_norm_out.weight", 5, 1.0353227853775024)]
    [InlineData("conv_in.weight", 14399, 0.02087414264678955 * 0.2581988897471611)]
    public void Values_are_those_of_the_formula(string name, int index, double expected) =>
        Assert.Equal(expected, Weights[name].ToFloats()[index], 1e-7);

    [Fact]
    public void A_value_does_not_depend_on_how_many_are_made_at_once()
    {
        float[] many = FormulaWeights.Uniform("input.sample", 600_001, 1);
        for (int count = 1; count < 20; count++) Assert.Equal(many[..count], FormulaWeights.Uniform("input.sample", count, 1));
    }

    [Fact]
    public void Sizes_are_the_file_s() => Assert.Equal([320, 5, 3, 3], Weights["conv_in.weight"].Dimensions.ToArray());
}
