using System.Text.RegularExpressions;
using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Tests.Pipelines;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Composition;

public sealed class CompositionComparerTests(TinyPipeline tiny, ControlledPipeline controlled) : IClassFixture<TinyPipeline>, IClassFixture<ControlledPipeline>
{
    private static readonly Image Photo = ImageFile.Load(Repository.Samples("rendered/square.png")).ToRgb();

    private static readonly CompositionComparisonRequest Plain = new()
    {
        Generation = new DepthToImageRequest { Image = Photo, Prompt = "a <red> ball & \"more\"", Steps = 4, Seed = 3, MaxSize = 64, DepthModel = "checkpoint" },
        Strengths = [0.5, 1],
    };

    [Fact]
    public async Task Each_strength_has_a_picture_without_depth_and_one_with_it()
    {
        CompositionComparison made = await Compare(Plain with { Strengths = [1, 0.5, 1] });
        Assert.Equal([0.5, 1], made.Strengths);
        Assert.Equal([ComparisonMethod.DepthWithheld, ComparisonMethod.DepthToImage], made.Rows.Select(row => row.Method));
        Assert.All(made.Rows, row => Assert.Equal([0.5, 1], row.Pictures.Select(p => p.Strength)));
        Assert.All(made.Rows.SelectMany(row => row.Pictures), p => Assert.Equal((3L, 512), (p.Settings.Seed, p.Image.Width)));
        Assert.All(made.Rows.SelectMany(row => row.Pictures), p => Assert.Equal(p.Strength == 1 ? InitialLatents.Noise : InitialLatents.Image, p.Settings.Init));
        Assert.Equal((Photo.Width, Photo.Height), (made.Depth.Width, made.Depth.Height));
        Assert.Equal(("checkpoint", "tiefenrausch"), (made.Settings.DepthModel, made.ScoreDepthModel));
        Assert.Empty(made.Warnings);
    }

    [Fact]
    public async Task The_row_with_depth_is_what_the_pipeline_makes_and_the_other_follows_no_depth()
    {
        CompositionComparison made = await Compare(Plain);
        DepthToImageResult alone = await tiny.Pipeline.GenerateAsync(Plain.Generation with { Strength = 1, Init = InitialLatents.Noise });
        DepthToImageResult flat = await tiny.Pipeline.GenerateAsync(Plain.Generation with { Strength = 1, Init = InitialLatents.Noise, DepthModel = null, Depth = DepthMap.None });
        Assert.Equal(alone.Images[0].Pixels, made.Rows[1].Pictures[1].Image.Pixels);
        Assert.Equal(flat.Images[0].Pixels, made.Rows[0].Pictures[1].Image.Pixels);
    }

    [Fact]
    public async Task A_checkpoint_without_depth_makes_the_row_of_image_to_image()
    {
        using DepthToImagePipeline plain = await controlled.LoadAsync(new PipelineOptions { ImageToImage = true });
        CompositionComparison made = await new CompositionComparer(tiny.Pipeline, plain).CompareAsync(Plain);
        Assert.Equal(ComparisonMethod.ImageToImage, made.Rows[0].Method);
        Assert.Equal("none", made.Rows[0].Pictures[0].Settings.DepthModel);
        Assert.Equal(made.Rows[1].Pictures[0].Settings.WorkingSize, made.Rows[0].Pictures[0].Settings.WorkingSize);
        Assert.Throws<ArgumentException>(() => new CompositionComparer(plain));
        Assert.Throws<ArgumentException>(() => new CompositionComparer(tiny.Pipeline, tiny.Pipeline));
    }

    [Fact]
    public async Task A_ControlNet_switched_off_is_image_to_image()
    {
        using DepthToImagePipeline plain = await controlled.LoadAsync(new PipelineOptions { ImageToImage = true, Backend = controlled.Pipeline.Backend });
        CompositionComparisonRequest request = Plain with { Generation = Plain.Generation with { DepthModel = "tiefenrausch" }, Strengths = [1], ScoreDepthModel = Repository.Golden("tiny-depth2img") };
        CompositionComparison made = await new CompositionComparer(controlled.Pipeline).CompareAsync(request);
        DepthToImageResult alone = await plain.GenerateAsync(Plain.Generation with { DepthModel = null, Strength = 1, Init = InitialLatents.Noise });
        Assert.Equal(ComparisonMethod.ImageToImage, made.Rows[0].Method);
        Assert.Equal(alone.Images[0].Pixels, made.Rows[0].Pictures[0].Image.Pixels);
        Assert.Equal("tiny-depth2img", made.ScoreDepthModel);
        Assert.Empty(made.Warnings);
    }

    [Theory]
    [InlineData("tiefenrausch", "checkpoint")]
    [InlineData("checkpoint", "tiefenrausch")]
    public async Task The_score_is_measured_by_another_estimator(string conditioning, string scoring) =>
        Assert.Equal(scoring, (await Compare(Plain with { Generation = Plain.Generation with { DepthModel = conditioning }, Strengths = [0.3] })).ScoreDepthModel);

    [Fact]
    public async Task A_map_of_ones_own_may_be_measured_by_any_estimator()
    {
        CompositionComparisonRequest request = Plain with { Generation = Plain.Generation with { DepthModel = null, Depth = new DepthMap(2, 1, [0, 1]) }, Strengths = [0.3] };
        Assert.Equal("tiefenrausch", (await Compare(request)).ScoreDepthModel);
        Assert.Equal("checkpoint", (await Compare(request with { ScoreDepthModel = "checkpoint" })).ScoreDepthModel);
    }

    [Fact]
    public async Task An_estimator_may_not_measure_what_follows_it_under_whatever_name()
    {
        AssertSays(await Refused(Plain with { ScoreDepthModel = "checkpoint" }), "'checkpoint'", "another depth model");
        AssertSays(await Refused(Plain with { ScoreDepthModel = Repository.Golden("tiny-depth2img/") }), "'checkpoint'", "another depth model");
        Depth2ImgException unknown = await Assert.ThrowsAsync<Depth2ImgException>(() => Compare(Plain with { ScoreDepthModel = "midas-9" }));
        AssertSays(unknown, "midas-9", "tiefenrausch");
    }

    [Fact]
    public async Task Where_no_other_estimator_is_there_one_is_asked_for()
    {
        CompositionComparisonRequest request = Plain with { Generation = Plain.Generation with { DepthModel = null } };
        AssertSays(await Assert.ThrowsAsync<InvalidRequestException>(() => new CompositionComparer(controlled.Pipeline).CompareAsync(request)), "'tiefenrausch'", "no depth network", "name a depth model");
    }

    [Fact]
    public async Task What_a_comparison_cannot_be_is_refused()
    {
        AssertSays(await Refused(Plain with { Strengths = [] }), "0 strengths", "1 to 16");
        AssertSays(await Refused(Plain with { Strengths = [.. Enumerable.Range(0, 17).Select(i => i / 17.0)] }), "17 strengths");
        AssertSays(await Refused(Plain with { Strengths = [0.2, 1.2] }), "1.2", "from 0 to 1");
        AssertSays(await Refused(Plain with { Strengths = [double.NaN] }), "NaN");
        AssertSays(await Refused(Plain with { Generation = Plain.Generation with { Strength = 0.5 } }), "strength must be left away");
        AssertSays(await Refused(Plain with { Generation = Plain.Generation with { Init = InitialLatents.Noise, Strength = 1 } }), "init must be left away");
        AssertSays(await Refused(Plain with { Generation = Plain.Generation with { Count = 2 } }), "Count is 2");
    }

    [Fact]
    public async Task Progress_counts_pictures_and_carries_previews()
    {
        List<ComparisonProgress> reports = [];
        await new CompositionComparer(tiny.Pipeline).CompareAsync(Plain with { Generation = Plain.Generation with { Previews = true } }, new Collector(reports));
        Assert.Equal([0, 1, 2, 3], reports.Select(r => r.Picture).Distinct());
        Assert.All(reports, r => Assert.Equal(4, r.Pictures));
        Assert.Equal([0.5, 0.5, 1, 1], reports.DistinctBy(r => r.Picture).Select(r => r.Strength));
        Assert.Contains(reports, r => r.Generation.Preview is not null);
    }

    [Fact]
    public async Task Cancellation_ends_it_between_and_inside_pictures()
    {
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CompositionComparer(tiny.Pipeline).CompareAsync(
            Plain, new Collector([], report => { if (report.Picture == 1) source.Cancel(); }), source.Token));
    }

    [Theory]
    [InlineData(160)]
    [InlineData(280)]
    public async Task The_figure_holds_the_pictures_and_their_scores(int side)
    {
        CompositionComparison made = await Compare(Plain);
        Image figure = CompositionFigure.Draw(made, side);
        Assert.InRange(figure.Width, 5 * side, 6.5 * side);
        Assert.True(Holds(figure, made.Rows[1].Pictures[1].Image, side), "the last picture is in the figure, scaled");
        Assert.NotEqual(figure.Pixels, CompositionFigure.Draw(WithScores(made, new CompositionScore(-0.4, 0.1)), side).Pixels);
    }

    [Fact]
    public void A_figure_of_pictures_too_small_to_read_is_refused() =>
        AssertSays(Assert.Throws<Depth2ImgException>(() => CompositionFigure.RequirePictureSide(10)), "10", "from 160 to 1024");

    [Fact]
    public async Task The_page_holds_all_and_fetches_nothing_and_escapes_texts()
    {
        CompositionComparison made = await Compare(Plain);
        string page = ComparisonPage.Render(made);
        Assert.Equal(6, Regex.Count(page, "<img src=\"data:image/jpeg;base64,"));
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", page);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<red>", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;red&gt; ball &amp; &quot;more&quot;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.Contains("max=\"1\"", page, StringComparison.Ordinal);
        Assert.Contains("const strengths = [0.5, 1];", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
    }

    private Task<CompositionComparison> Compare(CompositionComparisonRequest request) => new CompositionComparer(tiny.Pipeline).CompareAsync(request);

    private Task<InvalidRequestException> Refused(CompositionComparisonRequest request) => Assert.ThrowsAsync<InvalidRequestException>(() => Compare(request));

    private static void AssertSays(Exception e, params string[] words) => Assert.All(words, word => Assert.Contains(word, e.Message, StringComparison.Ordinal));

    private static CompositionComparison WithScores(CompositionComparison made, CompositionScore score) => made with
    {
        Rows = [.. made.Rows.Select(row => row with { Pictures = [.. row.Pictures.Select(p => p with { Score = score })] })],
    };

    private static bool Holds(Image figure, Image picture, int side)
    {
        Image scaled = Depth2Img.Imaging.Resize.ImageResizer.Resize(picture, side, side, Depth2Img.Imaging.Resize.ResizeFilter.Lanczos);
        byte[] row = scaled.Pixels[(3 * side * (side / 2))..(3 * side * (side / 2 + 1))];
        return figure.Pixels.AsSpan().IndexOf(row) >= 0;
    }

    private sealed class Collector(List<ComparisonProgress> reports, Action<ComparisonProgress>? also = null) : IProgress<ComparisonProgress>
    {
        public void Report(ComparisonProgress value)
        {
            lock (reports) reports.Add(value);
            also?.Invoke(value);
        }
    }
}
