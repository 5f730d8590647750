using Depth2Img.Prompts.Weighted;

namespace Depth2Img.Prompts;

/// <summary>How prompts are read and encoded.</summary>
/// <param name="Syntax">Whether brackets mean something.</param>
/// <param name="LongPrompt">What becomes of what does not fit.</param>
/// <param name="RestoreMean">Whether the mean of a weighted prompt's hidden states is brought back to what it was without weights.</param>
internal readonly record struct PromptOptions(PromptSyntax Syntax, LongPrompt LongPrompt, bool RestoreMean)
{
    /// <summary>What a prompt is in each evaluation of a run.</summary>
    public IReadOnlyList<ResolvedPrompt> Resolve(string prompt, int evaluations)
    {
        if (Syntax == PromptSyntax.Plain)
        {
            ResolvedPrompt plain = new([new WeightedText(prompt, 1)], BreaksChunks: false);
            return [.. Enumerable.Repeat(plain, evaluations)];
        }
        WeightedPrompt weighted = WeightedPrompt.Parse(prompt);
        bool breaksChunks = LongPrompt == LongPrompt.Chunks;
        return [.. Enumerable.Range(0, evaluations).Select(i => new ResolvedPrompt(weighted.At(i, evaluations), breaksChunks))];
    }
}
