namespace Depth2Img.Imaging;

/// <summary>Pixels as the autoencoder has them: -1 (black) to 1, channels-last.</summary>
public static class PixelValues
{
    /// <summary>Gives a picture's colours as values from -1 to 1; alpha is ignored.</summary>
    /// <returns>Values [height, width, 3].</returns>
    public static float[] ToSignedUnit(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        // The reference scales to 0..1 first and rounds there too.
        float[] table = new float[256];
        for (int v = 0; v < 256; v++) table[v] = 2 * (v / 255f) - 1;
        float[] values = new float[image.Pixels.Length];
        for (int i = 0; i < values.Length; i++) values[i] = table[image.Pixels[i]];
        return values;
    }

    /// <summary>Makes a picture of values, which are clamped to -1..1 and rounded to bytes, halves to even.</summary>
    /// <param name="values">[height, width, 3].</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">The values do not fit the size.</exception>
    /// <exception cref="Depth2ImgException">A value is NaN: there is no picture to show.</exception>
    public static Image FromSignedUnit(ReadOnlySpan<float> values, int width, int height)
    {
        if (values.Length != 3L * width * height)
            throw new ArgumentException($"A {width}x{height} picture takes {3L * width * height} values, not {values.Length}.", nameof(values));
        byte[] pixels = new byte[values.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            if (float.IsNaN(values[i]))
                throw new Depth2ImgException($"The network's picture has NaN at column {i / 3 % width}, row {i / 3 / width}; its weights or its arithmetic overflowed.");
            pixels[i] = (byte)MathF.Round(Math.Clamp(values[i] / 2 + 0.5f, 0, 1) * 255);
        }
        return new Image(width, height, pixels);
    }
}
