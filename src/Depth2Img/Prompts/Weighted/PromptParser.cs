using System.Globalization;
using System.Text;

namespace Depth2Img.Prompts.Weighted;

/// <summary>Reads the weighted syntax. There is no wrong text: what is no syntax is text.</summary>
internal sealed class PromptParser
{
    /// <summary>What brackets without a number count for.</summary>
    public const double Step = 1.1;

    /// <summary>Brackets deeper than this are text.</summary>
    private const int MaxDepth = 32;

    private readonly string _text;
    private readonly BracketMap _brackets;

    private PromptParser(string text)
    {
        _text = text;
        _brackets = BracketMap.Of(text, MaxDepth, ('(', ')'), ('[', ']'));
    }

    public static IReadOnlyList<PromptNode> Parse(string text) => new PromptParser(text).Sequence(..text.Length);

    private List<PromptNode> Sequence(Range range)
    {
        List<PromptNode> nodes = [];
        StringBuilder literal = new();
        List<int> places = [];
        int end = range.End.Value;
        for (int i = range.Start.Value; i < end; i++)
        {
            if (_brackets.LiteralEndOf(i) is { } literalEnd)
            {
                int start = _text[i] == '\\' ? i + 1 : i;
                literal.Append(_text, start, literalEnd - start);
                places.AddRange(Enumerable.Range(start, literalEnd - start));
                i = literalEnd - 1;
            }
            else if (_brackets.CloseOf(i) is { } close)
            {
                Flush();
                nodes.Add(_text[i] == '(' ? Round(i + 1, close) : Square(i + 1, close));
                i = close;
            }
            else
            {
                literal.Append(_text[i]);
                places.Add(i);
            }
        }
        Flush();
        return nodes;

        void Flush()
        {
            if (literal.Length > 0) nodes.Add(new PromptLiteral(literal.ToString(), [.. places]));
            literal.Clear();
            places.Clear();
        }
    }

    private PromptEmphasis Round(int start, int end)
    {
        Range last = _brackets.Split(start, end, ':')[^1];
        if (last.Start.Value > start && double.TryParse(_text.AsSpan(last), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && double.IsFinite(weight))
            return new PromptEmphasis(Sequence(start..(last.Start.Value - 1)), weight);
        return new PromptEmphasis(Sequence(start..end), Step);
    }

    private PromptNode Square(int start, int end)
    {
        IReadOnlyList<Range> turns = _brackets.Split(start, end, '|');
        if (turns.Count > 1) return new PromptTurns([.. turns.Select(Sequence)]);
        IReadOnlyList<Range> parts = _brackets.Split(start, end, ':');
        if (parts.Count is 2 or 3 && PromptMoment.Parse(_text.AsSpan(parts[^1])) is { } when)
            return new PromptChange(parts.Count == 3 ? Sequence(parts[0]) : [], Sequence(parts[^2]), when);
        return new PromptEmphasis(Sequence(start..end), 1 / Step);
    }
}
