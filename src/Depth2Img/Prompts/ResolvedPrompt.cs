using Depth2Img.Prompts.Weighted;

namespace Depth2Img.Prompts;

/// <summary>What a prompt is in one evaluation: equal if its texts and weights are.</summary>
/// <param name="Texts">The prompt's stretches.</param>
/// <param name="BreaksChunks">Whether the word BREAK begins a new chunk.</param>
internal sealed record ResolvedPrompt(IReadOnlyList<WeightedText> Texts, bool BreaksChunks)
{
    /// <summary>The prompt without weights.</summary>
    public string Text => string.Concat(Texts.Select(text => text.Text));

    public bool Equals(ResolvedPrompt? other) => other is not null && BreaksChunks == other.BreaksChunks && Texts.SequenceEqual(other.Texts);

    public override int GetHashCode() => Texts.Aggregate(0, HashCode.Combine);
}
