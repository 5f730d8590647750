using Depth2Img.Prompts;
using Depth2Img.Styles;

namespace Depth2Img.Pipelines;

/// <summary>What is done to all of a request's prompts.</summary>
/// <param name="Options">How they are read.</param>
/// <param name="Style">The style that they are put into; null for none.</param>
/// <param name="StyleStrength">From the plain prompt, 0, to the styled one, 1.</param>
internal sealed record Prompting(PromptOptions Options, StylePreset? Style, double StyleStrength)
{
    /// <summary>The prompts to encode: one pair, or the plain and the styled one to go between.</summary>
    public IReadOnlyList<(string Negative, string Prompt)> Ends(string negative, string prompt)
    {
        if (Style is null || StyleStrength == 0) return [(negative, prompt)];
        (string, string) styled = (Style.ApplyToNegative(negative), Style.ApplyTo(prompt));
        return StyleStrength == 1 ? [styled] : [(negative, prompt), styled];
    }
}
