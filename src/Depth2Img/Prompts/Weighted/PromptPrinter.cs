using System.Globalization;
using System.Text;

namespace Depth2Img.Prompts.Weighted;

/// <summary>Writes a weighted prompt so that it is read as the same again.</summary>
internal static class PromptPrinter
{
    public static string Print(IReadOnlyList<PromptNode> nodes)
    {
        StringBuilder text = new();
        Append(text, nodes);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<PromptNode> nodes)
    {
        foreach (PromptNode node in nodes) Append(text, node);
    }

    private static void Append(StringBuilder text, PromptNode node)
    {
        switch (node)
        {
            case PromptLiteral literal:
                foreach (char character in literal.Text) text.Append(BracketMap.IsSyntax(character) ? "\\" : "").Append(character);
                break;
            case PromptEmphasis emphasis:
                Append(text.Append('('), emphasis.Content);
                text.Append(CultureInfo.InvariantCulture, $":{emphasis.Weight:R})");
                break;
            case PromptChange change:
                Append(text.Append('['), change.Before);
                Append(text.Append(':'), change.After);
                text.Append(CultureInfo.InvariantCulture, $":{change.When}]");
                break;
            case PromptTurns turns:
                text.Append('[');
                for (int i = 0; i < turns.Options.Count; i++) Append(i == 0 ? text : text.Append('|'), turns.Options[i]);
                text.Append(']');
                break;
        }
    }
}
