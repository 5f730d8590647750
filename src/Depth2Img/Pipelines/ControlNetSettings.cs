using System.Globalization;

namespace Depth2Img.Pipelines;

/// <summary>How much a ControlNet steers, and when; as diffusers' controlnet_conditioning_scale, control_guidance_start and control_guidance_end.</summary>
public sealed record ControlNetSettings
{
    /// <summary>As trained, all through the run.</summary>
    public static ControlNetSettings Whole { get; } = new();

    /// <summary>What its say is multiplied by, 0 to 2: 0 is none, 1 as it was trained.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Where in the run it begins, 0 to 1, below <see cref="End"/>.</summary>
    public double Start { get; init; }

    /// <summary>Where in the run it ends, 0 to 1: an evaluation counts if it has ended by then.</summary>
    public double End { get; init; } = 1;

    /// <summary>Whether it steers an evaluation.</summary>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public bool Steers(int evaluation, int evaluations) =>
        Weight != 0 && !((double)evaluation / evaluations < Start || (double)(evaluation + 1) / evaluations > End);

    /// <summary>How many of a run's evaluations it steers.</summary>
    internal int CountSteered(int evaluations) => Enumerable.Range(0, evaluations).Count(i => Steers(i, evaluations));
}

/// <summary>A ControlNet that steered a picture, for the picture's settings.</summary>
/// <param name="Name">Its folder's or file's name.</param>
/// <param name="Weight">What its say was multiplied by.</param>
/// <param name="Start">Where in the run it began.</param>
/// <param name="End">Where in the run it ended.</param>
public sealed record ControlNetUse(string Name, double Weight, double Start, double End)
{
    /// <summary>The way other programs of the field write it into their line.</summary>
    internal string ToParameters() => string.Create(CultureInfo.InvariantCulture,
        $"ControlNet 0: \"Model: {Name}, Weight: {Weight}, Guidance Start: {Start}, Guidance End: {End}\"");
}
