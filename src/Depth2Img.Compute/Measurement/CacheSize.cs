using System.Globalization;

namespace Depth2Img.Compute.Measurement;

/// <summary>How much the processor's caches hold, where the system tells.</summary>
public static class CacheSize
{
    private const long Fallback = 64L << 20;
    private const string LinuxFolder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Bytes of the largest cache; 64 MiB where the system does not say.</summary>
    public static long LastLevel { get; } = Read(LinuxFolder);

    internal static long Read(string folder)
    {
        try
        {
            return Directory.EnumerateDirectories(folder, "index*")
                .Select(index => Parse(File.ReadAllText(Path.Combine(index, "size"))))
                .DefaultIfEmpty(Fallback).Max();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fallback;
        }
    }

    /// <summary>Reads "32768K" or "32M".</summary>
    private static long Parse(string size)
    {
        string text = size.Trim();
        if (text.Length < 2 || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long value)) return Fallback;
        return text[^1] switch { 'K' => value << 10, 'M' => value << 20, _ => Fallback };
    }
}
