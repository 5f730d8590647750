namespace Depth2Img.Browser.Tests.Support;

/// <summary>The browser of the machine: none is downloaded.</summary>
internal static class Chromium
{
    /// <summary>What is said where there is none.</summary>
    public const string Missing = "There is no Chromium on this machine: install Debian's package chromium, or name another program in DEPTH2IMG_CHROMIUM.";

    /// <summary>
    /// As few services of the browser as there can be, so that nothing but the page asks for anything; and a software WebGL, so that pixels
    /// of the 3-D view are real ones on machines without a graphics processor.
    /// </summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb",
    ];

    /// <summary>The program; null if there is none.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Whether a missing browser is a fault: in CI.</summary>
    public static bool IsRequired { get; } = Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ci && ci != "false";

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("DEPTH2IMG_CHROMIUM");
        IEnumerable<string> candidates = named is { Length: > 0 } ? [named] : ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        return candidates.FirstOrDefault(File.Exists);
    }
}
