using System.Globalization;
using System.Text.Json.Serialization;

namespace Depth2Img.Adapters;

/// <summary>An adapter as it was used, for a picture's settings.</summary>
/// <param name="Name">The file's name without its folder and ending.</param>
/// <param name="UNetStrength">What the UNet's changes were multiplied by.</param>
/// <param name="TextEncoderStrength">The same for the text encoder.</param>
/// <param name="Hash">The first ten digits of the file's SHA-256, as other programs of the field write it.</param>
public sealed record AdapterUse(
    string Name,
    [property: JsonPropertyName("unetStrength")] double UNetStrength,
    double TextEncoderStrength,
    string Hash)
{
    /// <summary>The words by which other programs put the adapter into a prompt; of two strengths they want the text encoder's first.</summary>
    public string ToTag() => UNetStrength == TextEncoderStrength
        ? string.Create(CultureInfo.InvariantCulture, $"<lora:{Name}:{UNetStrength}>")
        : string.Create(CultureInfo.InvariantCulture, $"<lora:{Name}:{TextEncoderStrength}:{UNetStrength}>");
}
