namespace Depth2Img.Server.Options;

/// <summary>One setting of the server, however it is given.</summary>
/// <param name="Key">In a file: the name within the section, parts divided by a colon.</param>
/// <param name="Option">On the command line.</param>
/// <param name="Variable">In the environment.</param>
/// <param name="HelpName">What stands for the value in help; empty for a switch.</param>
/// <param name="Description">A sentence or two for people, with the default.</param>
/// <param name="Apply">Puts a value into the options; throws a sentence if it cannot be.</param>
public sealed record ServerSetting(string Key, string Option, string Variable, string HelpName, string Description, Action<ServerOptions, SettingValue> Apply)
{
    /// <summary>A further name on the command line; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether there may be several values: repeated options, commas in a variable, a list in a file.</summary>
    public bool IsList { get; init; }

    /// <summary>The words that are values; empty if others are.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether it takes no value on the command line.</summary>
    public bool IsSwitch => HelpName.Length == 0;
}
