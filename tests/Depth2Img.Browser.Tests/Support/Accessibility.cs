using System.Text.Json;
using Microsoft.Playwright;

namespace Depth2Img.Browser.Tests.Support;

/// <summary>Lets axe-core look at a page.</summary>
internal static class Accessibility
{
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe", "axe.min.js")));

    /// <summary>Fails on everything that axe-core calls serious or critical, by the rules of WCAG 2.2 A and AA and its best practices.</summary>
    /// <param name="page">The page.</param>
    /// <param name="state">What the page shows, for the message.</param>
    public static async Task AssertAccessibleAsync(IPage page, string state)
    {
        await page.EvaluateAsync($"() => {{ if (!window.axe) {{ {Axe.Value} }} }}");
        JsonElement violations = await page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const found = await window.axe.run(document, { resultTypes: ['violations'] });
              return found.violations.map(one => ({ id: one.id, impact: one.impact, help: one.help, nodes: one.nodes.slice(0, 5).map(node => node.html.slice(0, 300) + ' // ' + (node.failureSummary ?? '').slice(0, 400)) }));
            }
            """);
        string[] grave = [.. violations.EnumerateArray().Where(one => one.GetProperty("impact").GetString() is "serious" or "critical").Select(one => one.ToString())];
        Assert.True(grave.Length == 0, $"axe-core, {state}:\n{string.Join('\n', grave)}");
    }
}
