using System.Globalization;

namespace Depth2Img.Hub;

/// <summary>Numbers of bytes for people, in thousands as disks and downloads are sold.</summary>
internal static class ByteCount
{
    /// <summary>"5.65 GB", "34.6 MB", "812 kB".</summary>
    public static string Text(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };
}
