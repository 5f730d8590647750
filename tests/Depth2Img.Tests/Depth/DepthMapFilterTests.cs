using Depth2Img.Depth;
using Depth2Img.Tests.Depth.Views;
using FsCheck;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Depth;

public sealed class DepthMapFilterTests
{
    private const int Width = 61, Height = 47;

    /// <summary>Every operation, each with settings that change the map.</summary>
    private static readonly Dictionary<string, Func<DepthMap, DepthMap>> _operations = new()
    {
        ["blur"] = map => map.Blur(1.5),
        ["smooth"] = map => map.Smooth(4),
        ["median"] = map => map.Median(2),
        ["sharpen"] = map => map.SharpenEdges(3),
        ["gamma"] = map => map.Gamma(0.7),
        ["clip"] = map => map.Clip(0.1, 0.9),
        ["invert"] = map => map.Invert(),
        ["plane"] = map => map.RemovePlane(),
        ["nearer"] = map => map.Blend(map.Shift(0.2), DepthMask.Ellipse(map.Width, map.Height, 10, 10, 30, 20).Feather(3)),
        ["merge"] = map => map.Blend(map.Invert().AlignTo(map), DepthMask.Rectangle(map.Width, map.Height, 5, 5, 20, 20)),
    };

    public static TheoryData<string> Operations => [.. _operations.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void More_than_256_levels_come_through_every_operation_and_every_format(string operation)
    {
        using TestSupport.TemporaryFolder folder = new();
        DepthMapFile.Save(folder.File("in.png"), Bumps());
        DepthMap edited = _operations[operation](DepthMapFile.Load(folder.File("in.png")));
        Assert.True(Levels(edited) > 256, $"{Levels(edited)} levels");
        foreach (string name in new[] { "out.png", "out.npy", "out.pfm" })
        {
            DepthMapFile.Save(folder.File(name), edited);
            DepthMap read = DepthMapFile.Load(folder.File(name));
            Assert.True(Levels(read) > 256, $"{Levels(read)} levels in {name}");
            if (name == "out.png") Assert.Equal(edited.ToGray16(), read.ToGray16());
            else Assert.Equal(edited.Values, read.Values);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_flat_map_stays_flat(string operation)
    {
        DepthMap edited = _operations[operation](Scenes.Of(Width, Height, (_, _) => 3.25));
        Assert.All(edited.Values, value => Assert.Equal(3.25f, value, 1e-5));
    }

    [Property(MaxTest = 100)]
    public void Any_map_comes_through_every_operation(PositiveInt width, PositiveInt height, int seed)
    {
        System.Random random = new(seed);
        DepthMap map = Scenes.Of(Math.Min(40, width.Get), Math.Min(40, height.Get), (_, _) => random.NextDouble() * 100 - 50);
        foreach (string name in _operations.Keys.Except(["nearer", "merge"]))
        {
            DepthMap edited = _operations[name](map);
            Assert.Equal((map.Width, map.Height), (edited.Width, edited.Height));
        }
    }

    [Fact]
    public void A_blur_spreads_a_point_as_a_Gaussian_and_keeps_the_sum()
    {
        DepthMap blurred = Scenes.Of(41, 41, (x, y) => x == 20 && y == 20 ? 1 : 0).Blur(2);
        Assert.Equal(1, blurred.Values.Sum(), 1e-4);
        Assert.Equal(Math.Exp(-0.5 * 9 / 4), blurred.Values[20 * 41 + 23] / blurred.Values[20 * 41 + 20], 1e-4);
        Assert.Equal(blurred.Values[20 * 41 + 23], blurred.Values[23 * 41 + 20], 1e-6);
    }

    [Fact]
    public void A_blur_repeats_the_edges()
    {
        DepthMap blurred = Scenes.Of(30, 4, (x, _) => x < 15 ? 0 : 1).Blur(1);
        Assert.Equal(0, blurred.Values[0], 1e-6);
        Assert.Equal(1, blurred.Values[29], 1e-6);
        Assert.Equal(0.5, (blurred.Values[14] + blurred.Values[15]) / 2, 1e-6);
    }

    [Fact]
    public void Smoothing_takes_off_small_waves_and_keeps_steps()
    {
        DepthMap smooth = Scenes.Of(80, 40, (x, y) => (x < 40 ? 0 : 1) + 0.01 * ((x + y) % 2)).Smooth(4, 0.05);
        Assert.InRange(smooth.Values[20 * 80 + 38], 0, 0.03);
        Assert.InRange(smooth.Values[20 * 80 + 41], 0.97, 1.02);
        float[] wall = [.. Enumerable.Range(10, 20).Select(x => smooth.Values[20 * 80 + x])];
        Assert.True(wall.Max() - wall.Min() < 0.002, "the waves are gone");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(25)]
    public void A_median_is_the_middle_of_its_window(int radius)
    {
        DepthMap map = Bumps(), filtered = map.Median(radius);
        for (int y = 0; y < Height; y += 7)
        {
            for (int x = 0; x < Width; x += 5)
            {
                float[] window = [.. from row in Enumerable.Range(y - radius, 2 * radius + 1) from column in Enumerable.Range(x - radius, 2 * radius + 1)
                    where row >= 0 && row < Height && column >= 0 && column < Width orderby map.Values[row * Width + column] select map.Values[row * Width + column]];
                float middle = (float)(((double)window[window.Length / 2] + window[(window.Length - 1) / 2]) / 2);
                Assert.Equal(middle, filtered.Values[y * Width + x]);
            }
        }
    }

    [Fact]
    public void Sharpening_makes_slopes_steps_and_leaves_slanting_floors()
    {
        DepthMap sharp = Scenes.Of(200, 100, (x, y) => x < 100 ? y / 200.0 : Math.Min(1, y / 200.0 + (x - 100) / 6.0)).SharpenEdges(6);
        for (int y = 0; y < 100; y++)
        {
            for (int x = 0; x < 88; x++) Assert.Equal(y / 200f, sharp.Values[y * 200 + x], 1e-6);
        }
        float[] row = sharp.Values[(50 * 200)..(51 * 200)];
        Assert.True(row[110] - row[98] > 0.6);
        Assert.True(Enumerable.Range(95, 15).Count(x => row[x + 1] - row[x] > 0.05) <= 3, "the slope is a step or nearly so");
    }

    [Fact]
    public void Sharpening_is_the_same_wherever_the_rows_are_cut_into_bands()
    {
        const int width = 9, height = 600, radius = 2;
        System.Random random = new(3);
        DepthMap map = Scenes.Of(width, height, (_, _) => random.NextDouble());
        float[] expected = map.Values;
        double range = (double)map.Range.Near - map.Range.Far;
        for (int pass = 0; pass < 2; pass++)
        {
            float[] before = expected;
            expected = [.. before.Select((value, i) =>
            {
                float[] window = [.. from y in Enumerable.Range(i / width - radius, 2 * radius + 1) from x in Enumerable.Range(i % width - radius, 2 * radius + 1)
                    where y >= 0 && y < height && x >= 0 && x < width select before[y * width + x]];
                double span = (double)window.Max() - window.Min(), above = (double)value - window.Min();
                return span <= 0.1 * range || above <= 0.1 * span || above >= 0.9 * span ? value : above < span / 2 ? window.Min() : window.Max();
            })];
        }
        Assert.Equal(expected, map.SharpenEdges(radius).Values);
    }

    [Fact]
    public void A_floors_plane_is_taken_off_and_what_stands_on_it_does_not_tilt_it()
    {
        DepthMap removed = Scenes.Of(90, 60, (x, y) => 0.02 * x + 0.05 * y + (x >= 60 && x < 80 && y >= 5 && y < 30 ? 3 : 0)).RemovePlane();
        float[] floor = [.. removed.Values.Where((_, i) => !(i % 90 is >= 60 and < 80 && i / 90 is >= 5 and < 30))];
        Assert.True(floor.Max() - floor.Min() < 1e-3, $"the floor is flat to {floor.Max() - floor.Min()}");
        Assert.Equal(3, removed.Values[10 * 90 + 70] - removed.Values[50 * 90 + 10], 1e-3);
    }

    [Fact]
    public void A_plane_can_be_sought_in_a_region()
    {
        DepthMap map = Scenes.Of(60, 60, (x, y) => x < 30 ? 0.1 * y : 5 - 0.2 * y);
        DepthMap removed = map.RemovePlane(DepthMask.Rectangle(60, 60, 0, 0, 30, 60));
        Assert.Equal(removed.Values[0], removed.Values[59 * 60], 1e-3);
        Assert.Equal(-0.3 * 59, removed.Values[59 * 60 + 59] - removed.Values[59], 1e-3);
    }

    [Fact]
    public void Shifts_are_parts_of_the_range()
    {
        DepthMap map = Scenes.Of(5, 1, (x, _) => 10 * x), shifted = map.Shift(0.25);
        Assert.Equal([10, 20, 30, 40, 50], shifted.Values);
        Assert.Equal(map.Values, shifted.Shift(-0.25).Values);
    }

    [Fact]
    public void Merging_takes_the_other_map_where_the_mask_says()
    {
        DepthMap merged = Scenes.Of(4, 4, (_, _) => 1).Blend(Scenes.Of(4, 4, (_, _) => 3), DepthMask.Rectangle(4, 4, 1, 1, 1.5, 1));
        Assert.Equal([1, 1, 1, 1, 1, 3, 2, 1], merged.Values[..8]);
        Assert.Throws<ArgumentException>(() => merged.Blend(Bumps(), DepthMask.Rectangle(4, 4, 0, 0, 1, 1)));
        Assert.Throws<ArgumentException>(() => merged.Blend(merged, DepthMask.Rectangle(5, 4, 0, 0, 1, 1)));
    }

    [Fact]
    public void A_map_of_another_unit_is_aligned_by_what_is_outside_the_region()
    {
        DepthMap truth = Bumps();
        DepthMask region = DepthMask.Rectangle(Width, Height, 10, 10, 20, 20);
        DepthMap other = truth.Blend(Scenes.Of(Width, Height, (_, _) => 40), region);
        other = new DepthMap(Width, Height, Array.ConvertAll(other.Values, v => 5 * v - 100));
        DepthMap aligned = other.AlignTo(truth, region);
        Assert.Equal(truth.Values[0], aligned.Values[0], 1e-4);
        Assert.Equal(40, aligned.Values[20 * Width + 20], 1e-3);
        // A region of everything leaves nothing to compare: then all is.
        Assert.Equal(truth.Values[0], truth.Shift(3).AlignTo(truth, DepthMask.Rectangle(Width, Height, 0, 0, Width, Height)).Values[0], 1e-4);
    }

    [Fact]
    public void Values_out_of_range_are_refused_by_a_sentence()
    {
        DepthMap map = Bumps();
        AssertRefused("blurred by 0", () => map.Blur(0));
        AssertRefused("blurred by NaN", () => map.Blur(double.NaN));
        AssertRefused("radius of 0", () => map.Smooth(0));
        AssertRefused("1 to 25", () => map.Median(26));
        AssertRefused("radius of -1", () => map.SharpenEdges(-1));
        AssertRefused("step of 0", () => map.Smooth(1, 0));
        AssertRefused("shifted by NaN", () => map.Shift(double.NaN));
        AssertRefused("no area", () => DepthMask.Rectangle(10, 10, 1, 1, 0, 5));
        AssertRefused("lies outside the 10x10", () => DepthMask.Ellipse(10, 10, 10, 1, 4, 5));
    }

    [Theory]
    [InlineData(0, 0, 10, 6)]
    [InlineData(2.5, 1.25, 4, 3.5)]
    [InlineData(-3, 2, 5, 2)]
    public void A_rectangles_coverage_is_its_area(double left, double top, double width, double height)
    {
        double inside = (Math.Min(10, left + width) - Math.Max(0, left)) * (Math.Min(6, top + height) - Math.Max(0, top));
        Assert.Equal(inside, DepthMask.Rectangle(10, 6, left, top, width, height).Coverage.Sum(), 1e-4);
    }

    [Fact]
    public void An_ellipses_coverage_is_nearly_its_area_and_a_feather_keeps_it()
    {
        DepthMask ellipse = DepthMask.Ellipse(100, 80, 20, 10, 60, 40);
        Assert.Equal(Math.PI * 30 * 20, ellipse.Coverage.Sum(), 10.0);
        Assert.Equal(ellipse.Coverage.Sum(), ellipse.Feather(2).Coverage.Sum(), 1.0);
        Assert.Equal(1, ellipse.Coverage[30 * 100 + 50]);
        Assert.Equal(0, ellipse.Coverage[0]);
        Assert.Equal(0.5, DepthMask.Rectangle(40, 1, 0, 0, 20, 1).Feather(3).Coverage.Skip(19).Take(2).Average(), 1e-3);
    }

    private static DepthMap Bumps() => Scenes.Of(Width, Height, (x, y) => 5 + 0.03 * x + 0.02 * y + Math.Sin(0.31 * x) * Math.Cos(0.17 * y + 1));

    private static int Levels(DepthMap map) => map.Values.Distinct().Count();

    private static void AssertRefused(string part, Func<object> action) =>
        Assert.Contains(part, Assert.ThrowsAny<Depth2ImgException>(action).Message, StringComparison.Ordinal);
}
