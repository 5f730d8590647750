using System.Text.Json.Serialization;
using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Server.Jobs;

/// <summary>
/// A generation as it was asked for, without its pictures: <see cref="DepthToImageRequest"/> in JSON, whose names it has,
/// and what the server needs besides. What is null is the model's default.
/// </summary>
internal sealed record GenerationParameters
{
    /// <summary>One of the server's models.</summary>
    public required string Model { get; init; }

    /// <summary>The prompt.</summary>
    public required string Prompt { get; init; }

    public string? NegativePrompt { get; init; }
    public PromptSyntax PromptSyntax { get; init; }
    public LongPrompt LongPrompt { get; init; }
    public bool RestorePromptMean { get; init; }

    /// <summary>The style as it was when the job was accepted: a job that is begun again makes the same picture, whatever became of the style's file.</summary>
    public StylePreset? Style { get; init; }

    public double StyleStrength { get; init; } = 1;
    public double? Strength { get; init; }
    public int? Steps { get; init; }
    public double? Guidance { get; init; }
    public double GuidanceRescale { get; init; }
    public GuidanceInterval? GuidanceInterval { get; init; }
    public int? ReuseFeatures { get; init; }
    public bool Fast { get; init; }

    /// <summary>Never null once a job is accepted: a job that is begun again makes the same picture.</summary>
    public required long Seed { get; init; }

    public string? Scheduler { get; init; }
    public bool Karras { get; init; }
    public int Count { get; init; } = 1;
    public WorkingSize? Size { get; init; }
    public int? MaxSize { get; init; }
    public DepthAdjustment? DepthAdjustment { get; init; }
    public string? DepthModel { get; init; }
    public InitialLatents Init { get; init; }

    /// <summary>Layers that are made each by itself; their masks, if there are any, are among the inputs.</summary>
    public LayerParameters? Layers { get; init; }

    /// <summary>What is made anew of the picture; its mask is among the inputs, or the picture's alpha.</summary>
    public InpaintParameters? Inpaint { get; init; }

    /// <summary>The strengths to compare depth-to-image with image-to-image at; null for a plain generation.</summary>
    public ComparisonParameters? Comparison { get; init; }

    /// <summary>"png" or "jpeg".</summary>
    public string Format { get; init; } = "png";

    /// <summary>Whether settings are written into the pictures.</summary>
    public bool Metadata { get; init; } = true;

    /// <summary>Whether previews are sent.</summary>
    public bool Previews { get; init; } = true;

    /// <summary>The names of the pictures that came with it; set when it is accepted.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>What kind of job this is.</summary>
    [JsonIgnore]
    public JobKind Kind => Comparison is null ? JobKind.Generate : JobKind.Compare;

    /// <summary>The request that this asks for.</summary>
    /// <param name="inputs">Its pictures.</param>
    public DepthToImageRequest ToRequest(GenerationInputs inputs) => new()
    {
        Image = inputs.Image,
        Depth = inputs.Depth,
        Prompt = Prompt,
        NegativePrompt = NegativePrompt,
        PromptSyntax = PromptSyntax,
        LongPrompt = LongPrompt,
        RestorePromptMean = RestorePromptMean,
        Style = Style,
        StyleStrength = StyleStrength,
        Strength = Strength,
        Steps = Steps,
        Guidance = Guidance,
        GuidanceRescale = GuidanceRescale,
        GuidanceInterval = GuidanceInterval,
        ReuseFeatures = ReuseFeatures,
        Fast = Fast,
        Seed = Seed,
        Scheduler = Scheduler,
        Karras = Karras,
        Count = Count,
        Size = Size,
        MaxSize = MaxSize,
        DepthAdjustment = DepthAdjustment ?? Depth2Img.Depth.DepthAdjustment.None,
        DepthModel = DepthModel,
        Init = Init,
        Layers = Layers?.ToLayers(inputs.LayerMasks),
        Inpaint = Inpaint?.ToSettings(inputs),
        Previews = Previews,
    };

    /// <summary>The comparison that this asks for.</summary>
    /// <param name="inputs">Its pictures.</param>
    public CompositionComparisonRequest ToComparison(GenerationInputs inputs)
    {
        CompositionComparisonRequest request = new() { Generation = ToRequest(inputs), ScoreDepthModel = Comparison?.ScoreDepthModel };
        return Comparison?.Strengths is { } strengths ? request with { Strengths = strengths } : request;
    }
}
