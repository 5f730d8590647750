using Depth2Img.Browser.Tests.Support;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed class PictureTests(BrowserSession session, PageServer server)
{
    [BrowserFact]
    public async Task A_picture_that_is_chosen_dropped_or_pasted_shows_its_depth()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Pumpkin);
        await Screenshots.TakeAsync(page, "picture");
        byte[] depth = await page.Locator("#depth-canvas").PixelsAsync();
        Assert.True(depth.Max() > 200 && depth.Min() < 50, "The depth map has next to no range.");

        await page.DropAsync(await page.TransferAsync(Hands.Room));
        await Expect(page.Locator("#picture-facts")).ToContainTextAsync("512 × 512");
        await page.SeeDepthAsync();
        Assert.NotEqual(depth.Length, (await page.Locator("#depth-canvas").PixelsAsync()).Length);

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(page.Locator("#pair")).ToBeHiddenAsync();
        await page.PasteAsync(await page.TransferAsync(Hands.Room));
        await page.SeeDepthAsync();
        await Expect(page.Locator("#picture-facts")).ToContainTextAsync("512 × 512");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_sample_is_one_press_away()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        await visit.Page.Locator("#sample-row button").First.ClickAsync();
        await visit.Page.SeeDepthAsync();
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task Depth_is_corrected_and_painted_on_where_it_is_seen()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        ILocator canvas = page.Locator("#depth-canvas");
        byte[] plain = await canvas.PixelsAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Adjust" }).ClickAsync();

        await page.GetByLabel("Swap near and far").CheckAsync();
        byte[] inverted = await WaitForChangeAsync(canvas, plain);
        // Levels are rounded once more on the way to 8 bits.
        Assert.True(Hands.Difference([.. plain.Select(value => (byte)(255 - value))], inverted) < 2);
        await page.GetByLabel("Swap near and far").UncheckAsync();
        await WaitForChangeAsync(canvas, inverted);

        await page.GetByLabel("Far end").SlideAsync(0.5);
        byte[] cut = await WaitForChangeAsync(canvas, plain);
        Assert.True(cut.Count(value => value == 0) > 2 * plain.Count(value => value == 0), "What is beyond the far end is not farthest.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reset all" }).ClickAsync();
        await WaitForChangeAsync(canvas, cut);

        byte[] before = await canvas.PixelsAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Farther" }).CheckAsync(new() { Force = true });
        await canvas.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await canvas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width * 0.3f, box.Y + box.Height * 0.75f);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * 0.7f, box.Y + box.Height * 0.75f, new() { Steps = 8 });
        await page.Mouse.UpAsync();
        byte[] painted = await canvas.PixelsAsync();
        Assert.True(painted.Zip(before).Count(pair => pair.First < pair.Second) > 1000, "The brush moved nothing away.");
        Assert.DoesNotContain(painted.Zip(before), pair => pair.First > pair.Second);
        await Expect(page.Locator("#depth-source")).ToContainTextAsync("painted on");
        await page.Keyboard.PressAsync("Control+z");
        Assert.Equal(before, await WaitForChangeAsync(canvas, painted));
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_map_of_ones_own_takes_the_place_of_the_estimate_and_is_downloaded_with_all_its_levels()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.Locator("#choose-depth").SetInputFilesAsync(Hands.RoomDepth);
        await page.SeeDepthAsync("Supplied");
        await page.GetByRole(AriaRole.Button, new() { Name = "Adjust" }).ClickAsync();
        byte[] downloaded = await page.DownloadAsync(page.GetByRole(AriaRole.Button, new() { Name = "16 bits" }));
        DepthMap own = DepthMapFile.Load(Hands.RoomDepth), back = DepthMapFile.Decode(downloaded, "depth", ImageLimits.Default);
        Assert.True(DepthMap.Correlation(own, back) > 0.99999);
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task What_is_no_picture_is_refused_beside_the_place_where_it_was_dropped()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.DropAsync(await page.TransferAsync("broken.png", [1, 2, 3, 4]));
        await Expect(page.Locator("#picture-notices")).ToContainTextAsync("broken.png");
        await Expect(page.Locator("#pair")).ToBeHiddenAsync();
        await Accessibility.AssertAccessibleAsync(page, "a refused picture");
        visit.AssertFaultless();
    }

    /// <summary>Waits until a canvas differs from what it was.</summary>
    private static async Task<byte[]> WaitForChangeAsync(ILocator canvas, byte[] before)
    {
        while (true)
        {
            byte[] now = await canvas.PixelsAsync();
            if (!now.AsSpan().SequenceEqual(before)) return now;
            await Task.Delay(50);
        }
    }
}
