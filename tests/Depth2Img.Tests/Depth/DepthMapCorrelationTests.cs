using Depth2Img.Depth;
using Depth2Img.Tests.Imaging;

namespace Depth2Img.Tests.Depth;

public class DepthMapCorrelationTests
{
    private static DepthMap Golden() => new(24, 24, ImagesGolden.Floats("depth.in"));

    [Fact]
    public void Scale_and_shift_do_not_count()
    {
        DepthMap other = new(24, 24, [.. Golden().Values.Select(v => 0.01f * v - 40)]);
        Assert.Equal(1, DepthMap.Correlation(Golden(), other), 1e-6);
        Assert.Equal(1, DepthMap.Correlation(Golden(), Golden()), 1e-12);
        Assert.Equal(-1, DepthMap.Correlation(Golden(), Golden().Invert()), 1e-6);
    }

    [Fact]
    public void A_known_value_comes_out()
    {
        // By hand: deviations -1.5 -0.5 0.5 1.5 and -1 1 -1 1 give 2 / sqrt(5 x 4).
        double value = DepthMap.Correlation(new DepthMap(4, 1, [1, 2, 3, 4]), new DepthMap(4, 1, [1, 3, 1, 3]));
        Assert.Equal(2 / Math.Sqrt(20), value, 1e-12);
    }

    [Fact]
    public void Ranks_do_not_see_a_bend_and_share_ties()
    {
        DepthMap bent = Golden().Gamma(3);
        Assert.True(DepthMap.Correlation(Golden(), bent) < 0.99);
        Assert.Equal(1, DepthMap.RankCorrelation(Golden(), bent), 1e-3);
        // Ranks 0 1.5 1.5 3 against 0 1 2 3.
        double value = DepthMap.RankCorrelation(new DepthMap(4, 1, [1, 2, 2, 9]), new DepthMap(4, 1, [1, 2, 3, 4]));
        Assert.Equal(4.5 / Math.Sqrt(4.5 * 5), value, 1e-12);
    }

    [Fact]
    public void A_flat_map_agrees_with_nothing()
    {
        float[] values = new float[24 * 24];
        Array.Fill(values, 0.1f);
        Assert.Equal(0, DepthMap.Correlation(Golden(), new DepthMap(24, 24, values)));
        Assert.Equal(0, DepthMap.RankCorrelation(Golden(), new DepthMap(24, 24, values)));
    }

    [Fact]
    public void Maps_of_different_sizes_are_refused() =>
        Assert.Throws<ArgumentException>(() => DepthMap.Correlation(Golden(), new DepthMap(1, 1, [1])));
}
