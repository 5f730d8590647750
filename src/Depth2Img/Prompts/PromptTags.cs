using System.Globalization;
using System.Text;

namespace Depth2Img.Prompts;

/// <summary>An adapter that a prompt names: &lt;lora:name:0.8&gt;.</summary>
/// <param name="Name">The file's name without its folder and ending.</param>
/// <param name="UNetStrength">What the UNet's changes are multiplied by.</param>
/// <param name="TextEncoderStrength">The same for the text encoder.</param>
public sealed record LoraTag(string Name, double UNetStrength, double TextEncoderStrength);

/// <summary>
/// Finds the tags by which prompts name adapters: <c>&lt;lora:NAME&gt;</c>, <c>&lt;lora:NAME:0.8&gt;</c>,
/// <c>&lt;lora:NAME:0.8:0.5&gt;</c> (UNet, then text encoder) or <c>&lt;lora:NAME:unet=0.8:te=0.5&gt;</c>. Without a second
/// number the first counts for both.
/// </summary>
public static class PromptTags
{
    private const string Start = "<lora:";

    /// <summary>Takes the tags out of a prompt.</summary>
    /// <param name="prompt">The prompt as it was written.</param>
    /// <param name="tags">The tags in their order; one adapter may be named several times.</param>
    /// <returns>The prompt without them. The blanks around a tag become one.</returns>
    /// <exception cref="Depth2ImgException">A tag has no end, no name, or a strength that is no number.</exception>
    public static string Extract(string prompt, out IReadOnlyList<LoraTag> tags)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        List<LoraTag> found = [];
        StringBuilder text = new(prompt.Length);
        int position = 0;
        for (int start; (start = prompt.IndexOf(Start, position, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            int end = prompt.IndexOf('>', start);
            if (end < 0) throw new Depth2ImgException($"The prompt's tag '{Shorten(prompt[start..])}' has no end; <lora:NAME:0.8> was expected.");
            found.Add(Parse(prompt[start..(end + 1)]));
            text.Append(prompt, position, start - position);
            position = end + 1;
            if (text.Length > 0 && char.IsWhiteSpace(text[^1]))
            {
                while (position < prompt.Length && char.IsWhiteSpace(prompt[position])) position++;
            }
        }
        tags = found;
        if (found.Count == 0) return prompt;
        text.Append(prompt, position, prompt.Length - position);
        return text.ToString().Trim();
    }

    private static LoraTag Parse(string tag)
    {
        string[] parts = tag[Start.Length..^1].Split(':');
        string name = parts[0].Trim();
        double? unet = null, textEncoder = null;
        foreach (string part in parts.Skip(1))
        {
            string value = part.Trim();
            if (value.StartsWith("unet=", StringComparison.OrdinalIgnoreCase) && unet is null) unet = Number(value["unet=".Length..]);
            else if (value.StartsWith("te=", StringComparison.OrdinalIgnoreCase) && textEncoder is null) textEncoder = Number(value["te=".Length..]);
            else if (unet is null) unet = Number(value);
            else if (textEncoder is null) textEncoder = Number(value);
            else throw Refuse();
        }
        if (name.Length == 0) throw Refuse();
        return new LoraTag(name, unet ?? textEncoder ?? 1, textEncoder ?? unet ?? 1);

        double Number(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw Refuse();

        Depth2ImgException Refuse() => new($"The prompt's tag '{Shorten(tag)}' is not understood; <lora:NAME:0.8> was expected, or <lora:NAME:0.8:0.5> with the text encoder's strength last.");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
