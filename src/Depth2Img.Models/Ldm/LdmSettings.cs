namespace Depth2Img.Models.Ldm;

/// <summary>What a one-file checkpoint's tensors do not show, from the .yaml beside it; null where nothing is said.</summary>
public sealed record LdmSettings
{
    /// <summary>"epsilon" or "v_prediction".</summary>
    public string? PredictionType { get; init; }

    /// <summary>Channels of an attention head (Stable Diffusion 2: 64).</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Heads of every attention (Stable Diffusion 1: 8).</summary>
    public int? Heads { get; init; }

    /// <summary>What latents are multiplied by.</summary>
    public double? ScaleFactor { get; init; }

    /// <summary>The first step's noise.</summary>
    public double? LinearStart { get; init; }

    /// <summary>The last step's noise.</summary>
    public double? LinearEnd { get; init; }

    /// <summary>How many noise levels the UNet was trained on.</summary>
    public int? Timesteps { get; init; }

    /// <summary>Whether the text encoder's last layer is taken, not the one before.</summary>
    public bool? UsesLastTextLayer { get; init; }

    /// <summary>The UNet's channels, to hold against the tensors'.</summary>
    public int? InChannels { get; init; }
}
