using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Depth2Img.Hub;

/// <summary>A model repository of the hub and, where one was asked for, a revision of it: "owner/name@revision".</summary>
/// <param name="Owner">The person or organisation.</param>
/// <param name="Name">The repository.</param>
/// <param name="Revision">A branch, a tag, or a commit of 40 hex digits; null takes <see cref="DefaultRevision"/>.</param>
public sealed partial record ModelReference(string Owner, string Name, string? Revision = null)
{
    /// <summary>The branch that is meant when none is named.</summary>
    public const string DefaultRevision = "main";

    /// <summary>"owner/name".</summary>
    public string Repository => $"{Owner}/{Name}";

    /// <summary>The revision to look for.</summary>
    public string RevisionOrDefault => Revision ?? DefaultRevision;

    /// <summary>Reads "owner/name" or "owner/name@revision".</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ModelReference? reference)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        Match match = RepositoryPattern().Match(at < 0 ? text : text[..at]);
        string? revision = at < 0 ? null : text[(at + 1)..];
        bool valid = match.Success && IsName(match.Groups[1].Value) && IsName(match.Groups[2].Value) && (revision is null || IsRevision(revision));
        reference = valid ? new ModelReference(match.Groups[1].Value, match.Groups[2].Value, revision) : null;
        return valid;
    }

    /// <summary>Reads "owner/name" or "owner/name@revision".</summary>
    /// <exception cref="Depth2ImgException">The text is nothing of the kind.</exception>
    public static ModelReference Parse(string text) => TryParse(text, out ModelReference? reference)
        ? reference
        : throw new Depth2ImgException($"'{text}' is no model of the hub; owner/name or owner/name@revision was expected.");

    /// <summary>The same repository at another revision.</summary>
    /// <exception cref="Depth2ImgException">The text can be no revision.</exception>
    public ModelReference At(string revision) => IsRevision(revision)
        ? this with { Revision = revision }
        : throw new Depth2ImgException($"'{revision}' is no revision; a branch, a tag or a commit of 40 hex digits was expected.");

    /// <summary>Whether a text is a whole commit.</summary>
    public static bool IsCommit(string text) => CommitPattern().IsMatch(text);

    /// <summary>"owner/name", with "@revision" where one was asked for.</summary>
    public override string ToString() => Revision is null ? Repository : $"{Repository}@{Revision}";

    // The hub's own rules. They keep every name from leaving the cache's folder, too.
    private static bool IsName(string text) => !text.Contains("--", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal);

    // Git's rules for branches are looser in places that nobody uses, and forbid ".." as well.
    private static bool IsRevision(string text) => RevisionPattern().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal);

    [GeneratedRegex(@"\A([A-Za-z0-9][A-Za-z0-9._-]{0,95})/([A-Za-z0-9_][A-Za-z0-9._-]{0,95})\z")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._+/-]{0,199}(?<![/.])\z")]
    private static partial Regex RevisionPattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex CommitPattern();
}
