using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Tests.Imaging.Png;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Inpainting;

public sealed class InpaintMaskTests
{
    [Theory]
    [InlineData(1, 40, 30)]
    [InlineData(4, 40, 30)]
    [InlineData(7, 5, 90)]
    [InlineData(500, 12, 9)]
    public void Feathering_reaches_three_times_its_pixels_and_not_one_further(int pixels, int width, int height)
    {
        float[] values = new float[width * height];
        for (int i = 0; i < values.Length; i++) values[i] = i % width < width / 2 ? 1 : 0;
        InpaintMask soft = new InpaintMask(width, height, values).Feather(pixels);
        for (int x = 0; x < width; x++)
        {
            float value = soft.Values[height / 2 * width + x];
            int beyond = x - width / 2;
            if (beyond >= 3 * pixels) Assert.Equal(0, value);
            else if (-beyond > 3 * pixels) Assert.Equal(1, value);
            else Assert.InRange(value, 0, 1);
            if (x > 0) Assert.True(value <= soft.Values[height / 2 * width + x - 1]);
        }
        if (width == 40) Assert.InRange(soft.Values[width / 2 - 1] + soft.Values[width / 2], 0.999f, 1.001f);
    }

    [Fact]
    public void A_feathered_point_is_nearly_a_Gaussian_of_that_standard_deviation()
    {
        float[] values = new float[101 * 101];
        values[50 * 101 + 50] = 1;
        // A line's worth of points, so that values stay large next to their rounding.
        for (int x = 0; x < 101; x++) values[50 * 101 + x] = 1;
        float[] soft = new InpaintMask(101, 101, values).Feather(6).Values;
        double mean = 0, square = 0, sum = 0;
        for (int y = 0; y < 101; y++)
        {
            double value = soft[y * 101 + 50];
            (sum, mean, square) = (sum + value, mean + value * y, square + value * y * y);
        }
        Assert.InRange(sum, 0.999, 1.001);
        Assert.InRange(Math.Sqrt(square / sum - mean / sum * (mean / sum)), 6, 7);
    }

    [Fact]
    public void Feathering_outwards_takes_nothing_from_what_is_repainted()
    {
        InpaintMask mask = new(5, 1, [1, 1, 0.5f, 0, 0]);
        float[] soft = mask.Feather(1, outwards: true).Values;
        Assert.Equal([1, 1], soft[..2]);
        Assert.InRange(soft[2], 0.5f, 1);
        Assert.True(soft[3] > 0);
    }

    [Property(MaxTest = 50)]
    public void Feathered_values_stay_masks_and_twice_inverted_ones_come_back(byte[] bytes, byte feather)
    {
        if (bytes is null || bytes.Length == 0) return;
        InpaintMask mask = new(bytes.Length, 1, [.. bytes.Select(b => b / 255f)]);
        InpaintMask soft = mask.Feather(feather);
        Assert.All(soft.Values, value => Assert.InRange(value, 0, 1));
        for (int i = 0; i < bytes.Length; i++) Assert.Equal(mask.Values[i], mask.Invert().Invert().Values[i], 1e-6);
    }

    [Fact]
    public void Painted_white_is_repainted_and_traces_count_as_black_or_white()
    {
        byte[] png = new PngBuilder(5, 1, 0, 8, [0, 5, 128, 250, 255]).Build();
        InpaintMask mask = InpaintMask.FromPicture(ImageFile.Decode(png, "mask"));
        Assert.Equal([0, 0, 128 / 255f, 1, 1], mask.Values);
        Assert.Equal(MaskSource.Painted, mask.Source);
    }

    [Fact]
    public void What_is_transparent_in_a_painted_mask_is_kept_whatever_colour_it_hides()
    {
        byte[] png = new PngBuilder(3, 1, 6, 8, [255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 255]).Build();
        Assert.Equal([1, 0, 0], InpaintMask.FromPicture(ImageFile.Decode(png, "mask")).Values);
    }

    [Fact]
    public void Of_a_picture_s_alpha_what_is_transparent_is_repainted()
    {
        Assert.Equal([1, 0, 55 / 255f], InpaintMask.FromAlpha(new Image(3, 1, new byte[9], [0, 255, 200])).Values);
        Assert.True(InpaintMask.FromAlpha(new Image(3, 1, new byte[9])).IsEmpty);
    }

    [Fact]
    public void Of_a_depth_map_its_range_is_repainted_ends_included()
    {
        DepthMap depth = new(5, 1, [10, 12, 16, 18, 20]);
        Assert.Equal([0, 0, 1, 1, 0], InpaintMask.FromDepth(depth, new DepthRange(0.6, 0.8)).Values);
        Assert.True(InpaintMask.FromDepth(new DepthMap(2, 1, [3, 3]), new DepthRange(0, 1)).IsEmpty);
        Assert.Throws<ArgumentException>(() => InpaintMask.FromDepth(depth, new DepthRange(0.8, 0.6)));
    }

    [Theory]
    [InlineData(9, 7)]
    [InlineData(100, 70)]
    public void A_full_mask_is_full_at_any_size_and_an_empty_one_empty(int width, int height)
    {
        float[] ones = new float[30 * 21];
        Array.Fill(ones, 1);
        Assert.True(new InpaintMask(30, 21, ones).ResizeTo(width, height).IsFull);
        Assert.True(new InpaintMask(30, 21, new float[30 * 21]).ResizeTo(width, height).IsEmpty);
    }

    [Fact]
    public void The_hash_knows_values_and_size_and_nothing_else()
    {
        InpaintMask mask = new(3, 2, [0, 1, 0, 0.5f, 1, 1]);
        Assert.Equal(mask.Hash, new InpaintMask(3, 2, [0, 1, 0, 0.5f, 1, 1], MaskSource.Alpha).Hash);
        Assert.NotEqual(mask.Hash, new InpaintMask(2, 3, [0, 1, 0, 0.5f, 1, 1]).Hash);
        Assert.NotEqual(mask.Hash, new InpaintMask(3, 2, [0, 1, 0, 0.6f, 1, 1]).Hash);
        Assert.Matches("^[0-9a-f]{10}$", mask.Hash);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-0.1f)]
    [InlineData(1.1f)]
    public void Values_outside_their_range_are_refused(float value) =>
        Assert.Throws<ArgumentException>(() => new InpaintMask(2, 1, [0, value]));
}
