using Depth2Img.TestSupport;
using Microsoft.Playwright;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>The pictures of the page in docs/images. They are written only when asked for: scripts/docs-page.sh does.</summary>
internal static class Screenshots
{
    private const string Wish = "DEPTH2IMG_UPDATE_SCREENSHOTS";

    public static bool AreWanted { get; } = Environment.GetEnvironmentVariable(Wish) is "1";

    /// <summary>Writes docs/images/page-NAME.png if it is asked for.</summary>
    /// <param name="page">The page as it stands.</param>
    /// <param name="name">What it shows.</param>
    /// <param name="element">A part of the page; null for what is in view.</param>
    public static async Task TakeAsync(IPage page, string name, ILocator? element = null)
    {
        if (!AreWanted) return;
        string path = Repository.File($"docs/images/page-{name}.png");
        if (element is null) await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        else await element.ScreenshotAsync(new LocatorScreenshotOptions { Path = path, Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
    }
}
