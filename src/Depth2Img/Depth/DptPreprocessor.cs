using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Depth;

/// <summary>A picture as a depth network takes it.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">[Height, Width, 3], channels-last.</param>
internal readonly record struct DptInput(int Width, int Height, float[] Values);

/// <summary>Makes pictures ready for a depth network: resized as Pillow does, rescaled, normalised.</summary>
internal static class DptPreprocessor
{
    /// <summary>Prepares one picture; its alpha is ignored.</summary>
    public static DptInput Process(Image image, DptPreprocessorConfig config)
    {
        (int width, int height) = config.OutputSize(image.Width, image.Height);
        // Opaque: with alpha the resize would weight colours by it.
        Image resized = ImageResizer.Resize(new Image(image.Width, image.Height, image.Pixels), width, height, config.Resample);

        // Every byte has one value a channel; the reference rounds to single precision after each of the two steps.
        float[][] tables = new float[3][];
        for (int c = 0; c < 3; c++)
        {
            tables[c] = new float[256];
            for (int v = 0; v < 256; v++)
            {
                float value = config.DoRescale ? (float)(v * config.RescaleFactor) : v;
                tables[c][v] = config.DoNormalize ? (value - config.ImageMean[c]) / config.ImageStd[c] : value;
            }
        }

        float[] values = new float[resized.Pixels.Length];
        for (int i = 0; i < values.Length; i += 3)
        {
            values[i] = tables[0][resized.Pixels[i]];
            values[i + 1] = tables[1][resized.Pixels[i + 1]];
            values[i + 2] = tables[2][resized.Pixels[i + 2]];
        }
        return new DptInput(width, height, values);
    }
}
