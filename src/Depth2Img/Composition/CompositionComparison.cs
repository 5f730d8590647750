using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Composition;

/// <summary>What a comparison came to.</summary>
public sealed record CompositionComparison
{
    /// <summary>The input, opaque.</summary>
    public required Image Input { get; init; }

    /// <summary>The depth that the pictures follow, at the input's size.</summary>
    public required DepthMap Depth { get; init; }

    /// <summary>The strengths, in order.</summary>
    public required IReadOnlyList<double> Strengths { get; init; }

    /// <summary>The row without depth, then the row with it.</summary>
    public required IReadOnlyList<ComparisonRow> Rows { get; init; }

    /// <summary>Who saw the depth of input and results for the scores.</summary>
    public required string ScoreDepthModel { get; init; }

    /// <summary>Whole sentences about what a person would want to know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The settings of the row with depth, at the greatest strength.</summary>
    public GenerationSettings Settings => Rows[^1].Pictures[^1].Settings;
}

/// <summary>The pictures of one method.</summary>
/// <param name="Method">How they were made.</param>
/// <param name="Pictures">One a strength, in order.</param>
public sealed record ComparisonRow(ComparisonMethod Method, IReadOnlyList<ComparisonPicture> Pictures)
{
    /// <summary>What the row is called.</summary>
    public string Label => Method switch
    {
        ComparisonMethod.ImageToImage => "image-to-image",
        ComparisonMethod.DepthWithheld => "depth withheld (a flat map)",
        _ => "depth-to-image",
    };

    /// <summary>The same without its explanation.</summary>
    public string ShortLabel => Method == ComparisonMethod.DepthWithheld ? "depth withheld" : Label;
}

/// <summary>One picture of a comparison.</summary>
/// <param name="Strength">Its strength.</param>
/// <param name="Image">The picture, of the input's size.</param>
/// <param name="Score">How much of the input's composition it has.</param>
/// <param name="Settings">What was used.</param>
public sealed record ComparisonPicture(double Strength, Image Image, CompositionScore Score, GenerationSettings Settings);
