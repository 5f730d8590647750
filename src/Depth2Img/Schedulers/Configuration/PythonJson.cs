using System.Text;

namespace Depth2Img.Schedulers;

/// <summary>
/// JSON as Python writes it: with NaN, Infinity and -Infinity as bare words, which standard JSON does not have
/// and which published scheduler configurations hold (`"lambda_min_clipped": -Infinity`).
/// </summary>
internal static class PythonJson
{
    private static readonly string[] Words = ["-Infinity", "Infinity", "NaN"];

    /// <summary>The text with each such word outside of strings put in quotes, so that it is standard JSON.</summary>
    public static string ToStandard(string text)
    {
        StringBuilder? standard = null;
        int copied = 0;
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') inString = !inString;
            else if (inString && text[i] == '\\') i++;
            if (inString) continue;
            foreach (string word in Words)
            {
                if (!text.AsSpan(i).StartsWith(word, StringComparison.Ordinal)) continue;
                standard ??= new StringBuilder(text.Length + 16);
                standard.Append(text, copied, i - copied).Append('"').Append(word).Append('"');
                copied = i + word.Length;
                i = copied - 1;
                break;
            }
        }
        return standard is null ? text : standard.Append(text, copied, text.Length - copied).ToString();
    }
}
