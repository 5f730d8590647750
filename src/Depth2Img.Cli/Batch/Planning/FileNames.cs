using System.Text;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>Makes parts of file names that every system takes.</summary>
internal static class FileNames
{
    private const int MaxLength = 60;
    private const string Refused = "/\\:*?\"<>|";

    /// <summary>A picture's name, changed only where some system would refuse it.</summary>
    public static string Stem(string path)
    {
        string stem = string.Concat(Path.GetFileNameWithoutExtension(path).Select(c => char.IsControl(c) || Refused.Contains(c, StringComparison.Ordinal) ? '-' : c)).Trim(' ', '.');
        return stem.Length == 0 ? "picture" : stem;
    }

    /// <summary>A setting's value as a short word: letters, digits and some signs, the rest dashes.</summary>
    public static string Slug(string value)
    {
        StringBuilder slug = new();
        foreach (char c in value)
        {
            if (slug.Length == MaxLength) break;
            if (char.IsLetterOrDigit(c) || c is '_' or '=' or '+' or ',') slug.Append(c);
            else if (c == '.' && slug.Length > 0 && char.IsLetterOrDigit(slug[^1])) slug.Append(c);
            else if (c == '-' && slug.Length == 0) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }
        string trimmed = slug.ToString().TrimEnd('-', '.');
        return trimmed.Length == 0 ? "none" : trimmed;
    }
}
