namespace Depth2Img.Layers;

/// <summary>What becomes of one layer of a picture. What is null is the request's own.</summary>
public sealed record DepthLayer
{
    /// <summary>A layer that stays as it is: where its mask is 1, the result's pixels are the input's, bit for bit.</summary>
    public static DepthLayer Kept { get; } = new() { Keep = true };

    /// <summary>What to make of the layer; null takes the request's prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>What to keep away from; null takes the request's negative prompt.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>
    /// How much of the layer is made anew, 0 to 1; null takes the request's strength. The run begins with the layer of
    /// the greatest strength; the others join at their own first step, from the noised picture. 0 keeps the layer but for
    /// the autoencoder's losses.
    /// </summary>
    public double? Strength { get; init; }

    /// <summary>Classifier-free guidance, 0 to 100; null takes the request's.</summary>
    public double? Guidance { get; init; }

    /// <summary>Whether the layer stays as it is; then nothing else may be set.</summary>
    public bool Keep { get; init; }
}
