using System.Text.RegularExpressions;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>What a person does at the page, in the person's words.</summary>
internal static partial class Hands
{
    /// <summary>A rendered picture, 512 x 512, whose true depth is known.</summary>
    public static string Room { get; } = Repository.Samples("rendered/room.png");

    /// <summary>Its depth.</summary>
    public static string RoomDepth { get; } = Repository.Samples("rendered/room-depth16.png");

    /// <summary>A photo, 768 x 1024.</summary>
    public static string Pumpkin { get; } = Repository.Samples("photos/pumpkin.jpg");

    /// <summary>Chooses a picture and waits for its depth map.</summary>
    public static async Task ChooseAsync(this IPage page, string path)
    {
        await page.Locator("#choose-picture").SetInputFilesAsync(path);
        await page.SeeDepthAsync();
    }

    /// <summary>Waits until a depth map is shown.</summary>
    public static async Task SeeDepthAsync(this IPage page, string source = "Estimated by")
    {
        await Expect(page.Locator("#depth-source")).ToContainTextAsync(source);
        await Expect(page.Locator("#depth-stage")).ToHaveAttributeAsync("aria-busy", "false");
    }

    /// <summary>Where the prompt is written.</summary>
    public static ILocator Prompt(this IPage page) => page.GetByRole(AriaRole.Textbox, new() { Name = "What should it become?", Exact = true });

    /// <summary>Writes a prompt and sets work that takes a second or two.</summary>
    public static async Task AskForAsync(this IPage page, string prompt, int steps = 4, string seed = "7")
    {
        await page.Prompt().FillAsync(prompt);
        await page.SetStepsAsync(steps);
        await page.GetByLabel("A new one each time").UncheckAsync();
        await page.Locator("#seed").FillAsync(seed);
    }

    /// <summary>Sets the steps of the schedule.</summary>
    public static async Task SetStepsAsync(this IPage page, int steps)
    {
        await page.UnfoldAsync("#more-settings");
        await page.Locator("#steps").FillAsync(steps.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await page.Locator("#steps").BlurAsync();
    }

    /// <summary>Presses Generate and waits for the result.</summary>
    public static async Task MakeAsync(this IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await page.SeeResultAsync();
    }

    /// <summary>Waits until a job is done and its picture shown.</summary>
    public static async Task SeeResultAsync(this IPage page)
    {
        await Expect(page.Locator("#result")).ToBeVisibleAsync();
        await Expect(page.Locator("#progress")).ToBeHiddenAsync();
        await Expect(page.Locator("#download")).ToHaveAttributeAsync("href", AnyText());
    }

    /// <summary>Unfolds a part of the page, if it is not.</summary>
    public static async Task UnfoldAsync(this IPage page, string details)
    {
        ILocator folded = page.Locator(details);
        if (await folded.GetAttributeAsync("open") is null) await folded.Locator("> summary").ClickAsync();
    }

    /// <summary>Sets a slider as a hand would.</summary>
    public static async Task SlideAsync(this ILocator slider, double value)
    {
        await slider.FillAsync(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await slider.DispatchEventAsync("change");
    }

    /// <summary>The pixels of a canvas as they are kept, RGB.</summary>
    public static async Task<byte[]> PixelsAsync(this ILocator canvas) => Pixels(await canvas.FileAsync());

    /// <summary>A canvas as a PNG file.</summary>
    public static async Task<byte[]> FileAsync(this ILocator canvas)
    {
        string address = await canvas.EvaluateAsync<string>("canvas => canvas.toDataURL('image/png')");
        return Convert.FromBase64String(address[(address.IndexOf(',') + 1)..]);
    }

    /// <summary>The pixels of what is seen of an element, RGB.</summary>
    public static async Task<byte[]> SeenAsync(this ILocator element) =>
        Pixels(await element.ScreenshotAsync(new LocatorScreenshotOptions { Animations = ScreenshotAnimations.Disabled }));

    /// <summary>The mean difference of pixels, of 255.</summary>
    public static double Difference(byte[] one, byte[] other)
    {
        Assert.Equal(one.Length, other.Length);
        long sum = 0;
        for (int i = 0; i < one.Length; i++) sum += Math.Abs(one[i] - other[i]);
        return (double)sum / one.Length;
    }

    /// <summary>A file that the page gives.</summary>
    public static async Task<byte[]> DownloadAsync(this IPage page, ILocator pressed)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => pressed.ClickAsync());
        await using Stream stream = await download.CreateReadStreamAsync();
        using MemoryStream content = new();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>Files as a browser hands them over when they are dropped or pasted.</summary>
    public static Task<IJSHandle> TransferAsync(this IPage page, string path) => page.TransferAsync(Path.GetFileName(path), File.ReadAllBytes(path));

    /// <summary>A file as a browser hands it over when it is dropped or pasted.</summary>
    public static Task<IJSHandle> TransferAsync(this IPage page, string name, byte[] content) => page.EvaluateHandleAsync(
        """
        async ({ name, content }) => {
          const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: name.endsWith('.png') ? 'image/png' : 'image/jpeg' }));
          return transfer;
        }
        """, new { name, content = Convert.ToBase64String(content) });

    /// <summary>Drops a file onto the page.</summary>
    public static async Task DropAsync(this IPage page, IJSHandle transfer)
    {
        ILocator body = page.Locator("body");
        await body.DispatchEventAsync("dragenter", new { dataTransfer = transfer });
        await body.DispatchEventAsync("dragover", new { dataTransfer = transfer });
        await body.DispatchEventAsync("drop", new { dataTransfer = transfer });
    }

    /// <summary>Pastes a file onto the page.</summary>
    public static Task PasteAsync(this IPage page, IJSHandle transfer) => page.EvaluateAsync(
        "transfer => document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }))", transfer);

    /// <summary>Fails if the page is wider than what shows it.</summary>
    public static async Task AssertNoSidewaysScrollAsync(this IPage page)
    {
        int over = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(over <= 0, $"The page is {over} pixels wider than the window.");
    }

    /// <summary>The pixels of a PNG file.</summary>
    public static byte[] Pixels(byte[] png) => Image.Load(png).Pixels;

    [GeneratedRegex(".")]
    private static partial Regex AnyText();
}
