namespace Depth2Img.Prompts;

/// <summary>A text that stands for ids of its own, beside the vocabulary: an embedding's name.</summary>
/// <param name="Content">The text, found whatever its capitals, and not inside a longer word.</param>
/// <param name="Ids">What it becomes, in order; at least one.</param>
internal sealed record AddedToken(string Content, IReadOnlyList<int> Ids);
