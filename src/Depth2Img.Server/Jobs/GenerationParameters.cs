using Depth2Img.Depth;
using Depth2Img.Pipelines;

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
    public double? Strength { get; init; }
    public int? Steps { get; init; }
    public double? Guidance { get; init; }
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

    /// <summary>"png" or "jpeg".</summary>
    public string Format { get; init; } = "png";

    /// <summary>Whether settings are written into the pictures.</summary>
    public bool Metadata { get; init; } = true;

    /// <summary>Whether previews are sent.</summary>
    public bool Previews { get; init; } = true;

    /// <summary>The request that this asks for.</summary>
    /// <param name="inputs">Its pictures.</param>
    public DepthToImageRequest ToRequest(GenerationInputs inputs) => new()
    {
        Image = inputs.Image,
        Depth = inputs.Depth,
        Prompt = Prompt,
        NegativePrompt = NegativePrompt,
        Strength = Strength,
        Steps = Steps,
        Guidance = Guidance,
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
        Previews = Previews,
    };
}
