using System.Text.RegularExpressions;
using Depth2Img.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed partial class MakingTests(BrowserSession session, PageServer server)
{
    [BrowserFact]
    public async Task A_picture_is_made_with_previews_progress_and_a_result_to_compare_download_and_go_on_from()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Pumpkin);
        await page.AskForAsync("a golden statue on grass at sunset", steps: 20);
        // Titles are gone within a moment: they are written down as they come.
        await page.EvaluateAsync("() => { window.titles = []; new MutationObserver(() => window.titles.push(document.title)).observe(document.querySelector('title'), { childList: true, characterData: true, subtree: true }); }");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.GetByAltText("Your picture in the making")).ToBeVisibleAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync(StepText());
        await Accessibility.AssertAccessibleAsync(page, "a picture in the making");
        await Screenshots.TakeAsync(page, "making");
        await page.SeeResultAsync();
        string[] titles = await page.EvaluateAsync<string[]>("() => window.titles");
        Assert.Contains(titles, title => PercentTitle().IsMatch(title));
        Assert.Equal("Depth2Img", await page.TitleAsync());

        await Expect(page.Locator("#result-facts")).ToContainTextAsync("Seed 7");
        await Accessibility.AssertAccessibleAsync(page, "a result");
        ILocator slider = page.GetByRole(AriaRole.Slider, new() { Name = "Compare: original on the left, result on the right" });
        await page.Locator("#result").ScrollIntoViewIfNeededAsync();
        await Screenshots.TakeAsync(page, "result");
        ILocator frame = page.Locator("#compare .frame");
        await slider.SlideAsync(100);
        byte[] original = await frame.SeenAsync();
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        byte[] result = await frame.SeenAsync();
        Assert.True(Hands.Difference(original, result) > 10, "The slider's ends look alike.");
        await Expect(slider).ToHaveAttributeAsync("aria-valuetext", "0 % original, 100 % result");

        foreach (string mode in (string[])["Side by side", "Hold", "Over depth", "Alone"])
        {
            await page.GetByRole(AriaRole.Radio, new() { Name = mode }).CheckAsync(new() { Force = true });
            await Expect(page.Locator("#compare img").First).ToBeVisibleAsync();
            await Accessibility.AssertAccessibleAsync(page, $"a result, {mode}");
        }

        byte[] file = await page.DownloadAsync(page.Locator("#download"));
        Assert.Contains("parameters", System.Text.Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        byte[] plain = await page.DownloadAsync(page.GetByRole(AriaRole.Link, new() { Name = "Without settings" }));
        Assert.DoesNotContain("parameters", System.Text.Encoding.Latin1.GetString(plain), StringComparison.Ordinal);
        Assert.Equal(Hands.Pixels(file), Hands.Pixels(plain));

        await page.GetByRole(AriaRole.Button, new() { Name = "Use as picture" }).ClickAsync();
        await page.SeeDepthAsync();
        Assert.Equal(Hands.Pixels(file), await page.Locator("#picture-canvas").PixelsAsync());
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_job_is_stopped_at_once()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 150);
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync(StepText());
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop now" }).ClickAsync();
        await Expect(page.Locator("#progress")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Generate" })).ToBeEnabledAsync();
        await Expect(page.Locator("#result")).ToBeHiddenAsync();
        // It can go on at once.
        await page.SetStepsAsync(2);
        await page.MakeAsync();
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_job_is_stopped_after_the_picture_that_is_being_made()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 10);
        await page.Locator("#count").FillAsync("16");
        await page.Locator("#count").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync(StepText());
        await page.GetByRole(AriaRole.Button, new() { Name = "After this picture" }).ClickAsync();
        await page.SeeResultAsync();
        int made = Math.Max(1, await page.Locator("#result-picks input").CountAsync());
        Assert.InRange(made, 1, 15);
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task The_whole_job_is_done_by_keyboard_alone()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await Expect(page.Locator("#server-state")).ToHaveAttributeAsync("data-state", "ready");
        await TabToAsync(page, "#sample-row button");
        await page.Keyboard.PressAsync("Enter");
        await page.SeeDepthAsync();
        await TabToAsync(page, "#prompt");
        await page.Keyboard.TypeAsync("a golden statue on grass");
        await TabToAsync(page, "#strength");
        await page.Keyboard.PressAsync("Home");
        for (int n = 0; n < 30; n++) await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.Locator("#strength-number")).ToHaveValueAsync("0.3");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.SeeResultAsync();
        await TabToAsync(page, "#compare .wipe");
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator("#compare .wipe")).ToHaveValueAsync("100");
        await TabToAsync(page, "#download");
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.EndsWith(".png", download.SuggestedFilename, StringComparison.Ordinal);
        visit.AssertFaultless();
    }

    [GeneratedRegex(@"Step \d+ of \d+")]
    private static partial Regex StepText();

    [GeneratedRegex(@"^\d+ %.* – Depth2Img$")]
    private static partial Regex PercentTitle();

    /// <summary>Presses Tab until something has the focus, forwards, and round the page if need be.</summary>
    private static async Task TabToAsync(IPage page, string selector)
    {
        for (int presses = 0; presses < 200; presses++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) === true", selector))
            {
                // Whoever goes by keys must see where they are.
                Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement.matches(':focus-visible')"));
                return;
            }
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"Tab does not come to {selector}.");
    }
}
