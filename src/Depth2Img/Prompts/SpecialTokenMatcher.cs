using System.Buffers;
using System.Text;

namespace Depth2Img.Prompts;

/// <summary>What is matched as a whole.</summary>
/// <param name="Content">The text.</param>
/// <param name="Ids">What it stands for: one id, or several where an embedding has several vectors.</param>
/// <param name="WholeWord">Whether it is no match inside a word: a letter or digit at its end must not go on.</param>
internal readonly record struct MatchedToken(string Content, int[] Ids, bool WholeWord);

/// <summary>Finds special tokens in a text: the leftmost first, and of several at one place the longest.</summary>
internal sealed class SpecialTokenMatcher
{
    private readonly MatchedToken[] _tokens;
    private readonly SearchValues<string> _contents;

    public SpecialTokenMatcher(IEnumerable<MatchedToken> tokens)
    {
        _tokens = [.. tokens.OrderByDescending(t => t.Content.Length)];
        _contents = SearchValues.Create([.. _tokens.Select(t => t.Content)], StringComparison.Ordinal);
    }

    /// <summary>The first match from a place on.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryFind(string text, int from, out int start, out int end, out int[] ids)
    {
        for (start = from; ; start++)
        {
            int next = text.AsSpan(start).IndexOfAny(_contents);
            if (next < 0) break;
            start += next;
            foreach (MatchedToken token in _tokens)
            {
                end = start + token.Content.Length;
                if (!text.AsSpan(start).StartsWith(token.Content, StringComparison.Ordinal)) continue;
                if (token.WholeWord && (IsInsideWord(text, start) || IsInsideWord(text, end))) continue;
                ids = token.Ids;
                return true;
            }
        }
        start = end = text.Length;
        ids = [];
        return false;
    }

    /// <summary>Whether letters or digits stand on both sides of a place.</summary>
    private static bool IsInsideWord(string text, int position)
    {
        if (position == 0 || position == text.Length) return false;
        Rune.DecodeLastFromUtf16(text.AsSpan(0, position), out Rune before, out _);
        Rune.DecodeFromUtf16(text.AsSpan(position), out Rune after, out _);
        return Rune.IsLetterOrDigit(before) && Rune.IsLetterOrDigit(after);
    }
}
