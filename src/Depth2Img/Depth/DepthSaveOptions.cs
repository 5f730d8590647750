namespace Depth2Img.Depth;

/// <summary>How a depth map is written.</summary>
public sealed record DepthSaveOptions
{
    /// <summary>Bits of a gray PNG, 8 or 16. Other formats are always float32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither 8 nor 16.</exception>
    public int Bits
    {
        get;
        init => field = value is 8 or 16 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A depth map has 8 or 16 bits.");
    } = 16;

    /// <summary>Colours for a PNG to look at; null for a gray one that can be read back.</summary>
    public ColorMap? Colors { get; init; }

    /// <summary>Texts by keyword to keep in a PNG; the other formats have no room for any.</summary>
    public IReadOnlyDictionary<string, string>? Text { get; init; }

    /// <summary>Whether an existing file may be replaced.</summary>
    public bool Overwrite { get; init; }
}
