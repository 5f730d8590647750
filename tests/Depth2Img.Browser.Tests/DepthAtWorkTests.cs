using System.Text.RegularExpressions;
using Depth2Img.Browser.Tests.Support;
using Depth2Img.Imaging;
using Depth2Img.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Depth2Img.Browser.Tests;

[Collection(BrowserGroup.Name)]
[Trait("Category", "Slow")]
public sealed partial class DepthAtWorkTests(BrowserSession session, PageServer server)
{
    [BrowserFact]
    public async Task What_is_painted_is_made_anew_and_nothing_else()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a golden ball on a tiled floor");
        await page.Locator("#strength").SlideAsync(1);
        await page.UnfoldAsync("#panel-mask");
        ILocator panel = page.Locator("#panel-mask"), stage = panel.GetByRole(AriaRole.Application), use = panel.GetByLabel("Make only the marked part anew");
        await Expect(use).Not.ToBeCheckedAsync();
        await stage.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;
        // The wooden ball.
        await panel.GetByLabel("Brush size").SlideAsync(140);
        await StrokeAsync(page, box, 0.83f, 0.54f, 0.86f, 0.54f);
        await Expect(use).ToBeCheckedAsync();
        await Expect(panel.GetByRole(AriaRole.Status).First).ToContainTextAsync("of the picture is marked");
        await Accessibility.AssertAccessibleAsync(page, "a mask");
        await Screenshots.TakeAsync(page, "mask");
        byte[] mask = await DownloadMaskAsync(page, panel);

        byte[] original = Image.Load(Hands.Room).Pixels;
        await page.MakeAsync();
        byte[] result = Hands.Pixels(await page.DownloadAsync(page.Locator("#download")));
        // The soft edge of 4 pixels ends within 12.
        int outside = 0, changed = 0;
        for (int y = 0; y < 512; y++)
        {
            for (int x = 0; x < 512; x++)
            {
                bool isFar = IsFarFromMask(mask, x, y, 13), isSame = result.AsSpan(3 * (512 * y + x), 3).SequenceEqual(original.AsSpan(3 * (512 * y + x), 3));
                if (isFar) outside++;
                if (isFar && !isSame) Assert.Fail($"The pixel at {x}, {y} is outside the mask and was changed.");
                if (!isSame) changed++;
            }
        }
        Assert.InRange(outside, 512 * 512 / 2, 512 * 512 - 1);
        Assert.True(changed > 1000, "Inside the mask next to nothing was changed.");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_mask_is_made_by_brush_eraser_keys_depth_and_file_and_every_step_is_taken_back()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.UnfoldAsync("#panel-mask");
        ILocator panel = page.Locator("#panel-mask"), stage = panel.GetByRole(AriaRole.Application), state = panel.GetByRole(AriaRole.Status).First;
        ILocator Button(string name) => panel.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
        await Expect(state).ToContainTextAsync("Nothing is marked yet");

        // By keyboard: the brush is set down in the middle and drawn to the right.
        await stage.FocusAsync();
        await page.Keyboard.PressAsync("]");
        await page.Keyboard.PressAsync("Space");
        for (int n = 0; n < 4; n++) await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Space");
        await Expect(state).ToContainTextAsync("is marked");
        byte[] drawn = await DownloadMaskAsync(page, panel);
        Assert.True(drawn[3 * (512 * 256 + 300)] > 250 && drawn[3 * (512 * 100 + 100)] == 0);
        string size = await panel.GetByLabel("Brush size").InputValueAsync();
        Assert.True(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture) > 512 / 12);

        // The eraser takes away, undo brings back, redo takes away again.
        await Button("Eraser").ClickAsync();
        await stage.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await stage.BoundingBoxAsync())!;
        await StrokeAsync(page, box, 0.45f, 0.5f, 0.75f, 0.5f);
        byte[] erased = await MaskAsync(panel);
        Assert.True(Share(erased) < Share(drawn) / 2);
        await page.Keyboard.PressAsync("Control+z");
        Assert.Equal(Share(drawn), Share(await MaskAsync(panel)), 3);
        await Button("Redo").ClickAsync();
        Assert.Equal(erased, await MaskAsync(panel));

        await Button("Invert").ClickAsync();
        Assert.Equal(1 - Share(erased), Share(await MaskAsync(panel)), 2);
        await Button("Clear").ClickAsync();
        await Expect(state).ToContainTextAsync("Nothing is marked yet");

        // By depth: what is nearest is at the bottom of the room.
        await panel.GetByText("Mark all that is so near").ClickAsync();
        await panel.GetByLabel("Far end").SlideAsync(0.7);
        await Expect(panel.Locator("canvas.work-over")).ToBeVisibleAsync();
        await Button("Mark it").ClickAsync();
        byte[] near = await MaskAsync(panel);
        Assert.InRange(Share(near), 0.01, 0.9);
        Assert.True(RowShare(near, 500) > RowShare(near, 60), "The floor before the viewer is nearer than the wall.");

        await panel.GetByLabel("Mask from a file").SetInputFilesAsync(Repository.Samples("masks/room-ball.png"));
        byte[] given = Image.Load(Repository.Samples("masks/room-ball.png")).Pixels;
        await Expect(panel.GetByLabel("Mask from a file")).ToHaveValueAsync("");
        byte[] loaded = await DownloadMaskAsync(page, panel);
        Assert.True(Hands.Difference(given, loaded) < 1);
        await Accessibility.AssertAccessibleAsync(page, "a mask, all parts unfolded");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task Layers_are_cut_where_they_are_seen_and_each_follows_its_own_words()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Pumpkin);
        await page.AskForAsync("a photo of a statue on grass");
        await page.UnfoldAsync("#panel-layers");
        ILocator panel = page.Locator("#panel-layers"), cut = panel.GetByLabel("Cut between near and far"), tints = panel.Locator("canvas.work-over");
        // The server finds a cut of its own as soon as the panel is seen.
        await Expect(cut).Not.ToHaveValueAsync("0.5");
        await Expect(panel.GetByRole(AriaRole.Button, new() { Name = "Find the cut" })).Not.ToHaveAttributeAsync("aria-busy", "true");
        byte[] found = await tints.PixelsAsync();
        await cut.SlideAsync(0.8);
        byte[] moved = await tints.PixelsAsync();
        Assert.True(Hands.Difference(found, moved) > 1, "The tints do not follow the cut.");
        Assert.True(OrangeShare(moved) < OrangeShare(found), "A nearer cut leaves more to the near layer.");

        await panel.GetByRole(AriaRole.Button, new() { Name = "Find the cut" }).ClickAsync();
        await Expect(cut).Not.ToHaveValueAsync("0.8");
        await panel.GetByRole(AriaRole.Group, new() { Name = "Near" }).GetByLabel("Keep it as it is").CheckAsync();
        await panel.GetByRole(AriaRole.Group, new() { Name = "Far" }).GetByLabel("What it should become").FillAsync("snow at night");
        await Expect(panel.GetByLabel("Make each layer by words of its own")).ToBeCheckedAsync();
        await Accessibility.AssertAccessibleAsync(page, "layers");
        await panel.EvaluateAsync("panel => panel.scrollIntoView({ block: 'start' })");
        await Screenshots.TakeAsync(page, "layers");

        Image cutting = Image.Load(await tints.FileAsync()), original = Image.Load(await page.Locator("#picture-canvas").FileAsync());
        await page.MakeAsync();
        Image result = Image.Load(await page.DownloadAsync(page.Locator("#download")));
        (double near, double far) = ChangesBy(cutting, original, result);
        Assert.True(near < far / 4, $"The near layer is kept and changed by {near:0.0}, the far one by {far:0.0}.");

        // Three layers have two cuts, which do not pass each other.
        await panel.GetByLabel("How many").SelectOptionAsync("3");
        await panel.GetByLabel("Cut between middle and far").SlideAsync(0.9);
        await Expect(panel.GetByLabel("Cut between near and middle")).ToHaveValueAsync(AtLeastNineTenths());
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task A_sweep_of_strengths_shows_both_ways_with_their_scores()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        await page.ChooseAsync(Hands.Room);
        await page.AskForAsync("a photo of a marble statue on sand under a blue sky", steps: 12);
        await page.Locator("#scheduler").SelectOptionAsync("dpm++2m"); // shows something after few steps
        await page.UnfoldAsync("#panel-sweep");
        ILocator panel = page.Locator("#panel-sweep"), strengths = panel.GetByLabel("Strengths", new() { Exact = true });
        await strengths.FillAsync("0.5, nonsense");
        await Expect(panel.GetByRole(AriaRole.Alert)).ToContainTextAsync("nonsense");
        await Accessibility.AssertAccessibleAsync(page, "a sweep with a fault");
        await strengths.FillAsync("0.9, 0.5");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Make the comparison" }).ClickAsync();
        ILocator table = panel.GetByRole(AriaRole.Table);
        await Expect(table).ToBeVisibleAsync();
        await Expect(table.GetByRole(AriaRole.Img)).ToHaveCountAsync(4);
        await Expect(table.GetByRole(AriaRole.Columnheader)).ToHaveTextAsync(["Strength", "Without depth", "With depth"]);
        await Expect(table.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(["0.50", "0.90"]);
        await Expect(table.Locator("figcaption").First).ToHaveTextAsync(Scores());
        foreach (ILocator image in await table.GetByRole(AriaRole.Img).AllAsync())
        {
            await image.ScrollIntoViewIfNeededAsync();
            await Expect(image).ToHaveJSPropertyAsync("complete", true);
            Assert.True(await image.EvaluateAsync<int>("image => image.naturalWidth") > 0);
        }
        await Accessibility.AssertAccessibleAsync(page, "a sweep");
        await panel.EvaluateAsync("panel => panel.scrollIntoView({ block: 'start' })");
        await Screenshots.TakeAsync(page, "sweep");

        Image figure = Image.Load(await page.DownloadAsync(panel.GetByRole(AriaRole.Button, new() { Name = "Download the figure" })));
        Assert.True(figure.Width > 512);
        byte[] document = await page.DownloadAsync(panel.GetByRole(AriaRole.Button, new() { Name = "Download as a page" }));
        Assert.Contains("<html", System.Text.Encoding.UTF8.GetString(document), StringComparison.OrdinalIgnoreCase);
        await table.GetByRole(AriaRole.Button, new() { NameRegex = TakeNineTenths() }).First.ClickAsync();
        await Expect(page.Locator("#strength-number")).ToHaveValueAsync("0.9");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task The_picture_stands_in_space_on_its_depth_and_is_turned_by_keys_and_pointer()
    {
        await using Visit visit = await Visit.OpenAsync(session, server.Address);
        IPage page = visit.Page;
        List<string> fetched = [];
        page.Request += (_, request) => fetched.Add(request.Url);
        await page.ChooseAsync(Hands.Room);
        Assert.DoesNotContain(fetched, url => url.Contains("three", StringComparison.Ordinal));
        await page.UnfoldAsync("#panel-view3d");
        ILocator panel = page.Locator("#panel-view3d"), view = panel.GetByRole(AriaRole.Application), turned = panel.Locator("p[role=status].visually-hidden");
        await Expect(view).ToBeVisibleAsync();
        await view.ScrollIntoViewIfNeededAsync();
        // What has the focus has an outline, which is seen, too.
        await view.FocusAsync();
        await page.Keyboard.PressAsync("0");
        byte[] straight = await SettledAsync(view);
        Assert.True(straight.Distinct().Count() > 60, "The view is blank.");

        for (int n = 0; n < 5; n++) await page.Keyboard.PressAsync("ArrowRight");
        await Expect(turned).ToContainTextAsync("25° sideways");
        byte[] right = await SettledAsync(view);
        Assert.True(Hands.Difference(straight, right) > 3, "The arrow keys do not turn the view.");
        await Accessibility.AssertAccessibleAsync(page, "the view in space");
        await Screenshots.TakeAsync(page, "3d");

        await page.Keyboard.PressAsync("0");
        await Expect(turned).ToContainTextAsync("0° sideways");
        Assert.True(Hands.Difference(straight, await SettledAsync(view)) < 1, "It does not come back.");
        LocatorBoundingBoxResult box = (await view.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 4, box.Y + box.Height / 2, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        Assert.True(Hands.Difference(straight, await SettledAsync(view)) > 3, "The pointer does not turn the view.");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Set straight" }).ClickAsync();

        await panel.GetByLabel("Show the mesh").CheckAsync();
        Assert.True(Hands.Difference(straight, await SettledAsync(view)) > 3, "The mesh is not shown.");
        await panel.GetByLabel("Show the mesh").UncheckAsync();
        await panel.GetByLabel("What it shows").SelectOptionAsync("depth");
        Assert.True(Hands.Difference(straight, await SettledAsync(view)) > 3, "The depth map is not laid on.");
        visit.AssertFaultless();
    }

    [BrowserFact]
    public async Task Without_WebGL_the_view_says_what_is_missing()
    {
        await using IBrowser browser = await session.LaunchAsync("--disable-3d-apis");
        await using Visit visit = await Visit.OpenAsync(browser, server.Address);
        await visit.Page.ChooseAsync(Hands.Room);
        await visit.Page.UnfoldAsync("#panel-view3d");
        await Expect(visit.Page.Locator("#panel-view3d")).ToContainTextAsync("WebGL is missing or switched off");
        await Expect(visit.Page.Locator("#panel-view3d").GetByRole(AriaRole.Application)).ToBeHiddenAsync();
        visit.AssertFaultless();
    }

    [GeneratedRegex(@"^0?\.?(9|91)")]
    private static partial Regex AtLeastNineTenths();

    [GeneratedRegex(@"^Take this strength\s*0\.90$")]
    private static partial Regex TakeNineTenths();

    [GeneratedRegex(@"^depth −?\d\.\d\d, edges \d\.\d\d$")]
    private static partial Regex Scores();

    private static async Task StrokeAsync(IPage page, LocatorBoundingBoxResult box, float fromX, float fromY, float toX, float toY)
    {
        await page.Mouse.MoveAsync(box.X + box.Width * fromX, box.Y + box.Height * fromY);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * toX, box.Y + box.Height * toY, new() { Steps = 10 });
        await page.Mouse.UpAsync();
    }

    /// <summary>The mask as the page gives it as a file.</summary>
    private static async Task<byte[]> DownloadMaskAsync(IPage page, ILocator panel)
    {
        ILocator download = panel.GetByRole(AriaRole.Button, new() { Name = "Download the mask" });
        if (!await download.IsVisibleAsync()) await panel.GetByText("From a file, or to a file").ClickAsync();
        return Hands.Pixels(await page.DownloadAsync(download));
    }

    /// <summary>How much of each pixel is marked, thrice as a gray picture has it.</summary>
    private static async Task<byte[]> MaskAsync(ILocator panel)
    {
        string alpha = await panel.Locator(".work-marks canvas").EvaluateAsync<string>(
            """
            canvas => {
              const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let text = '';
              for (let n = 3; n < pixels.length; n += 4) text += String.fromCharCode(pixels[n]);
              return btoa(text);
            }
            """);
        return [.. Convert.FromBase64String(alpha).SelectMany(value => (byte[])[value, value, value])];
    }

    private static double Share(byte[] mask) => mask.Average(value => value / 255.0);

    private static double RowShare(byte[] mask, int row) => mask.AsSpan(3 * 512 * row, 3 * 512).ToArray().Average(value => value / 255.0);

    private static bool IsFarFromMask(byte[] mask, int x, int y, int distance)
    {
        for (int row = Math.Max(0, y - distance); row <= Math.Min(511, y + distance); row++)
        {
            if (mask.AsSpan(3 * (512 * row + Math.Max(0, x - distance)), 3 * (Math.Min(511, x + distance) - Math.Max(0, x - distance) + 1)).ContainsAnyExcept((byte)0)) return false;
        }
        return true;
    }

    private static bool IsOrange(ReadOnlySpan<byte> pixel) => pixel[0] > pixel[2] + 40;

    private static double OrangeShare(byte[] tints)
    {
        int count = 0;
        for (int i = 0; i < tints.Length; i += 3) count += IsOrange(tints.AsSpan(i, 3)) ? 1 : 0;
        return 3.0 * count / tints.Length;
    }

    /// <summary>How much the near and the far layer's pixels were changed, of 255.</summary>
    /// <param name="tints">The layers' tints, perhaps at another size.</param>
    /// <param name="original">The picture.</param>
    /// <param name="result">What was made of it.</param>
    private static (double Near, double Far) ChangesBy(Image tints, Image original, Image result)
    {
        Assert.Equal((original.Width, original.Height), (result.Width, result.Height));
        double near = 0, far = 0;
        int nears = 0, fars = 0;
        for (int y = 0; y < original.Height; y++)
        {
            for (int x = 0; x < original.Width; x++)
            {
                int tint = 3 * (y * tints.Height / original.Height * tints.Width + x * tints.Width / original.Width), i = 3 * (y * original.Width + x);
                double change = Enumerable.Range(i, 3).Average(part => Math.Abs(original.Pixels[part] - result.Pixels[part]));
                if (IsOrange(tints.Pixels.AsSpan(tint, 3))) (near, nears) = (near + change, nears + 1);
                else (far, fars) = (far + change, fars + 1);
            }
        }
        return (near / nears, far / fars);
    }

    /// <summary>What is seen when two looks in a row are alike.</summary>
    private static async Task<byte[]> SettledAsync(ILocator element)
    {
        byte[] last = await element.SeenAsync();
        while (true)
        {
            byte[] next = await element.SeenAsync();
            if (next.AsSpan().SequenceEqual(last)) return next;
            last = next;
        }
    }
}
