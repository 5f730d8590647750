using System.Reflection;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Server.Jobs;
using Depth2Img.Styles;

namespace Depth2Img.Server.Tests.V1;

public sealed class GenerationParametersTests
{
    /// <summary>What the server's models have no use for: none is served with a ControlNet.</summary>
    private static readonly string[] Unused = [nameof(DepthToImageRequest.ControlNet)];

    private static GenerationParameters Everything => new()
    {
        Model = "demo",
        Prompt = "prompt",
        NegativePrompt = "negative",
        PromptSyntax = PromptSyntax.Weighted,
        LongPrompt = LongPrompt.Chunks,
        RestorePromptMean = true,
        Style = new StylePreset { Name = "style", Prompt = "{prompt}, style", NegativePrompt = "plain", Steps = 3 },
        StyleStrength = 0.25,
        Strength = 0.5,
        Steps = 9,
        Guidance = 3,
        GuidanceRescale = 0.4,
        GuidanceInterval = new GuidanceInterval(0.1, 0.9),
        ReuseFeatures = 2,
        Fast = true,
        Seed = 5,
        Scheduler = "euler",
        Karras = true,
        Count = 2,
        Size = new WorkingSize(64, 48),
        MaxSize = 96,
        DepthAdjustment = new DepthAdjustment(true, 0.1, 0.9, 2),
        DepthModel = "checkpoint",
        Init = InitialLatents.Noise,
        Layers = new LayerParameters { Layers = [new DepthLayer { Prompt = "near", Strength = 0.3 }, DepthLayer.Kept], Thresholds = [0.5], Softness = 0.2, Isolation = 0.1 },
        Inpaint = new InpaintParameters { Near = new DepthRange(0.5, 1), Feather = 1, Invert = true, Fill = InpaintFill.Noise, OnlyMasked = true, Padding = 2, DepthInside = InpaintDepth.Fill },
        Comparison = new ComparisonParameters { Strengths = [0.5], ScoreDepthModel = "tiefenrausch" },
        Format = "jpeg",
        Metadata = false,
        Previews = true,
        Inputs = ["image"],
    };

    [Fact]
    public void Every_property_of_a_request_comes_from_the_parameters()
    {
        Image picture = new(8, 8, new byte[192]);
        DepthToImageRequest plain = new() { Image = picture, Prompt = "" };
        DepthToImageRequest made = Everything.ToRequest(new GenerationInputs(picture, new DepthMap(8, 8, new float[64])));
        foreach (PropertyInfo property in typeof(DepthToImageRequest).GetProperties().Where(p => p.Name != nameof(DepthToImageRequest.Image) && !Unused.Contains(p.Name)))
            Assert.False(Equals(property.GetValue(plain), property.GetValue(made)), $"{property.Name} is not the parameters'.");
    }

    [Fact]
    public void They_are_read_back_as_they_were_written()
    {
        string written = ServerJson.Write(Everything);
        GenerationParameters read = ServerJson.Read<GenerationParameters>(written);
        Assert.Equal(written, ServerJson.Write(read));
        Assert.Equal(Everything.Style, read.Style);
        Assert.Equal(Everything.Size, read.Size);
        Assert.Equal(Everything.Inpaint, read.Inpaint);
        Assert.Contains("\"size\":\"64x48\"", written, StringComparison.Ordinal);
        Assert.Equal(JobKind.Compare, read.Kind);
    }
}
