namespace Depth2Img.Prompts.Weighted;

/// <summary>A part of a weighted prompt.</summary>
internal abstract record PromptNode;

/// <summary>Text, its escapes resolved.</summary>
/// <param name="Text">Not empty.</param>
/// <param name="Places">Where each of its characters stands in the prompt.</param>
internal sealed record PromptLiteral(string Text, IReadOnlyList<int> Places) : PromptNode;

/// <summary>(content:1.3), (content), [content].</summary>
/// <param name="Content">What is weighed.</param>
/// <param name="Weight">The factor.</param>
internal sealed record PromptEmphasis(IReadOnlyList<PromptNode> Content, double Weight) : PromptNode;

/// <summary>[before:after:when]: one, and from a moment of the run on the other.</summary>
/// <param name="Before">May be empty.</param>
/// <param name="After">May be empty.</param>
/// <param name="When">The moment.</param>
internal sealed record PromptChange(IReadOnlyList<PromptNode> Before, IReadOnlyList<PromptNode> After, PromptMoment When) : PromptNode;

/// <summary>[a|b]: they take turns, one evaluation each.</summary>
/// <param name="Options">At least two; any may be empty.</param>
internal sealed record PromptTurns(IReadOnlyList<IReadOnlyList<PromptNode>> Options) : PromptNode;
