using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Microsoft.Extensions.AI;

namespace Depth2Img.Extensions;

/// <summary>
/// The names under which <see cref="ImageGenerationOptions.AdditionalProperties"/> carries what
/// <see cref="ImageGenerationOptions"/> has no property for. Numbers may be of any numeric type, JSON numbers or texts.
/// Other names are left to others.
/// </summary>
public static class ImageGenerationProperties
{
    /// <summary>"strength": how much is made anew, 0 to 1 (<see cref="DepthToImageRequest.Strength"/>).</summary>
    public const string Strength = "strength";

    /// <summary>"seed": a whole number (<see cref="DepthToImageRequest.Seed"/>). Without it one is drawn; the response's settings tell it.</summary>
    public const string Seed = "seed";

    /// <summary>"steps": a whole number from 1 (<see cref="DepthToImageRequest.Steps"/>).</summary>
    public const string Steps = "steps";

    /// <summary>"guidance": 0 to 100 (<see cref="DepthToImageRequest.Guidance"/>).</summary>
    public const string Guidance = "guidance";

    /// <summary>"negative_prompt": a text (<see cref="DepthToImageRequest.NegativePrompt"/>).</summary>
    public const string NegativePrompt = "negative_prompt";

    /// <summary>"scheduler": a scheduler's name (<see cref="DepthToImageRequest.Scheduler"/>).</summary>
    public const string Scheduler = "scheduler";

    /// <summary>"max_size": the longest side to work at, in pixels (<see cref="DepthToImageRequest.MaxSize"/>).</summary>
    public const string MaxSize = "max_size";

    /// <summary>
    /// "depth_map": the picture's depth, white nearest: a <see cref="Depth.DepthMap"/>, or a file (PNG, JPEG, .npy, .pfm) as
    /// <see cref="DataContent"/>, byte array or <see cref="ReadOnlyMemory{T}"/> of bytes.
    /// </summary>
    public const string DepthMap = "depth_map";

    /// <summary>"depth_model": who estimates depth (<see cref="DepthToImageRequest.DepthModel"/>).</summary>
    public const string DepthModel = "depth_model";

    /// <summary>"jpeg_quality": 1 to 100, where the media type is image/jpeg (<see cref="ImageSaveOptions.JpegQuality"/>).</summary>
    public const string JpegQuality = "jpeg_quality";
}
