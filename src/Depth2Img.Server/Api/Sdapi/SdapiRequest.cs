using System.Text.Json.Nodes;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>A request of AUTOMATIC1111's API, read: what is to be made, and what its answer has to tell of it.</summary>
internal sealed record SdapiRequest
{
    /// <summary>The request as it was understood, defaults filled in, pictures left out: the answer's <c>parameters</c>.</summary>
    public required JsonObject Echo { get; init; }

    /// <summary>The first picture's job, not yet checked.</summary>
    public required GenerationParameters Parameters { get; init; }

    /// <summary>The job's files.</summary>
    public required IReadOnlyDictionary<string, byte[]> Inputs { get; init; }

    /// <summary>How many pictures.</summary>
    public required int Count { get; init; }

    /// <summary>How many of them the client counts as one batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The pictures' columns.</summary>
    public required int Width { get; init; }

    /// <summary>The pictures' rows.</summary>
    public required int Height { get; init; }

    /// <summary>Whether a picture is made anew; else it is made from depth alone.</summary>
    public required bool IsImageToImage { get; init; }

    /// <summary>The sampler.</summary>
    public required SamplerChoice Sampler { get; init; }

    /// <summary>The styles' names, as they were asked for.</summary>
    public required IReadOnlyList<string> Styles { get; init; }

    /// <summary>The seed of variations, which have no effect here.</summary>
    public required long Subseed { get; init; }

    /// <summary>How much of it was asked for.</summary>
    public required double SubseedStrength { get; init; }

    /// <summary>Whether the pictures are sent.</summary>
    public required bool SendImages { get; init; }

    /// <summary>Whether they stay in the client's history.</summary>
    public required bool SaveImages { get; init; }

    /// <summary>Whether the depth map follows the pictures.</summary>
    public required bool SendDepth { get; init; }

    /// <summary>Whose map is used: "supplied" or "estimated".</summary>
    public required string DepthSource { get; init; }

    /// <summary>The digest by which texts name a map that was supplied; null for an estimated one.</summary>
    public string? DepthHash { get; init; }

    /// <summary>Sentences about what has no effect, or was done in another way.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What the client waits for.</summary>
    /// <param name="submission">The job, checked.</param>
    public AttendedRequest ToAttended(GenerationSubmission submission) => new(submission, Count, Width, Height, SaveImages);
}
