using System.Buffers.Binary;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>The step sizes of a block's 64 coefficients (DQT).</summary>
internal sealed class QuantizationTable
{
    // T.81, tables K.1 and K.2, row by row.
    private static ReadOnlySpan<byte> StandardLuminance =>
    [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static ReadOnlySpan<byte> StandardChrominance =>
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private readonly ushort[] _steps;
    private readonly int[] _naturalSteps = new int[64];

    private QuantizationTable(ushort[] steps)
    {
        _steps = steps;
        for (int k = 0; k < steps.Length; k++) _naturalSteps[ZigZag.ToNatural[k]] = steps[k];
    }

    /// <summary>Step sizes in zigzag order, each at least 1.</summary>
    public ReadOnlySpan<ushort> Steps => _steps;

    /// <summary>Step sizes row by row, as the transforms take them.</summary>
    public ReadOnlySpan<int> NaturalSteps => _naturalSteps;

    /// <summary>The standard's table for brightness at a quality of 1 to 100, which means what it means in libjpeg.</summary>
    public static QuantizationTable Luminance(int quality) => Scaled(StandardLuminance, quality);

    /// <summary>The standard's table for colour at a quality of 1 to 100.</summary>
    public static QuantizationTable Chrominance(int quality) => Scaled(StandardChrominance, quality);

    /// <summary>Reads a DQT segment, which may define several tables.</summary>
    public static void ReadSegment(ReadOnlySpan<byte> segment, QuantizationTable?[] tables, string name)
    {
        while (!segment.IsEmpty)
        {
            int precision = segment[0] >> 4, slot = segment[0] & 15;
            if (precision > 1 || slot >= tables.Length)
                throw JpegErrors.Broken(name, $"it defines the quantisation table {slot} with precision {precision}; 0 to {tables.Length - 1} and 0 or 1 exist");
            int size = precision == 0 ? 64 : 128;
            segment = segment[1..];
            if (segment.Length < size)
                throw JpegErrors.Broken(name, $"its quantisation table {slot} has {segment.Length} bytes of {size}");
            ushort[] steps = new ushort[64];
            for (int k = 0; k < steps.Length; k++)
            {
                steps[k] = precision == 0 ? segment[k] : BinaryPrimitives.ReadUInt16BigEndian(segment[(2 * k)..]);
                if (steps[k] == 0) throw JpegErrors.Broken(name, $"its quantisation table {slot} holds a zero");
            }
            tables[slot] = new QuantizationTable(steps);
            segment = segment[size..];
        }
    }

    // Baseline files have 8-bit steps, hence the upper limit.
    private static QuantizationTable Scaled(ReadOnlySpan<byte> standard, int quality)
    {
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        ushort[] steps = new ushort[64];
        for (int k = 0; k < steps.Length; k++)
            steps[k] = (ushort)Math.Clamp((standard[ZigZag.ToNatural[k]] * percent + 50) / 100, 1, 255);
        return new QuantizationTable(steps);
    }
}
