using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Browser.Tests.Support;
using Depth2Img.Server.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed class TroubleTests(BrowserSession session, PageServer server)
{
    private const string Key = "a-key-of-some-length";

    [BrowserFact]
    public async Task A_connection_that_is_cut_in_the_middle_of_a_job_is_taken_up_again()
    {
        await using CuttableLine line = new(server.Address);
        await using Visit visit = await Visit.OpenAsync(session, line.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 60);
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync("Step");
        visit.ExpectBrokenConnections();
        line.Break();
        Assert.True(line.Cut > 0);
        await Expect(page.Locator("#progress-text")).ToContainTextAsync("The connection was lost");
        await Accessibility.AssertAccessibleAsync(page, "a lost connection");
        line.Mend();
        await page.SeeResultAsync();
        await Expect(page.Locator("#server-state")).ToHaveAttributeAsync("data-state", "ready");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_full_server_is_waited_for_and_the_seconds_are_counted()
    {
        await using RunningServer busy = await RunningServer.StartAsync(options => (options.Limits.Waiting, options.Limits.WaitingPerClient) = (1, 1));
        string running = await SubmitAsync(busy, steps: 150, count: 16), waiting;
        while ((string?)(await busy.Client.GetFromJsonAsync<JsonNode>(running))!["state"] is "queued") await Task.Delay(20);
        waiting = await SubmitAsync(busy, steps: 150, count: 16);

        await using Visit visit = await Visit.OpenAsync(session, busy.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 2);
        visit.Expect(429);
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync("Trying again in");
        await Accessibility.AssertAccessibleAsync(page, "a full server");
        foreach (string job in (string[])[waiting, running]) (await busy.Client.DeleteAsync(new Uri(job, UriKind.Relative))).EnsureSuccessStatusCode();
        await page.SeeResultAsync();
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_key_is_asked_for_after_the_first_refusal_and_then_everything_works()
    {
        await using RunningServer locked = await RunningServer.StartAsync(options => options.Keys.Add(Key));
        await using Visit visit = await Visit.OpenAsync(session, locked.Address, prepare: visit =>
        {
            visit.Expect(401);
            return Task.CompletedTask;
        });
        IPage page = visit.Page;
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("This server asks for a key");
        await Accessibility.AssertAccessibleAsync(page, "the question for a key");
        await page.Locator("#key").FillAsync("not-the-right-one");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("does not know this key");
        await page.Locator("#key").FillAsync(Key);
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToBeHiddenAsync();
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 2);
        await page.MakeAsync();
        byte[] made = Hands.Pixels(await page.DownloadAsync(page.Locator("#download")));
        Assert.Equal(3 * 512 * 512, made.Length);
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task What_is_wrong_is_said_beside_its_field()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        // Without words nothing is sent, and the page says so itself.
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("[data-field=prompt] .field-error")).ToContainTextAsync("Say in a few words");
        await Expect(page.Locator("#prompt")).ToBeFocusedAsync();
        await Accessibility.AssertAccessibleAsync(page, "a missing prompt");

        // What the server refuses is said in its words: here a prompt whose weights cannot be read.
        await page.AskForAsync("a (red ball", steps: 2);
        await page.Locator("#prompt-syntax").SelectOptionAsync("weighted");
        visit.Expect(422);
        await page.Locator("#steps").FillAsync("0");
        await page.Locator("#steps").BlurAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator(".field-error[data-of]")).Not.ToHaveCountAsync(0);
        await Accessibility.AssertAccessibleAsync(page, "a refused field");
        await page.AskForAsync("a red ball", steps: 2);
        await page.Locator("#prompt-syntax").SelectOptionAsync("plain");
        await page.MakeAsync();
        await Expect(page.Locator(".field-error[data-of]")).ToHaveCountAsync(0);
        visit.AssertFaultless();
    }

    private static async Task<string> SubmitAsync(RunningServer server, int steps, int count)
    {
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(Hands.Room)), "image", "room.png" },
            { new StringContent("a red ball"), "prompt" },
            { new StringContent(steps.ToString(System.Globalization.CultureInfo.InvariantCulture)), "steps" },
            { new StringContent(count.ToString(System.Globalization.CultureInfo.InvariantCulture)), "count" },
        };
        using HttpResponseMessage accepted = await server.Client.PostAsync(new Uri("/api/v1/jobs", UriKind.Relative), form);
        accepted.EnsureSuccessStatusCode();
        return accepted.Headers.Location!.ToString();
    }
}
