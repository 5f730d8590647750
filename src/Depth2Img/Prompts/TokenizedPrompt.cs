namespace Depth2Img.Prompts;

/// <summary>A prompt as the text encoder takes it, and what of it did not fit.</summary>
public sealed class TokenizedPrompt
{
    internal TokenizedPrompt(string text, int[] ids, IReadOnlyList<TokenSpan> tokens, int keptCount)
    {
        Text = text;
        Ids = ids;
        Tokens = tokens;
        KeptCount = keptCount;
    }

    /// <summary>The prompt as it was given.</summary>
    public string Text { get; }

    /// <summary>The ids: start, the tokens that fit, end, then padding up to <see cref="ClipTokenizer.ModelMaxLength"/>.</summary>
    public int[] Ids { get; }

    /// <summary>All tokens of the prompt, in order, without start and end: those that fit, and those cut off.</summary>
    public IReadOnlyList<TokenSpan> Tokens { get; }

    /// <summary>How many of <see cref="Tokens"/> fit.</summary>
    public int KeptCount { get; }

    /// <summary>How many tokens the whole prompt takes with start and end, fitting or not.</summary>
    public int UntruncatedCount => Tokens.Count + 2;

    /// <summary>Whether something had to be cut off.</summary>
    public bool IsCut => KeptCount < Tokens.Count;

    /// <summary>What was cut off, as it was written; empty when all fits. It may begin inside a word.</summary>
    public string CutText => IsCut ? Text[Tokens[KeptCount].Start..].TrimEnd() : "";

    /// <summary>The text of a token as it was written.</summary>
    /// <param name="token">One of <see cref="Tokens"/>.</param>
    public string TextOf(TokenSpan token) => Text[token.Start..token.End];
}
