namespace Depth2Img.Browser.Tests.Support;

/// <summary>A test that drives a browser. Where there is none it is skipped by name; in CI it fails instead, because there one is installed.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        // Nothing here is measured; this only ends what hangs.
        Timeout = 600_000;
        if (Chromium.Path is null && !Chromium.IsRequired) Skip = Chromium.Missing;
    }
}
