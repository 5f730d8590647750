using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Layers;

public sealed class DepthLayeringTests
{
    private static readonly Image Meadow = ImageFile.Load(Repository.Samples("rendered/meadow.png")).ToRgb();
    private static readonly DepthMap MeadowDepth = DepthMapFile.Load(Repository.Samples("rendered/meadow-depth16.png"));

    [Theory]
    [InlineData(2, 0.03)]
    [InlineData(3, 0)]
    [InlineData(4, 0.1)]
    public void Masks_sum_to_1_everywhere_at_every_size(int count, double softness)
    {
        LayerMasks masks = DepthLayering.Cut(Meadow, MeadowDepth, LayerCut.Automatic(count), softness);
        Assert.Equal(count, masks.Count);
        Assert.Equal(count - 1, masks.Thresholds.Count);
        AssertSumsTo1(masks);
        AssertSumsTo1(masks.ResizeTo(100, 37));
        LayerMasks latents = masks.ToLatents(new WorkingSize(61, 43));
        Assert.Equal((8, 6), (latents.Width, latents.Height));
        AssertSumsTo1(latents);
        Assert.Equal(1, Enumerable.Range(0, count).Sum(masks.ShareOf), 1e-5);
    }

    [Fact]
    public void Softness_is_the_width_of_the_passage_in_the_picture()
    {
        DepthMap step = new(200, 4, [.. Enumerable.Range(0, 800).Select(i => i % 200 < 100 ? 0f : 1f)]);
        Image gray = new(200, 4, new byte[2400]);
        foreach (double softness in (double[])[0, 0.05, 0.2])
        {
            float[] row = DepthLayering.Cut(gray, step, LayerCut.At(0.5), softness)[0][..200].ToArray();
            int passage = row.Count(value => value is > 0 and < 1);
            Assert.InRange(passage, 200 * softness - 1, 200 * softness + 1);
            Assert.Equal(100 - passage / 2, row.Count(value => value == 1));
        }
    }

    [Fact]
    public void A_cut_moves_to_the_pictures_own_edge()
    {
        // The subject begins at column 200; its depth, blurred, is halfway at column 197.
        byte[] pixels = new byte[3 * 400 * 40];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i / 3 % 400 < 200 ? 40 : 200);
        DepthMap blurred = new(400, 40, [.. Enumerable.Range(0, 400 * 40).Select(i => Math.Clamp((i % 400 - 187) / 20f, 0, 1))]);
        float[] near = DepthLayering.Cut(new Image(400, 40, pixels), blurred, LayerCut.At(0.5), 0)[0][(20 * 400)..(21 * 400)].ToArray();
        Assert.Equal(203, blurred.Values.Take(400).Count(value => value >= 0.5f));
        Assert.Equal(200, near.Count(value => value == 1));
    }

    [Fact]
    public void Masks_that_overlap_belong_to_the_first_and_the_rest_is_last()
    {
        Image first = Painted(x => x < 6), second = Painted(x => x < 9);
        LayerMasks masks = DepthLayering.Cut(new Image(12, 1, new byte[36]), null, LayerCut.By(first, second), 0);
        Assert.Equal([1f, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], masks[0].ToArray());
        Assert.Equal([0f, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0], masks[1].ToArray());
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], masks[2].ToArray());
        Assert.Empty(masks.Thresholds);

        static Image Painted(Func<int, bool> inside) => new(12, 1, [.. Enumerable.Range(0, 36).Select(i => inside(i / 3) ? (byte)255 : (byte)0)]);
    }

    [Fact]
    public void Pictures_of_the_masks_are_white_where_the_layer_is_and_the_overlay_has_the_pictures_size()
    {
        LayerMasks masks = DepthLayering.Cut(Meadow, MeadowDepth, LayerCut.At(0.3, 0.6));
        Image near = masks.ToImage(0), overlay = masks.ToOverlay(Meadow);
        for (int i = 0; i < masks[0].Length; i++) Assert.Equal((byte)MathF.Round(255 * masks[0][i]), near.Pixels[3 * i]);
        Assert.Equal((Meadow.Width, Meadow.Height), (overlay.Width, overlay.Height));
        Assert.Throws<ArgumentException>(() => masks.ToOverlay(new Image(2, 2, new byte[12])));
    }

    [Fact]
    public void Two_groups_are_parted_between_them_and_more_groups_are_the_best_of_all_cuts()
    {
        Assert.Equal(0.5, Assert.Single(DepthThresholds.Find([0.1f, 0.12f, 0.11f, 0.9f, 0.88f, 0.89f], 2)), 0.01);
        System.Random random = new(1);
        for (int round = 0; round < 20; round++)
        {
            float[] values = [.. Enumerable.Range(0, 9).Select(_ => (random.Next(256) + 0.5f) / 256)];
            double[] found = DepthThresholds.Find(values, 3);
            double best = (from a in values from b in values where a < b && values.Min() < a select Spread(values, a, b)).Min();
            Assert.Equal(best, Spread(values, found[0], found[1]), 1e-6);
        }
    }

    [Fact]
    public void The_box_mean_is_the_mean_of_what_lies_in_the_box()
    {
        const int Width = 9, Height = 5, Radius = 2;
        float[] plane = [.. Enumerable.Range(0, Width * Height).Select(i => (float)(i * 37 % 23))];
        float[] means = new BoxMean(Width, Height, Radius).Of(plane);
        for (int i = 0; i < plane.Length; i++)
        {
            int x = i % Width, y = i / Width;
            Assert.Equal(plane.Where((_, j) => Math.Abs(j % Width - x) <= Radius && Math.Abs(j / Width - y) <= Radius).Average(), means[i], 1e-4f);
        }
    }

    [Fact]
    public void The_ramp_goes_by_the_exact_distance_to_the_border()
    {
        const int Side = 17, Ramp = 8;
        System.Random random = new(3);
        bool[] inside = [.. Enumerable.Range(0, Side * Side).Select(_ => random.Next(12) > 0)];
        float[] mask = SoftEdge.Of(inside, Side, Side, Ramp);
        for (int i = 0; i < mask.Length; i++)
        {
            double nearest = Enumerable.Range(0, mask.Length).Where(j => inside[j] != inside[i]).Min(j => Math.Sqrt(Math.Pow(i % Side - j % Side, 2) + Math.Pow(i / Side - j / Side, 2)));
            double t = Math.Clamp(0.5 + (inside[i] ? nearest - 0.5 : 0.5 - nearest) / Ramp, 0, 1);
            Assert.Equal(t * t * (3 - 2 * t), mask[i], 1e-5);
        }
    }

    private static void AssertSumsTo1(LayerMasks masks)
    {
        for (int i = 0; i < masks.Width * masks.Height; i++)
        {
            float sum = 0;
            for (int layer = 0; layer < masks.Count; layer++)
            {
                Assert.InRange(masks[layer][i], 0, 1);
                sum += masks[layer][i];
            }
            Assert.Equal(1, sum, 1e-5f);
        }
    }

    /// <summary>The sum of squared distances to the means of three groups.</summary>
    private static double Spread(float[] values, double first, double second) =>
        values.GroupBy(value => value >= second ? 2 : value >= first ? 1 : 0).Sum(group => group.Sum(value => Math.Pow(value - group.Average(v => (double)v), 2)));
}
