using Depth2Img.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed class FirstScreenTests(BrowserSession session, PageServer server, ITestOutputHelper output)
{
    /// <summary>What the page itself may weigh before the view in space is opened.</summary>
    private const int MostBytes = 300_000;

    [BrowserFact]
    public async Task Is_small_needs_no_other_host_and_tells_how_soon_it_is_painted()
    {
        List<IResponse> answers = [];
        await using Visit visit = await Visit.OpenAsync(session, server.Address, prepare: visit =>
        {
            visit.Page.Response += (_, answer) => answers.Add(answer);
            return Task.CompletedTask;
        });
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#server-state")).ToHaveAttributeAsync("data-state", "ready");

        string[] paints = await visit.Page.EvaluateAsync<string[]>("() => performance.getEntriesByType('paint').map(entry => `${entry.name} ${Math.round(entry.startTime)} ms`)");
        output.WriteLine(string.Join(", ", paints));
        await Screenshots.TakeAsync(visit.Page, "first");

        // Panels are files of the page, too; they are fetched when they are opened.
        await visit.Page.ChooseAsync(Hands.Room);
        foreach (string panel in (string[])["#panel-mask", "#panel-layers", "#panel-sweep"])
        {
            await visit.Page.UnfoldAsync(panel);
            await Expect(visit.Page.Locator($"{panel} .panel-body > *").First).ToBeAttachedAsync();
        }
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        int bytes = 0;
        foreach (IResponse answer in answers.ToArray())
        {
            string path = new Uri(answer.Url).AbsolutePath;
            if (path != "/" && !path.StartsWith("/assets/", StringComparison.Ordinal)) continue;
            // As they are sent: texts are compressed.
            int size = (await answer.Request.SizesAsync()).ResponseBodySize;
            output.WriteLine($"{size,8} {path}");
            bytes += size;
        }
        output.WriteLine($"{bytes,8} in all");
        Assert.InRange(bytes, 1, MostBytes);
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task Has_no_grave_fault_of_accessibility_in_light_and_dark()
    {
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using Visit visit = await Visit.OpenAsync(session, server.Address, new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1120, Height = 800 } });
            await Expect(visit.Page.Locator("#server-state")).ToHaveAttributeAsync("data-state", "ready");
            await Accessibility.AssertAccessibleAsync(visit.Page, $"first screen, {scheme}");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Help" }).ClickAsync();
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await Accessibility.AssertAccessibleAsync(visit.Page, $"help, {scheme}");
            await visit.Page.Keyboard.PressAsync("Escape");
            await Expect(visit.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();

            await visit.Page.ChooseAsync(Hands.Pumpkin);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Adjust" }).ClickAsync();
            await visit.Page.UnfoldAsync("#more-settings");
            await Accessibility.AssertAccessibleAsync(visit.Page, $"picture with depth, {scheme}");
            visit.AssertFaultless();
        }
    }
}
