using System.Globalization;

namespace Depth2Img.Server.Options;

/// <summary>What somebody set, as texts, and where.</summary>
/// <param name="Name">What it was called there: an option, a variable, or a key of a file.</param>
/// <param name="Texts">The value, or the values of a list.</param>
public sealed record SettingValue(string Name, IReadOnlyList<string> Texts)
{
    /// <summary>The text.</summary>
    public string Text => Texts.Count == 1 ? Texts[0] : throw Wrong(string.Join(", ", Texts), "one value");

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> List => Texts;

    /// <summary>A whole number within bounds.</summary>
    public long Whole(long least, long most) =>
        long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most ? value : throw Wrong(Text, $"a whole number from {least} to {most}");

    /// <summary>True or false.</summary>
    public bool Truth() => Text.ToLowerInvariant() switch
    {
        "true" or "1" or "on" or "yes" => true,
        "false" or "0" or "off" or "no" or "" => false,
        _ => throw Wrong(Text, "true or false"),
    };

    /// <summary>One of a few words.</summary>
    public string Word(IReadOnlyList<string> words) => words.Contains(Text) ? Text : throw Wrong(Text, string.Join(" or ", words));

    /// <summary>A number of bytes: 500MB, 2GB, or a bare number.</summary>
    public long Bytes() => TryBytes(Text, out long bytes) ? bytes : throw Wrong(Text, "a size such as 500MB or 2GB");

    /// <summary>Seconds: 90s, 10m, 12h, 7d, or a bare number.</summary>
    public int Seconds() => TryTime(char.IsAsciiDigit(Text.LastOrDefault()) ? Text + "s" : Text, out TimeSpan time) && time.TotalSeconds is >= 1 and <= int.MaxValue
        ? (int)time.TotalSeconds : throw Wrong(Text, "a time such as 90s or 10m");

    /// <summary>How long and how much to keep: "7d", "2GB", or "7d,2GB".</summary>
    public (TimeSpan? For, long? Bytes) Keep()
    {
        (TimeSpan?, long?) keep = default;
        foreach (string part in Texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (keep.Item1 is null && TryTime(part, out TimeSpan time)) keep.Item1 = time;
            else if (keep.Item2 is null && TryBytes(part, out long bytes)) keep.Item2 = bytes;
            else throw Wrong(string.Join(',', Texts), "a time, a size, or both, such as 7d,2GB");
        }
        return keep;
    }

    private Depth2ImgException Wrong(string found, string expected) => new($"{Name} is '{found}'; {expected} is expected.");

    private static bool TryBytes(string text, out long bytes)
    {
        (string Unit, int Shift)[] units = [("KIB", 10), ("MIB", 20), ("GIB", 30), ("TIB", 40), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40), ("B", 0), ("", 0)];
        foreach ((string unit, int shift) in units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            bool whole = double.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
            double value = number * (1L << shift);
            bytes = value <= 1L << 60 ? (long)value : 0;
            return whole && value <= 1L << 60;
        }
        bytes = 0;
        return false;
    }

    private static bool TryTime(string text, out TimeSpan time)
    {
        time = default;
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number > 1e6) return false;
        TimeSpan? found = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
        time = found ?? default;
        return found is not null;
    }
}
