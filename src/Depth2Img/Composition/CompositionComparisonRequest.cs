using Depth2Img.Pipelines;

namespace Depth2Img.Composition;

/// <summary>What to compare: one picture and prompt at several strengths, with depth and without.</summary>
public sealed record CompositionComparisonRequest
{
    /// <summary>The most strengths.</summary>
    public const int MaxStrengths = 16;

    /// <summary>
    /// The picture, the prompt and all other settings. Strength and init are the comparison's to set and must be left at their
    /// defaults; the count must be 1.
    /// </summary>
    public required DepthToImageRequest Generation { get; init; }

    /// <summary>The strengths, 0 to 1 each; they are put in order. At 1.0 all pictures start from pure noise.</summary>
    public IReadOnlyList<double> Strengths { get; init; } = [0.2, 0.4, 0.6, 0.8, 1.0];

    /// <summary>
    /// Who sees the depth of results for the score: "checkpoint", "tiefenrausch", or a depth network's folder. It must not be the
    /// one that conditions them; null takes one of the first two that is another.
    /// </summary>
    public string? ScoreDepthModel { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="InvalidRequestException">Something is.</exception>
    public void Validate()
    {
        List<RequestFault> faults = [];
        if (Strengths.Count is 0 or > MaxStrengths) faults.Add(new RequestFault(nameof(Strengths), $"There are {Strengths.Count} strengths; 1 to {MaxStrengths} can be compared."));
        foreach (double strength in Strengths)
        {
            if (strength is not (>= 0 and <= 1)) faults.Add(new RequestFault(nameof(Strengths), FormattableString.Invariant($"Strength is {strength}; it must be from 0 to 1.")));
        }
        if (Generation.Strength is not null) faults.Add(new RequestFault(nameof(Generation.Strength), "A comparison has strengths of its own; the request's strength must be left away."));
        if (Generation.Init != InitialLatents.Image) faults.Add(new RequestFault(nameof(Generation.Init), "A comparison starts from pure noise at strength 1.0 and only there; the request's init must be left away."));
        if (Generation.Count != 1) faults.Add(new RequestFault(nameof(Generation.Count), $"Count is {Generation.Count}; a comparison makes 1 picture of each kind."));
        if (Generation.Layers is not null) faults.Add(new RequestFault(nameof(Generation.Layers), "A comparison makes pictures as one; the request's layers must be left away."));
        if (Generation.Inpaint is not null) faults.Add(new RequestFault(nameof(Generation.Inpaint), "A comparison makes whole pictures; the request's inpainting must be left away."));
        if (faults.Count > 0) throw new InvalidRequestException(faults);
    }
}
