using System.Reflection;
using Depth2Img.IO;

namespace Depth2Img.Styles;

/// <summary>
/// The styles at hand: those that come with the program and those in the user's folder, where a style of the same name takes
/// the program's place.
/// </summary>
public sealed class StyleLibrary
{
    private const string ResourcePrefix = "Depth2Img.Styles.";
    private const string Ending = ".json";

    private static readonly IReadOnlyList<StylePreset> Program = ReadProgram();

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the styles.</summary>
    /// <param name="folder">The user's folder, which need not exist; null takes <see cref="DefaultFolder"/>.</param>
    public StyleLibrary(string? folder = null)
    {
        Folder = folder ?? DefaultFolder;
        foreach (StylePreset style in Program) _entries[style.Name] = new Entry(style, null);
        if (!Directory.Exists(Folder)) return;
        foreach (string file in Directory.EnumerateFiles(Folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            Entry entry = Read(file);
            _entries[entry.Style?.Name ?? Path.GetFileNameWithoutExtension(file)] = entry;
        }
    }

    /// <summary>Where the user's styles are: %APPDATA%\depth2img\styles, or depth2img/styles in XDG_CONFIG_HOME or ~/.config.</summary>
    public static string DefaultFolder
    {
        get
        {
            string? given = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
            string configuration = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
                : Path.IsPathRooted(given) ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
            return Path.Combine(configuration, "depth2img", "styles");
        }
    }

    /// <summary>The user's folder.</summary>
    public string Folder { get; }

    /// <summary>All styles that can be read, by name.</summary>
    public IReadOnlyList<StylePreset> Styles =>
        [.. _entries.Values.Select(entry => entry.Style).OfType<StylePreset>().OrderBy(style => style.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>What is wrong with files of the user's folder, a sentence each.</summary>
    public IReadOnlyList<string> Problems => [.. _entries.Values.Select(entry => entry.Problem).OfType<string>()];

    /// <summary>Whether a style comes with the program.</summary>
    public static bool IsOfProgram(StylePreset style) => Program.Contains(style);

    /// <summary>The styles all of whose words a model knows.</summary>
    /// <param name="vocabulary">A small model's words; null for one that was trained on free text, which all suit.</param>
    public IReadOnlyList<StylePreset> Suiting(IReadOnlyList<string>? vocabulary) => [.. Styles.Where(style => style.Suits(vocabulary))];

    /// <summary>A style by its name, whatever its capitals, or by its file's path, which ends in .json.</summary>
    /// <exception cref="Depth2ImgException">There is none, or its file is malformed.</exception>
    public StylePreset Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)) return StylePreset.Load(name);
        if (!_entries.TryGetValue(name, out Entry? entry))
            throw new Depth2ImgException($"There is no style '{name}'; there are {string.Join(", ", Styles.Select(style => style.Name))}.");
        return entry.Style ?? throw new Depth2ImgException(entry.Problem!);
    }

    /// <summary>Checks a style's file and copies it, comments and all, into the user's folder under the style's name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a style of this name there may be replaced.</param>
    /// <returns>The copy's path.</returns>
    /// <exception cref="Depth2ImgException">The file is no style.</exception>
    /// <exception cref="OutputException">There is a style of this name, or the folder cannot be written to.</exception>
    public string Add(string path, bool overwrite = false)
    {
        StylePreset style = StylePreset.Load(path);
        string target = Path.Combine(Folder, style.Name + Ending);
        byte[] json = File.ReadAllBytes(path);
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"The folder '{Folder}' cannot be made: {e.Message}", e);
        }
        AtomicFile.Write(target, stream => stream.Write(json), overwrite);
        _entries[style.Name] = Read(target);
        return target;
    }

    private static Entry Read(string file)
    {
        try
        {
            return new Entry(StylePreset.Load(file), null);
        }
        catch (Depth2ImgException e)
        {
            return new Entry(null, e.Message);
        }
    }

    private static List<StylePreset> ReadProgram()
    {
        Assembly assembly = typeof(StyleLibrary).Assembly;
        List<StylePreset> styles = [];
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            using MemoryStream json = new();
            stream.CopyTo(json);
            styles.Add(StyleReader.Read(json.ToArray(), resource, resource[ResourcePrefix.Length..^Ending.Length]));
        }
        return styles;
    }

    /// <summary>A style, or what is wrong with it.</summary>
    private sealed record Entry(StylePreset? Style, string? Problem);
}
