using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Imaging;

namespace Depth2Img.Tests.Composition;

public class CompositionScorerTests
{
    [Fact]
    public void A_picture_has_all_of_its_own_composition()
    {
        Image image = Disc(30, 200);
        Assert.Equal(new CompositionScore(1, 1), new CompositionScorer(image, new BrightIsNear()).Score(image));
    }

    [Fact]
    public void Scale_and_shift_of_depth_do_not_count_and_exchanging_near_and_far_does()
    {
        CompositionScorer scorer = new(Disc(0, 200), new BrightIsNear());
        Assert.Equal(1, scorer.Score(Disc(60, 110)).Depth, 6);
        Assert.Equal(-1, scorer.Score(Disc(200, 10)).Depth, 6);
        Assert.InRange(scorer.Score(Disc(200, 10)).Edges, 0.98, 1);
    }

    [Fact]
    public void A_picture_without_anything_has_none_of_it() =>
        Assert.Equal(new CompositionScore(0, 0), new CompositionScorer(Disc(0, 200), new BrightIsNear()).Score(Disc(90, 90)));

    [Fact]
    public void A_picture_of_another_size_cannot_be_scored() =>
        Assert.Contains("64x64", Assert.Throws<ArgumentException>(() => new CompositionScorer(Disc(0, 200), new BrightIsNear()).Score(new Image(1, 1, new byte[3]))).Message);

    [Fact]
    public void A_mean_is_of_each_part()
    {
        Assert.Equal(new CompositionScore(0.5, 0.25), CompositionScore.Mean([new CompositionScore(1, 0.5), new CompositionScore(0, 0)]));
        Assert.Throws<ArgumentException>(() => CompositionScore.Mean([]));
    }

    private static Image Disc(int ground, int disc)
    {
        byte[] pixels = new byte[3 * 64 * 64];
        for (int i = 0; i < 64 * 64; i++)
        {
            int x = i % 64 - 32, y = i / 64 - 32;
            pixels.AsSpan(3 * i, 3).Fill((byte)(x * x + y * y < 400 ? disc : ground));
        }
        return new Image(64, 64, pixels);
    }

    private sealed class BrightIsNear : IDepthEstimator
    {
        public string Name => "bright is near";

        public DepthMap Estimate(Image image, CancellationToken cancellationToken = default) =>
            new(image.Width, image.Height, [.. image.Pixels.Where((_, i) => i % 3 == 0).Select(v => (float)v)]);

        public DepthMap ResizeToPicture(DepthMap raw, int width, int height) => raw;

        public void Dispose() { }
    }
}
