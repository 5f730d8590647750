using Depth2Img.Depth;
using Depth2Img.Inpainting;

namespace Depth2Img.Tests.Inpainting;

/// <summary>What happens to values and rectangles around a mask, without any network.</summary>
public sealed class InpaintShapesTests
{
    [Theory]
    [InlineData(64, 48, 3)]
    [InlineData(101, 7, 2)]
    [InlineData(300, 200, 60)]
    public void A_plane_goes_on_as_a_plane_through_a_hole(int width, int height, int margin)
    {
        float[] plane = [.. Enumerable.Range(0, width * height).Select(i => 3 + 0.02f * (i % width) - 0.05f * (i / width))];
        bool[] hole = [.. Enumerable.Range(0, plane.Length).Select(i => i % width >= margin && i % width < width - margin && i / width >= margin && i / width < height - margin)];
        float[] holed = [.. plane.Select((value, i) => hole[i] ? 1000 : value)];
        float[] filled = HarmonicFill.Apply(holed, width, height, hole);
        float span = plane.Max() - plane.Min();
        for (int i = 0; i < plane.Length; i++) Assert.InRange(filled[i], plane[i] - 0.02f * span, plane[i] + 0.02f * span);
    }

    [Fact]
    public void Outside_of_holes_values_stay_and_inside_they_lie_within_the_rim_s_range()
    {
        const int Side = 40;
        System.Random random = new(1);
        float[] plane = [.. Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle())];
        bool[] hole = [.. Enumerable.Range(0, plane.Length).Select(i => random.Next(3) > 0 || i < 10 * Side)];
        float[] filled = HarmonicFill.Apply(plane, Side, Side, hole);
        for (int i = 0; i < plane.Length; i++)
        {
            if (!hole[i]) Assert.Equal(plane[i], filled[i]);
            else Assert.InRange(filled[i], -0.01f, 1.01f);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_plane_that_is_all_hole_or_has_none_stays_as_it_is(bool open)
    {
        bool[] hole = new bool[6];
        Array.Fill(hole, open);
        Assert.Equal([1, 2, 3, 4, 5, 6], HarmonicFill.Apply([1, 2, 3, 4, 5, 6], 3, 2, hole));
    }

    [Fact]
    public void Filled_depth_has_nothing_left_of_a_thing_even_of_its_blurred_edge()
    {
        DepthMap scene = Scene(thing: 9, edge: 5);
        InpaintMask mask = Square(200, 100, 80, 30, 40);
        DepthMap filled = InpaintDepthMaps.Continue(scene, mask);
        DepthMap empty = Scene(thing: null, edge: null);
        for (int i = 0; i < filled.Values.Length; i++) Assert.InRange(filled.Values[i], empty.Values[i] - 0.15f, empty.Values[i] + 0.15f);

        // Ground from 0 (far, above) to 4 (near, below), and a square thing on it with an edge as estimators blur it.
        static DepthMap Scene(float? thing, float? edge)
        {
            float[] values = [.. Enumerable.Range(0, 100 * 50).Select(i => 4f * (i / 100) / 49)];
            if (edge is { } rim) Paint(values, 39, 14, 22, rim);
            if (thing is { } near) Paint(values, 40, 15, 20, near);
            return new DepthMap(100, 50, values);
        }

        static void Paint(float[] values, int left, int top, int side, float value)
        {
            for (int y = top; y < top + side; y++) values.AsSpan(y * 100 + left, side).Fill(value);
        }
    }

    [Fact]
    public void Another_shape_has_the_map_s_range_inside_the_mask_and_the_map_stays_outside()
    {
        DepthMap depth = new(20, 10, [.. Enumerable.Range(0, 200).Select(i => 5f + i % 20)]);
        DepthMap shape = new(20, 10, [.. Enumerable.Range(0, 200).Select(i => i / 20 * 1000f)]);
        InpaintMask mask = Square(20, 10, 5, 0, 10);
        DepthMap result = InpaintDepthMaps.Reshape(depth, shape, mask);
        for (int i = 0; i < 200; i++)
        {
            if (mask.Values[i] == 0) Assert.Equal(depth.Values[i], result.Values[i]);
            else Assert.Equal(5 + 19 * (i / 20 / 9f), result.Values[i], 1e-4);
        }
    }

    [Fact]
    public void Another_shape_in_flat_surroundings_stands_out_to_either_side()
    {
        DepthMap result = InpaintDepthMaps.Reshape(new DepthMap(3, 1, [2, 2, 2]), new DepthMap(3, 1, [0, 1, 4]), new InpaintMask(3, 1, [0, 1, 1]));
        Assert.Equal([2, 1.75f, 2.5f], result.Values);
    }

    [Fact]
    public void The_area_around_a_mask_is_the_smallest_then_padded_then_of_the_aspect_and_inside()
    {
        float[] values = new float[100 * 60];
        values[20 * 100 + 30] = 0.1f;
        values[25 * 100 + 33] = 1;
        PixelArea tight = PixelArea.Of(new InpaintMask(100, 60, values));
        Assert.Equal(new PixelArea(30, 20, 4, 6), tight);
        Assert.Equal(new PixelArea(25, 18, 14, 10), tight.Grow(2, 1.4, 100, 60));
        Assert.Equal(new PixelArea(0, 0, 100, 60), tight.Grow(500, 100 / 60.0, 100, 60));
        PixelArea corner = new PixelArea(95, 55, 5, 5).Grow(4, 1, 100, 60);
        Assert.Equal(new PixelArea(87, 47, 13, 13), corner);
    }

    private static InpaintMask Square(int width, int height, int left, int top, int side) =>
        new(width, height, [.. Enumerable.Range(0, width * height).Select(i => i % width >= left && i % width < left + side && i / width >= top && i / width < top + side ? 1f : 0f)]);
}
