using System.Globalization;
using System.Text.RegularExpressions;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>
/// A pattern of outputs' names: "{image}-{n:000}". In braces: image (the picture's name), n (the job's number), line (its line in
/// the job file), seed, x, y and z (values of a sweep), and any setting; a number may say with zeros how many digits it has.
/// </summary>
internal sealed partial class NameTemplate
{
    private readonly string _pattern;

    /// <summary>Makes a template.</summary>
    /// <param name="pattern">The pattern; it may have folders in it.</param>
    /// <param name="settings">The settings' names.</param>
    /// <exception cref="Depth2ImgException">A name in braces is unknown, or a brace is left alone.</exception>
    public NameTemplate(string pattern, IEnumerable<string> settings)
    {
        HashSet<string> known = ["image", "n", "line", "seed", "x", "y", "z", .. settings];
        foreach (Match place in Place().Matches(pattern))
        {
            string name = place.Groups["name"].Value;
            if (!known.Contains(name)) throw new Depth2ImgException($"--name has '{{{name}}}', which is neither image, n, line, seed, x, y, z nor a setting.");
        }
        if (Place().Replace(pattern, "").AsSpan().IndexOfAny('{', '}') >= 0) throw new Depth2ImgException($"--name is '{pattern}'; a brace in it has no counterpart, or holds no name.");
        _pattern = pattern;
    }

    /// <summary>Whether a name in braces occurs.</summary>
    public bool Has(string name) => Place().Matches(_pattern).Any(place => place.Groups["name"].Value == name);

    /// <summary>Fills the pattern.</summary>
    /// <param name="value">Gives a name's value; an empty one where there is none.</param>
    public string Fill(Func<string, string> value) => Place().Replace(_pattern, place =>
    {
        string text = value(place.Groups["name"].Value);
        int digits = place.Groups["zeros"].Length;
        return digits > 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text.PadLeft(digits, '0') : text;
    });

    [GeneratedRegex(@"\{(?<name>[a-z][a-z-]*)(:(?<zeros>0+))?\}")]
    private static partial Regex Place();
}
