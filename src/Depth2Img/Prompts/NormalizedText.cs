using System.Text;
using Depth2Img.Prompts.Unicode;

namespace Depth2Img.Prompts;

/// <summary>
/// A stretch of a prompt in Normalization Form C and lower case, with the place in the prompt that each character comes
/// from. White space is left as it is: no word has any, so that how much of it there is changes no token.
/// </summary>
internal sealed class NormalizedText
{
    private const int CapitalIWithDot = 0x130;

    private readonly StringBuilder _text;
    private readonly List<int> _starts;
    private readonly List<int> _ends;

    /// <summary>Normalises a stretch of a prompt. A surrogate without its other half becomes U+FFFD.</summary>
    public NormalizedText(string prompt, int start, int end)
    {
        _text = new StringBuilder(end - start);
        _starts = new List<int>(end - start);
        _ends = new List<int>(end - start);
        List<int> segment = [];
        int segmentStart = start;
        for (int position = start; position < end;)
        {
            Rune.DecodeFromUtf16(prompt.AsSpan(position, end - position), out Rune rune, out int length);
            if (segment.Count > 0 && CanonicalComposition.StartsSegment(rune.Value))
            {
                Append(segment, segmentStart, position);
                segmentStart = position;
            }
            segment.Add(rune.Value);
            position += length;
        }
        Append(segment, segmentStart, end);
        Text = _text.ToString();
    }

    /// <summary>The normalised characters.</summary>
    public string Text { get; }

    /// <summary>Where in the prompt the character at an index of <see cref="Text"/> begins.</summary>
    public int StartOf(int index) => _starts[index];

    /// <summary>Where in the prompt the character at an index of <see cref="Text"/> ends (exclusive).</summary>
    public int EndOf(int index) => _ends[index];

    /// <summary>A whole text in normal form and lower case.</summary>
    public static string Of(string text) => new NormalizedText(text, 0, text.Length).Text;

    private void Append(List<int> segment, int start, int end)
    {
        if (segment.Count > 1 || (segment.Count == 1 && segment[0] >= CanonicalComposition.FirstAffected))
            CanonicalComposition.Normalize(segment);
        foreach (int codePoint in segment)
        {
            // One by one and without context, as the reference does: a final sigma is like any other, and this is
            // the only character whose lower case is two.
            if (codePoint == CapitalIWithDot)
            {
                AppendCharacter('i', start, end);
                AppendCharacter('\u0307', start, end);
                continue;
            }
            Rune lower = Rune.ToLowerInvariant(new Rune(codePoint));
            if (lower.IsBmp)
            {
                AppendCharacter((char)lower.Value, start, end);
                continue;
            }
            foreach (char half in lower.ToString()) AppendCharacter(half, start, end);
        }
        segment.Clear();
    }

    private void AppendCharacter(char character, int start, int end)
    {
        _text.Append(character);
        _starts.Add(start);
        _ends.Add(end);
    }
}
