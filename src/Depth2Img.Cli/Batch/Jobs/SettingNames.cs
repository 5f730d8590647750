using System.Text;

namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>The names of a job's settings: those of the long options without their dashes, and two of the job's own.</summary>
internal static class SettingNames
{
    /// <summary>The picture.</summary>
    public const string Image = "image";

    /// <summary>The new picture's file, in the batch's folder.</summary>
    public const string Output = "output";

    /// <summary>The one form of a name: "depthModel", "depth_model" and "--depth-model" are "depth-model".</summary>
    public static string Normalise(string name)
    {
        StringBuilder normal = new();
        foreach (char c in name.Trim().TrimStart('-'))
        {
            if (char.IsAsciiLetterUpper(c))
            {
                if (normal.Length > 0 && normal[^1] != '-') normal.Append('-');
                normal.Append(char.ToLowerInvariant(c));
            }
            else
            {
                normal.Append(c is '_' or ' ' ? '-' : c);
            }
        }
        return normal.ToString();
    }

    /// <summary>The known name that a mistyped one is nearest to; null if none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        (string Name, int Distance) best = known.Select(k => (k, Distance(name, k))).MinBy(pair => pair.Item2);
        return best.Name is not null && best.Distance <= Math.Min(3, name.Length / 2) ? best.Name : null;
    }

    /// <summary>Levenshtein's distance: how many letters to put in, take out or change.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
