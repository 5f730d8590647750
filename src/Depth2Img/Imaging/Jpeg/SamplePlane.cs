namespace Depth2Img.Imaging.Jpeg;

/// <summary>The decoded samples of one component at its own resolution, with room for whole MCUs at the right and bottom.</summary>
internal sealed class SamplePlane
{
    private readonly byte[] _samples;

    /// <param name="width">Columns that belong to the picture.</param>
    /// <param name="height">Rows that belong to the picture.</param>
    /// <param name="stride">Columns in memory.</param>
    /// <param name="rows">Rows in memory.</param>
    public SamplePlane(int width, int height, int stride, int rows)
    {
        Width = width;
        Height = height;
        Stride = stride;
        _samples = new byte[checked(stride * rows)];
    }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    /// <summary>The samples of row <paramref name="y"/> that belong to the picture.</summary>
    public ReadOnlySpan<byte> Row(int y) => _samples.AsSpan(y * Stride, Width);

    /// <summary>All samples from the upper left one of a block on.</summary>
    public Span<byte> FromBlock(int blockX, int blockY) => _samples.AsSpan((blockY * 8 * Stride) + (blockX * 8));

    /// <summary>Sets all samples to one value.</summary>
    public void Fill(byte value) => _samples.AsSpan().Fill(value);

    /// <summary>The picture's samples without the room beside them.</summary>
    public byte[] Crop()
    {
        byte[] cropped = new byte[Width * Height];
        for (int y = 0; y < Height; y++) Row(y).CopyTo(cropped.AsSpan(y * Width));
        return cropped;
    }
}
