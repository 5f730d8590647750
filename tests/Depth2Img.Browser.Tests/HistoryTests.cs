using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Depth2Img.Browser.Tests.Support;
using Depth2Img.Server.Tests;
using Depth2Img.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed class HistoryTests(BrowserSession session, PageServer server)
{
    [BrowserFact]
    public async Task What_was_made_survives_a_restart_of_the_server_and_comes_back_whole()
    {
        using TemporaryFolder folder = new();
        RunningServer first = await RunningServer.StartAsync(folder: folder);
        int port = first.Address.Port;
        await using Visit visit = await Visit.OpenAsync(session, first.Address);
        IPage page = visit.Page;
        try
        {
            await page.ChooseAsync(Hands.Room);
            await page.AskForAsync("a chrome robot on a tiled floor", seed: "31");
            await page.MakeAsync();
            await Expect(page.Locator("#history-strip li")).ToHaveCountAsync(1);
        }
        finally
        {
            visit.ExpectBrokenConnections();
            await first.DisposeAsync();
        }

        await using RunningServer second = await RunningServer.StartAsync(options => options.Port = port, folder);
        await page.GotoAsync(second.Address.ToString());
        await Expect(page.Locator("#history-strip li")).ToHaveCountAsync(1);
        await page.Locator("#history-strip .open").ClickAsync();
        await page.SeeResultAsync();
        await Expect(page.Prompt()).ToHaveValueAsync("a chrome robot on a tiled floor");
        await Expect(page.Locator("#seed")).ToHaveValueAsync("31");
        await Expect(page.Locator("#picture-facts")).ToContainTextAsync("512 × 512");
        await page.SeeDepthAsync();
        await Accessibility.AssertAccessibleAsync(page, "history");

        await page.Locator("#history-strip .remove").ClickAsync();
        await Accessibility.AssertAccessibleAsync(page, "a question");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).Last.ClickAsync();
        await Expect(page.Locator("#history")).ToBeHiddenAsync();
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_job_that_was_under_way_when_the_page_was_reloaded_is_followed_again()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a red ball", steps: 40);
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.Locator("#progress-text")).ToContainTextAsync("Step");
        await page.ReloadAsync();
        await page.SeeResultAsync();
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_dropped_picture_gives_its_settings_back()
    {
        JsonNode? job;
        using (HttpClient other = new() { BaseAddress = server.Address })
        {
            using MultipartFormDataContent form = new()
            {
                { new ByteArrayContent(await File.ReadAllBytesAsync(Hands.Room)), "image", "room.png" },
                { new StringContent("a pencil sketch of a tree on grass"), "prompt" },
                { new StringContent("0.55"), "strength" }, { new StringContent("6"), "steps" }, { new StringContent("99"), "seed" }, { new StringContent("5"), "guidance" },
            };
            using HttpResponseMessage accepted = await other.PostAsync(new Uri("/api/v1/jobs", UriKind.Relative), form);
            job = await accepted.Content.ReadFromJsonAsync<JsonNode>();
            string self = (string)job!["links"]!["self"]!;
            while ((string?)(job = await other.GetFromJsonAsync<JsonNode>(self))!["state"] is not "done")
            {
                Assert.Contains((string?)job["state"], (string[])["queued", "running"]);
                await Task.Delay(50);
            }
            byte[] made = await other.GetByteArrayAsync(new Uri((string)job["result"]!["images"]![0]!["url"]!, UriKind.Relative));

            await using Visit visit = await Visit.OpenAsync(session, server.Address);
            IPage page = visit.Page;
            await page.ChooseAsync(Hands.Pumpkin);
            await page.DropAsync(await page.TransferAsync("made.png", made));
            await Accessibility.AssertAccessibleAsync(page, "what to do with a picture of settings");
            await page.GetByRole(AriaRole.Button, new() { Name = "Take its settings" }).ClickAsync();
            await Expect(page.Prompt()).ToHaveValueAsync("a pencil sketch of a tree on grass");
            await Expect(page.Locator("#strength-number")).ToHaveValueAsync("0.55");
            await Expect(page.Locator("#steps")).ToHaveValueAsync("6");
            await Expect(page.Locator("#seed")).ToHaveValueAsync("99");
            await Expect(page.Locator("#guidance-number")).ToHaveValueAsync("5");
            visit.AssertFaultless();
        }
    }

    [BrowserFact]
    public async Task A_mask_and_layers_come_back_with_their_job()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a golden ball");
        await page.UnfoldAsync("#panel-mask");
        ILocator mask = page.Locator("#panel-mask");
        await mask.GetByText("From a file, or to a file").ClickAsync();
        await mask.GetByLabel("Mask from a file").SetInputFilesAsync(Repository.Samples("masks/room-ball.png"));
        await Expect(mask.GetByLabel("Make only the marked part anew")).ToBeCheckedAsync();
        string state = await mask.GetByRole(AriaRole.Status).First.InnerTextAsync();
        await page.MakeAsync();

        await page.UnfoldAsync("#panel-layers");
        ILocator layers = page.Locator("#panel-layers");
        await layers.GetByRole(AriaRole.Group, new() { Name = "Far" }).GetByLabel("What it should become").FillAsync("snow at night");
        // One or the other: what is begun last counts.
        await Expect(mask.GetByLabel("Make only the marked part anew")).Not.ToBeCheckedAsync();
        await page.MakeAsync();
        await Expect(page.Locator("#history-strip li")).ToHaveCountAsync(2);

        await page.ReloadAsync();
        await Expect(page.Locator("#history-strip li")).ToHaveCountAsync(2);
        await page.Locator("#history-strip .open").Last.ClickAsync();
        await Expect(page.Locator("#panel-mask").GetByRole(AriaRole.Status).First).ToHaveTextAsync(state);
        await page.Locator("#history-strip .open").First.ClickAsync();
        await Expect(page.Locator("#panel-layers").GetByRole(AriaRole.Group, new() { Name = "Far" }).GetByLabel("What it should become")).ToHaveValueAsync("snow at night");
        await Expect(page.Locator("#panel-mask").GetByLabel("Make only the marked part anew")).Not.ToBeCheckedAsync();
        visit.AssertFaultless();
    }
}
