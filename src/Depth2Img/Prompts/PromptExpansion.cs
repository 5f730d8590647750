using System.Text;

namespace Depth2Img.Prompts;

/// <summary>
/// Makes several prompts of one that holds choices: "a {red|green} ball" is "a red ball" and "a green ball". Choices may
/// be empty, nested and several; all combinations are made, the last choice changing fastest. Braces without a bar, or
/// without a partner, are text, and so are those after a backslash, which stays for <see cref="Weighted.WeightedPrompt"/> to read.
/// </summary>
public static class PromptExpansion
{
    /// <summary>The most prompts that one becomes.</summary>
    public const int MaxPrompts = 256;

    /// <summary>Braces deeper than this are text.</summary>
    private const int MaxDepth = 16;

    /// <summary>All prompts that a prompt stands for; itself alone if it holds no choices.</summary>
    /// <exception cref="Depth2ImgException">There are more than <see cref="MaxPrompts"/>.</exception>
    public static IReadOnlyList<string> Expand(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        BracketMap braces = BracketMap.Of(prompt, MaxDepth, ('{', '}'));
        return [.. Expand(prompt, braces, 0, prompt.Length).Select(text => text.ToString())];
    }

    /// <summary>Whether a prompt stands for several.</summary>
    internal static bool HasChoices(string prompt)
    {
        BracketMap braces = BracketMap.Of(prompt, MaxDepth, ('{', '}'));
        return Enumerable.Range(0, prompt.Length).Any(i => braces.CloseOf(i) is { } close && braces.Split(i + 1, close, '|').Count > 1);
    }

    private static List<StringBuilder> Expand(string prompt, BracketMap braces, int start, int end)
    {
        List<StringBuilder> made = [new()];
        for (int i = start; i < end; i++)
        {
            if (braces.CloseOf(i) is { } close)
            {
                IReadOnlyList<Range> options = braces.Split(i + 1, close, '|');
                List<StringBuilder> inside = [.. options.SelectMany(option => Expand(prompt, braces, option.Start.Value, option.End.Value))];
                if (options.Count == 1) inside.ForEach(text => text.Insert(0, '{').Append('}'));
                made = Combine(prompt, made, inside);
                i = close;
            }
            else
            {
                foreach (StringBuilder text in made) text.Append(prompt[i]);
            }
        }
        return made;
    }

    private static List<StringBuilder> Combine(string prompt, List<StringBuilder> before, List<StringBuilder> after)
    {
        if (before.Count * after.Count > MaxPrompts)
            throw new Depth2ImgException($"The prompt '{(prompt.Length <= 60 ? prompt : prompt[..60] + "…")}' stands for more than {MaxPrompts} prompts; fewer choices in braces were expected.");
        return [.. before.SelectMany(start => after.Select(end => new StringBuilder().Append(start).Append(end)))];
    }
}
