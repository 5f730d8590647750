namespace Depth2Img.Prompts;

/// <summary>What a tokenizer's files say.</summary>
internal sealed record TokenizerData
{
    /// <summary>The id of each token, written in the byte alphabet.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>By rank, lowest first.</summary>
    public required IReadOnlyList<MergeRule> Merges { get; init; }

    /// <summary>All tokens that are matched as a whole.</summary>
    public required IReadOnlyList<SpecialToken> SpecialTokens { get; init; }

    /// <summary>Begins every prompt.</summary>
    public required int StartId { get; init; }

    /// <summary>Ends every prompt.</summary>
    public required int EndId { get; init; }

    /// <summary>Fills up what is left.</summary>
    public required int PaddingId { get; init; }

    /// <summary>Stands for a byte that the vocabulary lacks.</summary>
    public required int UnknownId { get; init; }

    /// <summary>How many ids the text encoder takes.</summary>
    public required int MaxLength { get; init; }
}
