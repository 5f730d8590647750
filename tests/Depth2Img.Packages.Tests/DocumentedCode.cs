using System.Text;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Packages;

/// <summary>
/// The C# of the documentation. A fenced block is a program; one whose first line begins with "// Goes on" belongs to the
/// program before it on the same page.
/// </summary>
internal static class DocumentedCode
{
    private const string Fence = "```";
    private const string Continued = "// Goes on";

    /// <summary>The pages that may have C#: README.md, docs, and the packages' own.</summary>
    public static IEnumerable<string> Pages =>
    [
        "README.md",
        .. ((string[])["docs", "packaging"]).SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.md")).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The programs of a page, each with the line that it begins at.</summary>
    public static IReadOnlyList<(int Line, string Code)> ProgramsOf(string page)
    {
        List<(int Line, string Code)> programs = [];
        StringBuilder? block = null;
        int begin = 0, number = 0;
        foreach (string line in File.ReadLines(Repository.File(page)))
        {
            number++;
            if (block is null && line == Fence + "csharp") (block, begin) = (new StringBuilder(), number + 1);
            else if (block is not null && line == Fence)
            {
                string code = block.ToString();
                if (!code.StartsWith(Continued, StringComparison.Ordinal)) programs.Add((begin, code));
                else programs[^1] = (programs[^1].Line, Join(programs[^1].Code, code));
                block = null;
            }
            else block?.Append(line).Append('\n');
        }
        return programs;
    }

    /// <summary>Usings come first in a program, wherever its parts have them.</summary>
    private static string Join(string first, string second)
    {
        ILookup<bool, string> lines = $"{first}{second}".Split('\n').ToLookup(IsUsing);
        return string.Join('\n', lines[true].Distinct().Concat(lines[false]));
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=', StringComparison.Ordinal) && !line.Contains('(', StringComparison.Ordinal);
}
