using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Tests.Inpainting;

/// <summary>
/// Whether what is painted into a mask at strength 1.0 has the depth that it was told to have: depth estimated from the
/// result by Tiefenrausch, which did not condition it, against the picture's true map, inside the mask. scripts/docs-inpaint.sh
/// puts the printed table into docs/inpaint.md.
/// </summary>
public sealed class InpaintDepthAgreementTests(ITestOutputHelper output)
{
    private const int Seeds = 8;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Inside_the_mask_depth_follows_the_given_map_nearly_as_well_as_the_picture_did_and_better_than_without_it()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        output.WriteLine($"| picture | untouched | | {string.Join(" | ", Enumerable.Range(1, Seeds).Select(seed => $"seed {seed}"))} | mean |");
        output.WriteLine($"|---|---|---|{string.Concat(Enumerable.Repeat("---|", Seeds + 1))}");
        double untouched = 0, with = 0, without = 0;
        Case[] cases =
        [
            new("room", "a golden ball on a tiled floor in front of a cyan wall", 340, 190, 512, 360),
            new("meadow", "a photo of a red cube on grass under a cloudy sky", 90, 195, 270, 380),
        ];
        foreach (Case test in cases)
        {
            double own = await AgreementAsync(pipeline, test, test.Picture);
            double[] guided = await RunAsync(pipeline, test, test.Depth), blind = await RunAsync(pipeline, test, new DepthMap(1, 1, [0]).ResizeTo(512, 512));
            Print(test.Name, own, "depth given", guided);
            Print("", null, "depth withheld", blind);
            (untouched, with, without) = (untouched + own / cases.Length, with + guided.Average() / cases.Length, without + blind.Average() / cases.Length);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| mean | {untouched:0.000} | depth given | {string.Concat(Enumerable.Repeat(" |", Seeds))} {with:0.000} |"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| | | depth withheld | {string.Concat(Enumerable.Repeat(" |", Seeds))} {without:0.000} |"));
        // What is aimed at is 0.8, and what was reached is 0.80 with 16-bit products; other kernels round otherwise.
        Assert.True(with >= 0.75 * untouched, $"{with} of {untouched}");
        Assert.True(with > without, $"{with} with depth, {without} without");
    }

    private static async Task<double[]> RunAsync(DepthToImagePipeline pipeline, Case test, DepthMap depth)
    {
        double[] agreements = new double[Seeds];
        for (int seed = 1; seed <= Seeds; seed++)
        {
            DepthToImageResult result = await pipeline.GenerateAsync(new DepthToImageRequest
            {
                Image = test.Picture,
                Prompt = test.Prompt,
                Strength = 1,
                Init = InitialLatents.Noise,
                Seed = seed,
                Depth = depth,
                Inpaint = new InpaintSettings { Mask = test.Mask },
            });
            agreements[seed - 1] = await AgreementAsync(pipeline, test, result.Images[0]);
        }
        return agreements;
    }

    /// <summary>The correlation of a picture's estimated depth with the true map, of the pixels inside the mask.</summary>
    private static async Task<double> AgreementAsync(DepthToImagePipeline pipeline, Case test, Image picture)
    {
        DepthMap estimated = await pipeline.EstimateDepthAsync(picture, EmbeddedModels.TiefenrauschName);
        return DepthMap.Correlation(Inside(estimated), Inside(test.Depth));

        DepthMap Inside(DepthMap map)
        {
            float[] values = [.. map.Values.Where((_, i) => test.Mask.Values[i] == 1)];
            return new DepthMap(values.Length, 1, values);
        }
    }

    private void Print(string name, double? own, string row, double[] values) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {own:0.000} | {row} | {string.Join(" | ", values.Select(value => value.ToString("0.000", CultureInfo.InvariantCulture)))} | {values.Average():0.000} |"));

    /// <summary>A rectangle of a rendered picture, whose true depth is known.</summary>
    private sealed record Case(string Name, string Prompt, int Left, int Top, int Right, int Bottom)
    {
        public Image Picture { get; } = ImageFile.Load(Repository.Samples($"rendered/{Name}.png")).ToRgb();

        public DepthMap Depth { get; } = DepthMapFile.Load(Repository.Samples($"rendered/{Name}-depth16.png"));

        public InpaintMask Mask { get; } = new(512, 512,
            [.. Enumerable.Range(0, 512 * 512).Select(i => i % 512 >= Left && i % 512 < Right && i / 512 >= Top && i / 512 < Bottom ? 1f : 0f)]);
    }
}
