using System.Globalization;
using System.Text;

namespace Depth2Img.Prompts;

/// <summary>Finds the words of a prompt that a small model has never seen.</summary>
public static class VocabularyCheck
{
    /// <summary>The words of a prompt that are not in a list, in the prompt's order, each once and as first written.</summary>
    /// <param name="prompt">The prompt. A word is a run of letters and digits with at least one letter; an apostrophe inside belongs to it.</param>
    /// <param name="vocabulary">The words known, exact but for capitals.</param>
    public static IReadOnlyList<string> UnknownWords(string prompt, IEnumerable<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(vocabulary);
        HashSet<string> seen = new(vocabulary.Select(NormalizedText.Of), StringComparer.Ordinal);
        List<string> unknown = [];
        foreach (string word in Words(prompt))
        {
            if (seen.Add(NormalizedText.Of(word))) unknown.Add(word);
        }
        return unknown;
    }

    private static IEnumerable<string> Words(string prompt)
    {
        for (int start = 0; start < prompt.Length;)
        {
            int end = start;
            bool hasLetter = false;
            while (end < prompt.Length && IsPartOfWord(prompt, end, out int length, out bool isLetter))
            {
                end += length;
                hasLetter |= isLetter;
            }
            if (hasLetter) yield return prompt[start..end];
            start = Math.Max(end, start + 1);
        }
    }

    private static bool IsPartOfWord(string text, int index, out int length, out bool isLetter)
    {
        Rune.DecodeFromUtf16(text.AsSpan(index), out Rune rune, out length);
        isLetter = Rune.IsLetter(rune);
        if (isLetter || Rune.IsDigit(rune)) return true;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark) return true;
        return text[index] is '\'' or '’'
            && index > 0 && char.IsLetter(text[index - 1]) && index + 1 < text.Length && char.IsLetter(text[index + 1]);
    }
}
