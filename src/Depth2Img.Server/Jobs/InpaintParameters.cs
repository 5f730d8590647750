using Depth2Img.Inpainting;

namespace Depth2Img.Server.Jobs;

/// <summary><see cref="InpaintSettings"/> without its mask and shape, in JSON. What is null is the library's default.</summary>
internal sealed record InpaintParameters
{
    /// <summary>Repaints what lies in this range of depth; null for a mask, or for what is transparent.</summary>
    public DepthRange? Near { get; init; }

    public int? Feather { get; init; }
    public bool Invert { get; init; }
    public InpaintFill Fill { get; init; }
    public bool OnlyMasked { get; init; }
    public int? Padding { get; init; }
    public InpaintDepth DepthInside { get; init; }

    /// <summary>The settings that this asks for. Where neither a mask nor a range of depth says what is repainted, the picture's transparency does.</summary>
    /// <param name="inputs">The job's pictures.</param>
    public InpaintSettings ToSettings(GenerationInputs inputs)
    {
        InpaintSettings settings = new()
        {
            Mask = inputs.Mask ?? (Near is null ? InpaintMask.FromAlpha(inputs.Image) : null),
            Near = Near,
            Invert = Invert,
            Fill = Fill,
            OnlyMasked = OnlyMasked,
            DepthInside = DepthInside,
            Shape = inputs.Shape,
        };
        return settings with { Feather = Feather ?? settings.Feather, Padding = Padding ?? settings.Padding };
    }
}
