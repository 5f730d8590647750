namespace Depth2Img.Layers;

/// <summary>The layers that a picture was made in, for the picture's settings.</summary>
public sealed record LayerSettings
{
    /// <summary>How the picture was cut: "automatic", "thresholds" or "masks".</summary>
    public required string Cut { get; init; }

    /// <summary>Where depth was cut, ascending, 0 (farthest) to 1 (nearest); null for masks.</summary>
    public IReadOnlyList<double>? Thresholds { get; init; }

    /// <summary>The passage between two layers, as a part of the picture's longer side.</summary>
    public required double Softness { get; init; }

    /// <summary>The part of the run in which layers were made without sight of each other.</summary>
    public required double Isolation { get; init; }

    /// <summary>What became of each layer, the nearest first.</summary>
    public required IReadOnlyList<LayerUse> Layers { get; init; }
}

/// <summary>What became of one layer, defaults filled in; a kept layer has neither prompt nor settings.</summary>
/// <param name="Share">The layer's part of the picture, 0 to 1.</param>
/// <param name="Keep">Whether it stayed as it was.</param>
/// <param name="Prompt">Its prompt.</param>
/// <param name="NegativePrompt">Its negative prompt.</param>
/// <param name="Strength">Its strength.</param>
/// <param name="Guidance">Its guidance.</param>
public sealed record LayerUse(double Share, bool Keep, string? Prompt = null, string? NegativePrompt = null, double? Strength = null, double? Guidance = null);
