using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.TestSupport;
using Xunit.Abstractions;

namespace Depth2Img.Tests.Pipelines;

/// <summary>What guidance rescale does with the demo model. The output has every number of its table in docs/prompts.md.</summary>
[Trait("Category", "Slow")]
public sealed class GuidanceRescaleFiguresTests(ITestOutputHelper output)
{
    [Fact]
    public async Task High_guidance_spreads_colours_and_rescale_takes_some_of_that_back()
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo, new PipelineOptions { Precision = Precision.Float32 });
        DepthToImageRequest request = new()
        {
            Image = ImageFile.Load(Repository.Samples("photos/pumpkin.jpg")).ToRgb(),
            Prompt = "a photo of a marble statue on sand under a blue sky",
            Seed = 5,
            Strength = 1,
        };
        List<(double Deviation, double Burnt)> spreads = [];
        foreach ((double guidance, double rescale) in ((double, double)[])[(4, 0), (12, 0), (12, 0.7), (12, 1)])
        {
            DepthToImageResult result = await pipeline.GenerateAsync(request with { Guidance = guidance, GuidanceRescale = rescale });
            byte[] values = result.Images[0].Pixels;
            double mean = values.Average(value => (double)value);
            double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), burnt = values.Average(value => value is 0 or 255 ? 1.0 : 0);
            spreads.Add((deviation, burnt));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {guidance} | {rescale} | {deviation:0.0} | {100 * burnt:0.0} % |"));
        }
        Assert.True(spreads[1].Deviation > spreads[0].Deviation && spreads[1].Burnt > spreads[0].Burnt, "guidance spreads");
        Assert.True(spreads[2].Deviation < spreads[1].Deviation && spreads[2].Burnt < spreads[1].Burnt, "0.7 takes back");
        Assert.True(spreads[3].Deviation < spreads[2].Deviation && spreads[3].Burnt < spreads[2].Burnt, "1 takes back more");
    }
}
