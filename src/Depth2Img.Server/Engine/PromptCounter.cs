using System.Collections.Concurrent;
using Depth2Img.Checkpoints;
using Depth2Img.Prompts;
using Depth2Img.Prompts.Weighted;

namespace Depth2Img.Server.Engine;

/// <summary>Counts prompts' tokens as a model would, loaded or not.</summary>
internal sealed class PromptCounter(ModelPool models)
{
    private readonly ConcurrentDictionary<string, Lazy<ClipTokenizer>> _tokenizers = new(StringComparer.Ordinal);

    /// <summary>Counts a prompt.</summary>
    /// <param name="model">One of the server's models.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="syntax">How it is read.</param>
    /// <param name="mode">What becomes of what does not fit.</param>
    public PromptCount Count(string model, string prompt, PromptSyntax syntax, LongPrompt mode)
    {
        ClipTokenizer tokenizer = _tokenizers.GetOrAdd(model, name => new Lazy<ClipTokenizer>(() => Checkpoint.Open(models.PathOf(name)).LoadTokenizer())).Value;
        // A scheduled prompt is another one in each evaluation: the longest counts.
        int evaluations = Math.Max(1, models.DefaultsOf(model).Steps);
        IReadOnlyList<ResolvedPrompt> resolved = new PromptOptions(syntax, mode, RestoreMean: false).Resolve(prompt, evaluations);
        (PromptChunks longest, int at) = (PromptChunks.Of(tokenizer, resolved[0], mode), 0);
        HashSet<ResolvedPrompt> seen = [resolved[0]];
        for (int n = 1; n < resolved.Count; n++)
        {
            if (seen.Add(resolved[n]) && PromptChunks.Of(tokenizer, resolved[n], mode) is var other && other.TokenCount > longest.TokenCount) (longest, at) = (other, n);
        }
        return new PromptCount(longest.TokenCount, tokenizer.ModelMaxLength - 2, longest.Chunks.Count, CutPlace(), longest.CutText, UnknownWords(model, seen));

        int? CutPlace()
        {
            if (longest.CutOffset is not { } offset) return null;
            return syntax == PromptSyntax.Plain ? offset : WeightedPrompt.Parse(prompt).PlacesAt(at, evaluations)[offset];
        }
    }

    private IReadOnlyList<string> UnknownWords(string model, IEnumerable<ResolvedPrompt> prompts)
    {
        if (models.DefaultsOf(model).Vocabulary is not { Count: > 0 } vocabulary) return [];
        ResolvedPrompt[] all = [.. prompts];
        string[] known = all.Any(prompt => prompt.BreaksChunks) ? [.. vocabulary, "BREAK"] : [.. vocabulary];
        return [.. all.SelectMany(prompt => VocabularyCheck.UnknownWords(prompt.Text, known)).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}

/// <summary>What a prompt comes to.</summary>
/// <param name="Tokens">How many tokens it has, without starts and ends.</param>
/// <param name="Limit">How many the text encoder takes at once.</param>
/// <param name="Chunks">How many times it is asked.</param>
/// <param name="CutAt">The first character, in UTF-16 units, that is cut off; null if all fits.</param>
/// <param name="Cut">What is cut off, without syntax; empty if all fits.</param>
/// <param name="UnknownWords">Words that a small model was not trained on.</param>
internal sealed record PromptCount(int Tokens, int Limit, int Chunks, int? CutAt, string Cut, IReadOnlyList<string> UnknownWords);
