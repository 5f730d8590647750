namespace Depth2Img.Imaging;

/// <summary>
/// Samples as a file has them, 8 or 16 bits, gray or RGB, with or without alpha; rows from the top, channels
/// interleaved, not yet turned upright.
/// </summary>
internal sealed class PixelSamples : IPixelSource
{
    /// <summary>Wraps 8-bit samples.</summary>
    public PixelSamples(int width, int height, int channels, byte[] bytes) : this(width, height, channels) => Bytes = bytes;

    /// <summary>Wraps 16-bit samples.</summary>
    public PixelSamples(int width, int height, int channels, ushort[] words) : this(width, height, channels) => Words = words;

    private PixelSamples(int width, int height, int channels)
    {
        Width = width;
        Height = height;
        Channels = channels;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.</summary>
    public int Channels { get; }

    /// <summary>The samples; null when they have 16 bits.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The samples; null when they have 8 bits.</summary>
    public ushort[]? Words { get; }

    public bool IsGray => Channels <= 2;

    public bool HasAlpha => Channels is 2 or 4;

    /// <summary>An 8-bit RGB picture; 16 bits are rounded to the nearest of 8. Shares the samples where they are 8-bit RGB already.</summary>
    public Image ToRgb()
    {
        if (Bytes is not null && Channels == 3) return new Image(Width, Height, Bytes);
        int count = Width * Height, green = IsGray ? 0 : 1, blue = IsGray ? 0 : 2;
        byte[] pixels = new byte[checked(3 * count)];
        byte[]? alpha = HasAlpha ? new byte[count] : null;
        for (int i = 0, at = 0; i < count; i++, at += Channels)
        {
            pixels[3 * i] = Byte(at);
            pixels[3 * i + 1] = Byte(at + green);
            pixels[3 * i + 2] = Byte(at + blue);
            alpha?[i] = Byte(at + Channels - 1);
        }
        return new Image(Width, Height, pixels, alpha);
    }

    /// <summary>
    /// One gray value a pixel, 0 (black) to 1 (white), with all the bits that the file has. Colours are weighed as
    /// Pillow's mode L weighs them (BT.601 in 16-bit fixed point); alpha is ignored.
    /// </summary>
    public float[] ToGray()
    {
        float[] gray = new float[Width * Height];
        for (int i = 0, at = 0; i < gray.Length; i++, at += Channels)
        {
            if (Words is not null) gray[i] = (IsGray ? Words[at] : Luma(Words[at], Words[at + 1], Words[at + 2])) / 65535f;
            else gray[i] = (IsGray ? Bytes![at] : Luma(Bytes![at], Bytes[at + 1], Bytes[at + 2])) / 255f;
        }
        return gray;
    }

    /// <summary>0.299 R + 0.587 G + 0.114 B in fixed point, rounded; the weights sum to 65,536, so gray stays what it is.</summary>
    internal static uint Luma(uint red, uint green, uint blue) => (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

    // 65535 / 255 = 257, and no 16-bit value lies midway between two multiples of it.
    private byte Byte(int index) => Words is null ? Bytes![index] : (byte)((Words[index] + 128) / 257);
}
