using System.Globalization;
using Depth2Img.Cli.Batch.Jobs;
using Depth2Img.Cli.Output;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>Where jobs' outputs go: by a template or a line's own name, always inside the batch's folder.</summary>
/// <param name="folder">The batch's folder.</param>
/// <param name="template">The pattern that was asked for; null takes "{image}", with "-{line}" where there are lines.</param>
/// <param name="sweep">The sweep, whose values are in the names.</param>
internal sealed class OutputNames(string folder, NameTemplate? template, Sweep sweep)
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <summary>The files of a job.</summary>
    /// <param name="line">The line.</param>
    /// <param name="cell">The combination of the sweep.</param>
    /// <param name="number">The job's number.</param>
    /// <param name="image">The picture.</param>
    /// <param name="count">How many pictures are made.</param>
    /// <param name="setting">Gives a setting's value as text.</param>
    /// <exception cref="Depth2ImgException">The name leads out of the folder, or is of a format that is not written.</exception>
    public IReadOnlyList<string> Of(JobLine line, SweepCell cell, int number, string image, int count, Func<string, string> setting)
    {
        string name;
        if (line.Settings.TryGetValue(SettingNames.Output, out IReadOnlyList<string>? given))
        {
            if (given is not [{ Length: > 0 } one] || one.Contains('\0', StringComparison.Ordinal)) throw new Depth2ImgException("'output' is not one file's name.");
            string extension = Path.GetExtension(one).ToLowerInvariant();
            if (extension.Length > 0 && !Extensions.Contains(extension)) throw new Depth2ImgException($"'{one}' ends in '{extension}'; {string.Join(", ", Extensions)} can be written.");
            name = extension.Length > 0 ? one[..^extension.Length] + Suffix(cell, null) + extension : one + Suffix(cell, null) + ".png";
        }
        else
        {
            NameTemplate pattern = template ?? new NameTemplate(line.Number is null ? "{image}" : "{image}-{line}", []);
            name = pattern.Fill(place => Value(place)) is var filled && Extensions.FirstOrDefault(e => filled.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } extension
                ? filled[..^extension.Length] + Suffix(cell, pattern) + filled[^extension.Length..]
                : filled + Suffix(cell, pattern) + ".png";
        }
        string path = Path.GetFullPath(Path.Combine(_folder, name));
        if (!path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new Depth2ImgException($"The output '{name}' lies outside the batch's folder; name one inside.");
        if (Path.GetRelativePath(_folder, path).Split(Path.DirectorySeparatorChar)[0] == Running.BatchFolder.StateName)
            throw new Depth2ImgException($"The output '{name}' lies in the folder that the batch keeps its own files in; name another.");
        return [.. Enumerable.Range(0, count).Select(index => OutputFiles.Numbered(path, index, count))];

        string Value(string place) => place switch
        {
            "image" => FileNames.Stem(image),
            "n" => number.ToString(CultureInfo.InvariantCulture),
            "line" => line.Number?.ToString(CultureInfo.InvariantCulture) ?? "",
            "x" => Slug(sweep.X, cell),
            "y" => Slug(sweep.Y, cell),
            "z" => Slug(sweep.Z, cell),
            _ => sweep.Axes.FirstOrDefault(axis => axis.Setting == place) is { } axis ? Slug(axis, cell) : FileNames.Slug(setting(place)),
        };
    }

    /// <summary>The sweep's values that a pattern does not name itself, so that no two combinations have one name.</summary>
    private string Suffix(SweepCell cell, NameTemplate? pattern) =>
        string.Concat(sweep.Axes.Where(axis => pattern is null || !(pattern.Has(axis.Name) || pattern.Has(axis.Setting) || pattern.Has("n"))).Select(axis => "-" + Slug(axis, cell)));

    private string Slug(SweepAxis? axis, SweepCell cell) => axis?.Slugs[sweep.IndexOf(axis, cell)] ?? "";
}
