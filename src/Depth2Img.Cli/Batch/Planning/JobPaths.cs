using System.CommandLine;

namespace Depth2Img.Cli.Batch.Planning;

/// <summary>Which settings name files, and where the paths in a job file begin.</summary>
internal static class JobPaths
{
    /// <summary>What a setting's values are.</summary>
    public enum Kind
    {
        /// <summary>No path.</summary>
        None,

        /// <summary>A file or folder whose contents make the picture, perhaps with numbers or words after a colon.</summary>
        Input,

        /// <summary>A folder or file if there is one of that name, else the name of something.</summary>
        InputOrName,

        /// <summary>A folder to look into: what is found there counts, not what else lies in it.</summary>
        SearchFolder,
    }

    /// <summary>How options call a value that is a path in their help.</summary>
    private static readonly HashSet<string> Placeholders = ["FILE", "FOLDER", "PATH", "MAP", "MASK", "IMAGE", "PICTURE"];

    private static readonly Dictionary<string, Kind> Special = new()
    {
        ["--model"] = Kind.InputOrName,
        ["--depth-model"] = Kind.InputOrName,
        ["--style"] = Kind.InputOrName,
        ["--depth-inside"] = Kind.InputOrName,
        ["--lora-dir"] = Kind.SearchFolder,
    };

    /// <summary>What an option's values are.</summary>
    public static Kind KindOf(Option option)
    {
        if (Special.TryGetValue(option.Name, out Kind kind)) return kind;
        return Placeholders.Contains(option.HelpName?.Split('[', ':')[0] ?? "") ? Kind.Input : Kind.None;
    }

    /// <summary>A value with its path taken from a folder instead of the current one.</summary>
    /// <param name="option">The value's option.</param>
    /// <param name="value">A value of a job file.</param>
    /// <param name="folder">The job file's folder.</param>
    public static string Resolve(Option option, string value, string folder)
    {
        if (value.Length == 0 || value.Contains('\0', StringComparison.Ordinal)) return value;
        string path = Path.Combine(folder, value);
        return KindOf(option) switch
        {
            Kind.None => value,
            Kind.InputOrName => Exists(path) ? path : value,
            _ => path,
        };
    }

    /// <summary>Divides a value into the path that exists and what follows it after a colon; null where nothing of it exists.</summary>
    public static (string Path, string Suffix)? Split(string value)
    {
        for (int end = value.Length; end > 0; end = value.LastIndexOf(':', end - 1))
        {
            if (Exists(value[..end])) return (value[..end], value[end..]);
        }
        return null;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
