using Depth2Img.Composition;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Composition;

public class CannyEdgesTests
{
    [Fact]
    public void A_step_is_one_line_where_the_step_is()
    {
        EdgeMap edges = CannyEdges.Detect(Gray(64, 48, (x, _) => x < 30 ? 50 : 200));
        Assert.Equal(48, edges.Count);
        Assert.All(Enumerable.Range(0, 48), y => Assert.True(edges.IsEdge[y * 64 + 29] || edges.IsEdge[y * 64 + 30]));
    }

    [Fact]
    public void A_disc_is_a_closed_ring_of_its_radius()
    {
        EdgeMap edges = CannyEdges.Detect(Gray(100, 100, (x, y) => Distance(x, y) < 30 ? 220 : 40));
        Assert.InRange(edges.Count, 2 * 30 * 2.5, 2 * 30 * 3.8);
        for (int y = 0; y < 100; y++)
        {
            for (int x = 0; x < 100; x++)
            {
                if (edges.IsEdge[y * 100 + x]) Assert.InRange(Distance(x, y), 28.5, 31.5);
            }
        }

        static double Distance(int x, int y) => Math.Sqrt((x - 50.0) * (x - 50) + (y - 50.0) * (y - 50));
    }

    [Fact]
    public void What_is_even_or_nearly_so_has_no_edges()
    {
        Assert.Equal(0, CannyEdges.Detect(Gray(40, 40, (_, _) => 128)).Count);
        Assert.Equal(0, CannyEdges.Detect(Gray(40, 40, (x, _) => 128 + x % 2)).Count);
        Assert.Equal(0, CannyEdges.Detect(Gray(40, 40, (x, _) => x < 20 ? 128 : 132)).Count);
        Assert.Equal(0, CannyEdges.Detect(Gray(1, 1, (_, _) => 9)).Count);
    }

    [Fact]
    public void A_weak_edge_counts_only_where_it_hangs_together_with_a_strong_one()
    {
        // A board of strong edges, a step half as high that begins at it, and one as high that stands alone.
        EdgeMap edges = CannyEdges.Detect(Gray(96, 64, (x, y) => x < 32 ? (x / 8 + y / 8) % 2 * 200 + 20 : (x < 60 && y >= 32) || x >= 80 ? 120 : 20));
        Assert.All(Enumerable.Range(36, 20), x => Assert.True(Enumerable.Range(30, 4).Any(y => edges.IsEdge[y * 96 + x]), $"column {x} of the step at the board"));
        Assert.All(Enumerable.Range(0, 64), y => Assert.False(AnyEdge(edges, y, 72, 88), $"row {y} of the step alone"));
    }

    [Fact]
    public void Contrast_does_not_matter()
    {
        EdgeMap strong = CannyEdges.Detect(Gray(80, 80, (x, y) => (x / 20 + y / 20) % 2 * 200));
        EdgeMap soft = CannyEdges.Detect(Gray(80, 80, (x, y) => 100 + (x / 20 + y / 20) % 2 * 40));
        Assert.InRange(soft.Count, 0.97 * strong.Count, 1.03 * strong.Count);
        Assert.InRange(CompositionScore.EdgeF1(strong, soft), 0.97, 1);
    }

    [Fact]
    public void Large_pictures_are_looked_at_at_one_size()
    {
        EdgeMap edges = CannyEdges.Detect(Gray(1024, 512, (x, _) => x < 512 ? 0 : 255));
        Assert.Equal((256, 128), (edges.Width, edges.Height));
        Assert.Equal(128, edges.Count);
        Assert.Equal((256, 1), (CannyEdges.Detect(Gray(2000, 2, (x, _) => x % 256)).Width, CannyEdges.Detect(Gray(2000, 2, (x, _) => x % 256)).Height));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 5)]
    [InlineData(1.5, 9)]
    [InlineData(2, 13)]
    public void Near_is_a_disc(double distance, int pixels)
    {
        bool[] one = new bool[81];
        one[40] = true;
        Assert.Equal(pixels, new EdgeMap(9, 9, one).Near(distance).Count(near => near));
    }

    [Fact]
    public void F1_is_1_for_the_same_edges_within_the_tolerance_and_0_beyond_it()
    {
        // The diagonal of 120x90 is 150: within 1.5 pixels.
        EdgeMap lines = Line(45), beside = Line(46), far = Line(48), none = new(120, 90, new bool[120 * 90]);
        Assert.Equal(1, CompositionScore.EdgeF1(lines, lines));
        Assert.Equal(1, CompositionScore.EdgeF1(lines, beside));
        Assert.Equal(0, CompositionScore.EdgeF1(lines, far));
        Assert.Equal(0, CompositionScore.EdgeF1(lines, none));
        Assert.Equal(0, CompositionScore.EdgeF1(none, lines));
        Assert.Equal(1, CompositionScore.EdgeF1(none, none));

        // Half of what is found is right, and all that is there is found: 2 * 0.5 * 1 / 1.5.
        EdgeMap both = new(120, 90, [.. lines.IsEdge.Zip(far.IsEdge, (a, b) => a || b)]);
        Assert.Equal(2.0 / 3, CompositionScore.EdgeF1(lines, both), 12);
    }

    private static EdgeMap Line(int row) => new(120, 90, [.. Enumerable.Range(0, 120 * 90).Select(i => i / 120 == row)]);

    private static bool AnyEdge(EdgeMap edges, int y, int from, int to) => Enumerable.Range(from, to - from + 1).Any(x => edges.IsEdge[y * edges.Width + x]);

    private static Image Gray(int width, int height, Func<int, int, int> value)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++) pixels.AsSpan(3 * i, 3).Fill((byte)value(i % width, i / width));
        return new Image(width, height, pixels);
    }
}
