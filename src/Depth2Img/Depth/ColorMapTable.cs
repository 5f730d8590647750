namespace Depth2Img.Depth;

/// <summary>
/// The 256 colours of each map. A few of each map's published colours, evenly spaced and with both ends, are joined by
/// a smooth curve (Catmull-Rom).
/// </summary>
/// <remarks>
/// Viridis, magma, inferno, plasma: S. van der Walt and N. Smith, for matplotlib (CC0). Turbo: A. Mikhailov, "Turbo, An
/// Improved Rainbow Colormap for Visualization" (2019).
/// </remarks>
internal static class ColorMapTable
{
    private static readonly byte[][] _tables = [.. Enum.GetValues<ColorMap>().Select(map => Make(Anchors(map)))];

    /// <summary>256 colours from far to near, three bytes each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a map.</exception>
    public static ReadOnlySpan<byte> Of(ColorMap map)
    {
        if (!Enum.IsDefined(map)) throw new ArgumentOutOfRangeException(nameof(map), map, "There is no such colour map.");
        return _tables[(int)map];
    }

    private static int[] Anchors(ColorMap map) => map switch
    {
        ColorMap.Turbo =>
            [0x30123B, 0x4454C4, 0x4490FE, 0x1FC8DE, 0x29EFA2, 0x7DFF56, 0xC1F334, 0xF1CA3A, 0xFE922A, 0xEA4F0D, 0xBE2102, 0x7A0403],
        ColorMap.Viridis =>
            [0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725],
        ColorMap.Magma =>
            [0x000004, 0x140E36, 0x3B0F70, 0x641A80, 0x8C2981, 0xB73779, 0xDE4968, 0xF7705C, 0xFE9F6D, 0xFECF92, 0xFCFDBF],
        ColorMap.Inferno =>
            [0x000004, 0x160B39, 0x420A68, 0x6A176E, 0x932667, 0xBC3754, 0xDD513A, 0xF37819, 0xFCA50A, 0xF6D746, 0xFCFFA4],
        ColorMap.Plasma =>
            [0x0D0887, 0x41049D, 0x6A00A8, 0x8F0DA4, 0xB12A90, 0xCC4778, 0xE16462, 0xF2844B, 0xFCA636, 0xFCCE25, 0xF0F921],
        _ => [0x000000, 0xFFFFFF],
    };

    private static byte[] Make(int[] anchors)
    {
        byte[] table = new byte[3 * 256];
        for (int i = 0; i < 256; i++)
        {
            double position = i / 255.0 * (anchors.Length - 1);
            int left = Math.Min((int)position, anchors.Length - 2);
            double t = position - left;
            for (int c = 0; c < 3; c++)
            {
                double a = Channel(anchors, left, c), b = Channel(anchors, left + 1, c);
                // Beyond the ends the curve goes on straight.
                double before = left > 0 ? Channel(anchors, left - 1, c) : 2 * a - b;
                double after = left + 2 < anchors.Length ? Channel(anchors, left + 2, c) : 2 * b - a;
                double value = a + t / 2 * (b - before + t * (2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before)));
                table[3 * i + c] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }
        return table;
    }

    private static int Channel(int[] anchors, int index, int channel) => anchors[index] >> (16 - 8 * channel) & 0xFF;
}
