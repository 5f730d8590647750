using System.Globalization;

namespace Depth2Img.Server.Api.Attended;

/// <summary>Sizes as people write them: "512x384".</summary>
internal static class SizeText
{
    /// <summary>Reads a size.</summary>
    /// <returns>Null if it is none.</returns>
    public static (int Width, int Height)? Read(string text)
    {
        string[] sides = text.Split('x', 'X');
        bool isSize = sides.Length == 2 & int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) & int.TryParse(sides[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int height);
        return isSize ? (width, height) : null;
    }
}
