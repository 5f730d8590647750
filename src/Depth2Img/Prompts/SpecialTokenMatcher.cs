using System.Buffers;

namespace Depth2Img.Prompts;

/// <summary>Finds special tokens in a text: the leftmost first, and of several at one place the longest.</summary>
internal sealed class SpecialTokenMatcher
{
    private readonly (string Content, int Id)[] _tokens;
    private readonly SearchValues<string> _contents;

    public SpecialTokenMatcher(IEnumerable<(string Content, int Id)> tokens)
    {
        _tokens = [.. tokens.OrderByDescending(t => t.Content.Length)];
        _contents = SearchValues.Create([.. _tokens.Select(t => t.Content)], StringComparison.Ordinal);
    }

    /// <summary>The first match from a place on.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryFind(string text, int from, out int start, out int end, out int id)
    {
        start = text.AsSpan(from).IndexOfAny(_contents);
        if (start < 0)
        {
            start = end = text.Length;
            id = -1;
            return false;
        }
        start += from;
        foreach ((string content, int tokenId) in _tokens)
        {
            if (!text.AsSpan(start).StartsWith(content, StringComparison.Ordinal)) continue;
            end = start + content.Length;
            id = tokenId;
            return true;
        }
        throw new InvalidOperationException("A match is none of the tokens.");
    }
}
