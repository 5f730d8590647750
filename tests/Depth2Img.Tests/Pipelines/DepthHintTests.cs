using Depth2Img.Depth;
using Depth2Img.Pipelines;

namespace Depth2Img.Tests.Pipelines;

public class DepthHintTests
{
    [Fact]
    public void Near_is_bright_far_is_dark_and_all_three_channels_are_the_same()
    {
        DepthMap ramp = new(16, 8, [.. Enumerable.Range(0, 128).Select(i => 5f + 2 * (i % 16))]);

        float[] hint = DepthHint.Make(ramp, new WorkingSize(16, 8));

        Assert.Equal(3 * 128, hint.Length);
        Assert.Equal((0, 1), (hint[0], hint[^1]));
        for (int p = 0; p < 128; p++) Assert.Equal([p % 16 / 15f, p % 16 / 15f, p % 16 / 15f], hint[(3 * p)..(3 * p + 3)].Select(v => MathF.Round(v * 15) / 15));
    }

    [Fact]
    public void A_map_of_another_size_fills_the_working_size_with_its_whole_range()
    {
        DepthMap small = new(3, 2, [0, 1, 2, 3, 4, 5]);
        float[] hint = DepthHint.Make(small, new WorkingSize(24, 16));
        Assert.Equal((0, 1), (hint.Min(), hint.Max()));
    }

    [Fact]
    public void Beyond_a_picture_whose_sides_are_no_multiples_of_8_its_edges_go_on()
    {
        DepthMap ramp = new(10, 9, [.. Enumerable.Range(0, 90).Select(i => (float)i)]);

        float[] hint = DepthHint.Make(ramp, new WorkingSize(10, 9));

        Assert.Equal(3 * 16 * 16, hint.Length);
        Assert.Equal(hint[3 * 9], hint[3 * 15]);
        Assert.Equal(hint[3 * (8 * 16 + 4)], hint[3 * (15 * 16 + 4)]);
        Assert.Equal(1, hint[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7.3f)]
    [InlineData(-1e30f)]
    public void A_flat_map_is_gray_all_over_whatever_its_value(float value)
    {
        DepthMap flat = new(5, 5, [.. Enumerable.Repeat(value, 25)]);
        Assert.All(DepthHint.Make(flat, new WorkingSize(33, 17)), v => Assert.Equal(0.5f, v));
    }
}
