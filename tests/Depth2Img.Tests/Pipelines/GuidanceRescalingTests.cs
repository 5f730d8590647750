using Depth2Img.Pipelines;

namespace Depth2Img.Tests.Pipelines;

/// <summary>Guidance rescale against its definition, computed here from the networks' own predictions.</summary>
public class GuidanceRescalingTests
{
    [Theory]
    [InlineData(0.0f)]
    [InlineData(0.3f)]
    [InlineData(0.7f)]
    [InlineData(1.0f)]
    public void The_spread_goes_towards_the_conditional_halfs(float rescale)
    {
        System.Random random = new(5);
        float[] conditional = [.. Enumerable.Range(0, 4096).Select(_ => (float)(random.NextDouble() - 0.3))];
        float[] guided = [.. conditional.Select(value => (float)(3 * value + random.NextDouble()))];
        float[] result = [.. guided];
        GuidanceRescaling.Apply(result, conditional, rescale);

        // rescale_noise_cfg: guided * (std(conditional) / std(guided)), mixed with guided; torch's std divides by n-1.
        double scale = Deviation(conditional) / Deviation(guided);
        for (int i = 0; i < guided.Length; i++)
            Assert.Equal(rescale * (guided[i] * scale) + (1 - rescale) * guided[i], result[i], 1e-5);
        Assert.Equal(rescale * Deviation(conditional) + (1 - rescale) * Deviation(guided), Deviation(result), 1e-5);
    }

    [Fact]
    public void A_prediction_without_spread_is_left()
    {
        float[] flat = [2, 2, 2, 2];
        GuidanceRescaling.Apply(flat, [1, 2, 3, 4], 1);
        Assert.Equal([2, 2, 2, 2], flat);
    }

    private static double Deviation(float[] values)
    {
        double mean = values.Average(value => (double)value);
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
