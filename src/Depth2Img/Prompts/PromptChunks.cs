using System.Text.RegularExpressions;
using Depth2Img.Prompts.Weighted;

namespace Depth2Img.Prompts;

/// <summary>A prompt's tokens with their weights, in chunks that the text encoder takes, and what did not fit.</summary>
internal sealed partial class PromptChunks
{
    private PromptChunks(IReadOnlyList<PromptChunk> chunks, int tokenCount, string cutText, int? cutOffset)
    {
        Chunks = chunks;
        TokenCount = tokenCount;
        CutText = cutText;
        CutOffset = cutOffset;
    }

    /// <summary>At least one; one alone where long prompts are cut.</summary>
    public IReadOnlyList<PromptChunk> Chunks { get; }

    /// <summary>How many tokens the whole prompt has, without starts and ends.</summary>
    public int TokenCount { get; }

    /// <summary>What was cut off; empty when all fits.</summary>
    public string CutText { get; }

    /// <summary>Where in <see cref="ResolvedPrompt.Text"/> that begins; null when all fits.</summary>
    public int? CutOffset { get; }

    /// <summary>
    /// Tokenizes a prompt. Stretches of different weights are tokenized each by itself, so that a weight ends where its
    /// bracket does, inside a word too.
    /// </summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="mode">What becomes of what does not fit.</param>
    public static PromptChunks Of(ClipTokenizer tokenizer, ResolvedPrompt prompt, LongPrompt mode)
    {
        int places = tokenizer.ModelMaxLength - 2;
        if (mode == LongPrompt.Cut)
        {
            List<Token> all = Tokenize(tokenizer, prompt.Texts);
            int? cut = all.Count <= places ? null : prompt.Texts.Take(all[places].Text).Sum(text => text.Text.Length) + all[places].Span.Start;
            return new PromptChunks([Fill(tokenizer, all.Take(places))], all.Count, cut is { } offset ? prompt.Text[offset..].TrimEnd() : "", cut);
        }
        List<PromptChunk> chunks = [];
        int count = 0;
        foreach (IReadOnlyList<WeightedText> part in SplitAtBreaks(prompt))
        {
            List<Token> tokens = Tokenize(tokenizer, part);
            count += tokens.Count;
            for (int start = 0; start == 0 || start < tokens.Count;)
            {
                int end = EndOfChunk(part, tokens, start, places);
                chunks.Add(Fill(tokenizer, tokens[start..end]));
                start = Math.Max(end, 1);
            }
        }
        return new PromptChunks(chunks, count, "", null);
    }

    /// <summary>A chunk without a prompt, to make prompts equally long.</summary>
    public static PromptChunk Empty(ClipTokenizer tokenizer) => Fill(tokenizer, []);

    private static List<Token> Tokenize(ClipTokenizer tokenizer, IReadOnlyList<WeightedText> texts)
    {
        List<Token> tokens = [];
        for (int i = 0; i < texts.Count; i++)
        {
            foreach (TokenSpan span in tokenizer.Encode(texts[i].Text).Tokens) tokens.Add(new Token(span, i, (float)texts[i].Weight));
        }
        return tokens;
    }

    private static PromptChunk Fill(ClipTokenizer tokenizer, IEnumerable<Token> tokens)
    {
        int[] ids = new int[tokenizer.ModelMaxLength];
        float[] weights = new float[ids.Length];
        Array.Fill(ids, tokenizer.PaddingId);
        Array.Fill(weights, 1);
        ids[0] = tokenizer.StartId;
        int next = 1;
        foreach (Token token in tokens)
        {
            ids[next] = token.Span.Id;
            weights[next++] = token.Weight;
        }
        ids[next] = tokenizer.EndId;
        return new PromptChunk(ids, weights.All(weight => weight == 1) ? null : weights);
    }

    /// <summary>The last place where a chunk may end: it takes as many tokens as fit and splits no word that fits into one.</summary>
    private static int EndOfChunk(IReadOnlyList<WeightedText> texts, List<Token> tokens, int start, int places)
    {
        int most = Math.Min(start + places, tokens.Count);
        if (most == tokens.Count) return most;
        int end = most;
        while (end > start && IsInsideWord(texts, tokens[end - 1], tokens[end])) end--;
        return end == start ? most : end;
    }

    /// <summary>Whether two neighbouring tokens belong to one word, or to one embedding of several vectors.</summary>
    private static bool IsInsideWord(IReadOnlyList<WeightedText> texts, Token before, Token after)
    {
        if (before.Text == after.Text && after.Span.Start < before.Span.End) return true;
        string left = texts[before.Text].Text, right = texts[after.Text].Text;
        bool touching = before.Text == after.Text
            ? before.Span.End == after.Span.Start
            : before.Span.End == left.Length && after.Span.Start == 0 && after.Text == before.Text + 1;
        return touching && char.IsLetterOrDigit(left[before.Span.End - 1]) && char.IsLetterOrDigit(right[after.Span.Start]);
    }

    private static List<List<WeightedText>> SplitAtBreaks(ResolvedPrompt prompt)
    {
        List<List<WeightedText>> parts = [[]];
        foreach (WeightedText text in prompt.Texts)
        {
            string[] pieces = prompt.BreaksChunks ? Break().Split(text.Text) : [text.Text];
            for (int i = 0; i < pieces.Length; i++)
            {
                if (i > 0) parts.Add([]);
                if (pieces[i].Length > 0) parts[^1].Add(text with { Text = pieces[i] });
            }
        }
        return parts;
    }

    [GeneratedRegex(@"\s*\bBREAK\b\s*")]
    private static partial Regex Break();

    /// <summary>A token, the stretch that it is of, and its weight.</summary>
    private readonly record struct Token(TokenSpan Span, int Text, float Weight);
}
