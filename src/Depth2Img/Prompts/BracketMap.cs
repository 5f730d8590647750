namespace Depth2Img.Prompts;

/// <summary>
/// Which brackets of a prompt belong together. Brackets without a partner are text, and so are those after a backslash,
/// inside a LoRA's tag, or deeper than a limit, so that no text is too deep to be read.
/// </summary>
internal sealed class BracketMap
{
    private const int None = -1;
    private const string TagStart = "<lora:";

    private readonly string _text;
    private readonly int[] _close;

    /// <summary>For each place where a text begins that is no syntax (an escape, a tag): where it ends.</summary>
    private readonly int[] _literalEnd;

    private BracketMap(string text)
    {
        _text = text;
        _close = new int[text.Length];
        _literalEnd = new int[text.Length];
        Array.Fill(_close, None);
        Array.Fill(_literalEnd, None);
    }

    /// <summary>Matches a text's brackets.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxDepth">Brackets inside more than so many others are text.</param>
    /// <param name="kinds">Opening and closing brackets.</param>
    public static BracketMap Of(string text, int maxDepth, params ReadOnlySpan<(char Open, char Close)> kinds)
    {
        BracketMap map = new(text);
        int[] open = new int[kinds.Length];
        Stack<(int Position, int Kind)> stack = [];
        int noTagFrom = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            if (LiteralEnd(text, i, ref noTagFrom) is { } end)
            {
                map._literalEnd[i] = end;
                i = end - 1;
                continue;
            }
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                if (text[i] == kinds[kind].Open)
                {
                    stack.Push((i, kind));
                    open[kind]++;
                }
                else if (text[i] == kinds[kind].Close && open[kind] > 0)
                {
                    // Those of other kinds that were opened since have no partner.
                    int popped;
                    do
                    {
                        (int position, popped) = stack.Pop();
                        open[popped]--;
                        if (popped == kind) map._close[position] = i;
                    }
                    while (popped != kind);
                }
            }
        }
        map.Flatten(maxDepth);
        return map;
    }

    /// <summary>Where the bracket at a place is closed; null if there is none that counts.</summary>
    public int? CloseOf(int position) => _close[position] is var close and not None ? close : null;

    /// <summary>Where a text that is no syntax ends, if one begins here: an escaped character, or a LoRA's tag.</summary>
    public int? LiteralEndOf(int position) => _literalEnd[position] is var end and not None ? end : null;

    /// <summary>The parts of a stretch between the separators that are in no brackets of its own.</summary>
    public IReadOnlyList<Range> Split(int start, int end, char separator)
    {
        List<Range> parts = [];
        for (int i = start; i < end; i++)
        {
            if (LiteralEndOf(i) is { } literal) i = literal - 1;
            else if (CloseOf(i) is { } close) i = close;
            else if (_text[i] == separator)
            {
                parts.Add(start..i);
                start = i + 1;
            }
        }
        parts.Add(start..end);
        return parts;
    }

    /// <summary>Whether a backslash takes a character's meaning.</summary>
    public static bool IsSyntax(char character) => character is '(' or ')' or '[' or ']' or '{' or '}' or '|' or ':' or '\\';

    private static int? LiteralEnd(string text, int position, ref int noTagFrom)
    {
        if (text[position] == '\\') return position + 1 < text.Length && IsSyntax(text[position + 1]) ? position + 2 : null;
        if (text[position] != '<' || position >= noTagFrom || string.Compare(text, position, TagStart, 0, TagStart.Length, StringComparison.OrdinalIgnoreCase) != 0) return null;
        int end = text.IndexOf('>', position);
        if (end >= 0) return end + 1;
        noTagFrom = position;
        return null;
    }

    private void Flatten(int maxDepth)
    {
        Stack<int> ends = [];
        for (int i = 0; i < _text.Length; i++)
        {
            while (ends.TryPeek(out int end) && end <= i) ends.Pop();
            if (_close[i] == None) continue;
            if (ends.Count >= maxDepth) _close[i] = None;
            else ends.Push(_close[i]);
        }
    }
}
