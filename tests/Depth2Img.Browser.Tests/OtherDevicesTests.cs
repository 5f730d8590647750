using System.Text.Json;
using System.Text.RegularExpressions;
using Depth2Img.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed partial class OtherDevicesTests(BrowserSession session, PageServer server)
{
    private static readonly BrowserNewContextOptions SmallPhone = new() { ViewportSize = new ViewportSize { Width = 320, Height = 640 }, HasTouch = true, IsMobile = true };

    [BrowserFact]
    public async Task A_small_phone_shows_everything_without_scrolling_sideways_and_with_targets_for_fingers()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address, SmallPhone);
        IPage page = visit.Page;
        await Expect(page.Locator("#server-state")).ToHaveAttributeAsync("data-state", "ready");
        await page.AssertNoSidewaysScrollAsync();
        await AssertTargetsAsync(page, "first screen");
        await page.ChooseAsync(Hands.Pumpkin);
        await page.AssertNoSidewaysScrollAsync();
        await Screenshots.TakeAsync(page, "phone");
        await page.Locator("#depth-adjust").TapAsync();
        await page.AskForAsync("a golden statue on grass at sunset");
        await page.MakeAsync();
        foreach (string panel in (string[])["#panel-mask", "#panel-layers", "#panel-sweep", "#panel-view3d"])
        {
            await page.UnfoldAsync(panel);
            await Expect(page.Locator($"{panel} .panel-body > *").First).ToBeAttachedAsync();
        }
        await Expect(page.Locator("#panel-view3d").GetByRole(AriaRole.Application)).ToBeVisibleAsync();
        await page.AssertNoSidewaysScrollAsync();
        await AssertTargetsAsync(page, "everything unfolded");
        await Accessibility.AssertAccessibleAsync(page, "phone, everything unfolded");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_finger_paints_a_mask()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address, SmallPhone);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.UnfoldAsync("#panel-mask");
        ILocator stage = page.Locator("#panel-mask").GetByRole(AriaRole.Application);
        await stage.TapAsync();
        await Expect(page.Locator("#panel-mask").GetByRole(AriaRole.Status).First).ToContainTextAsync("is marked");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task In_the_dark_a_result_is_shown_on_dark()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address, new BrowserNewContextOptions { ColorScheme = ColorScheme.Dark, ViewportSize = new ViewportSize { Width = 1120, Height = 800 } });
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Pumpkin);
        await page.AskForAsync("a golden statue on grass at sunset", steps: 20);
        await page.MakeAsync();
        int[] background = await page.EvaluateAsync<int[]>("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)");
        Assert.All(background, part => Assert.InRange(part, 0, 60));
        await Screenshots.TakeAsync(page, "dark");
        await page.UnfoldAsync("#panel-mask");
        await page.UnfoldAsync("#panel-layers");
        await Accessibility.AssertAccessibleAsync(page, "dark, a result");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task Without_scripts_a_form_leads_to_a_page_that_looks_again_until_the_picture_is_there()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        IPage page = visit.Page;
        List<(string Url, int Status)> answers = [];
        page.Response += (_, answer) => answers.Add((answer.Url, answer.Status));
        await page.GetByLabel("Photo (PNG or JPEG)").SetInputFilesAsync(Hands.Room);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "What should it become?" }).FillAsync("a golden statue on grass");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await page.WaitForURLAsync(JobPage());
        Assert.Contains(answers, answer => answer.Status == 303);
        // It comes by itself: nothing more is pressed.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your picture is done");
        Assert.True(answers.Count(answer => JobPage().IsMatch(answer.Url)) > 1, "The page did not look again.");
        byte[] made = Hands.Pixels(await page.DownloadAsync(page.GetByRole(AriaRole.Link, new() { Name = "Download", Exact = true }).First));
        Assert.Equal(3 * 512 * 512, made.Length);
        visit.AssertFaultless();
    }

    [GeneratedRegex("/jobs/[0-9a-f]{32}$")]
    private static partial Regex JobPage();

    /// <summary>Fails on targets of fewer than 44 points, links within sentences aside (WCAG 2.2, 2.5.5).</summary>
    private static async Task AssertTargetsAsync(IPage page, string state)
    {
        JsonElement small = await page.EvaluateAsync<JsonElement>(
            """
            () => [...document.querySelectorAll('button, a.button, select, textarea, summary, input')].filter(one => one.checkVisibility()).map(one => {
              // A control within its label is pressed anywhere on it; so is a file's button, whose control is not seen.
              const target = one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') ?? one : one;
              const box = target.getBoundingClientRect();
              return { what: one.outerHTML.slice(0, 120), width: box.width, height: box.height, hidden: box.width <= 2 || getComputedStyle(one).clipPath !== 'none' };
            }).filter(box => !box.hidden && (box.height < 43.5 || box.width < 43.5))
            """);
        Assert.True(small.GetArrayLength() == 0, $"{state}, too small for fingers:\n{string.Join('\n', small.EnumerateArray())}");
    }
}
