using System.Globalization;
using System.Text;

namespace Depth2Img.Prompts;

/// <summary>
/// Cuts normalised text into the pieces that are encoded one by one, as CLIP's pattern does: English contractions,
/// runs of letters, single digits, and runs of anything else but white space.
/// </summary>
internal ref struct WordSplitter(ReadOnlySpan<char> text)
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    // The names of the ends, when not matched as special tokens (in capitals, say), still end a run of signs.
    private static readonly string[] EndNames = ["<|startoftext|>", "<|endoftext|>"];

    private readonly ReadOnlySpan<char> _text = text;
    private int _limit;

    private enum Kind
    {
        WhiteSpace,
        Letter,
        Number,
        Other,
    }

    /// <summary>Where the current piece begins.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends (exclusive), and the next search begins.</summary>
    public int End { get; private set; }

    /// <summary>Goes to the next piece.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool MoveNext()
    {
        Start = End;
        while (Start < _text.Length)
        {
            Kind kind = KindAt(Start, out int length);
            End = Start + length;
            if (kind != Kind.WhiteSpace)
            {
                End = FindEnd(kind);
                return true;
            }
            Start = End;
        }
        return false;
    }

    private int FindEnd(Kind kind)
    {
        ReadOnlySpan<char> rest = _text[Start..];
        if (Start >= _limit) _limit = Start + LengthOfPrefix(rest, EndNames);
        int contraction = LengthOfPrefix(rest, Contractions);
        if (contraction > 0) return Start + contraction;
        if (kind == Kind.Number) return End;
        int stop = _limit > Start ? _limit : _text.Length;
        int end = End;
        while (end < stop && KindAt(end, out int length) == kind) end += length;
        return end;
    }

    private static int LengthOfPrefix(ReadOnlySpan<char> text, string[] candidates)
    {
        if (text[0] is not ('\'' or '<')) return 0;
        foreach (string candidate in candidates)
        {
            if (text.StartsWith(candidate, StringComparison.Ordinal)) return candidate.Length;
        }
        return 0;
    }

    private readonly Kind KindAt(int index, out int length)
    {
        Rune.DecodeFromUtf16(_text[index..], out Rune rune, out length);
        if (Rune.IsWhiteSpace(rune)) return Kind.WhiteSpace;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
