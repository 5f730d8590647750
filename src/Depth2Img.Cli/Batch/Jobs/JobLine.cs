namespace Depth2Img.Cli.Batch.Jobs;

/// <summary>What one line of a job file, or one picture of a folder, asks for.</summary>
/// <param name="Where">What to call it in messages: "line 3", "'photo.png'".</param>
/// <param name="Number">The line's number, from 1; null where there are no lines.</param>
/// <param name="Settings">Its settings under their names; each may have several values.</param>
/// <param name="Fault">Why the line cannot be read; null if it can.</param>
internal sealed record JobLine(string Where, int? Number, IReadOnlyDictionary<string, IReadOnlyList<string>> Settings, string? Fault = null)
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Nothing = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>A line of a file.</summary>
    public static JobLine Of(int number, IReadOnlyDictionary<string, IReadOnlyList<string>> settings) => new($"line {number}", number, settings);

    /// <summary>A line of a file that cannot be read.</summary>
    public static JobLine Unreadable(int number, string fault) => new($"line {number}", number, Nothing, fault);

    /// <summary>A picture that was named by itself or found in a folder.</summary>
    public static JobLine OfPicture(string path) =>
        new($"'{Path.GetFileName(path)}'", null, new Dictionary<string, IReadOnlyList<string>> { [SettingNames.Image] = [path] });
}
