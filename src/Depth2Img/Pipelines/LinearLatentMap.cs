using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>
/// Colours of latents for previews, where no small decoder knows the latents: red, green and blue as linear functions
/// of a latent pixel's channels, fitted by least squares to the request's own picture and its latents.
/// </summary>
internal sealed class LinearLatentMap
{
    private readonly int _channels;
    private readonly double[][] _coefficients;

    private LinearLatentMap(int channels, double[][] coefficients)
    {
        _channels = channels;
        _coefficients = coefficients;
    }

    /// <summary>Fits the map.</summary>
    /// <param name="latents">[c,h,w], of the picture.</param>
    /// <param name="channels">c.</param>
    /// <param name="width">w.</param>
    /// <param name="height">h.</param>
    /// <param name="picture">The picture, of any size with that aspect.</param>
    public static LinearLatentMap Fit(ReadOnlySpan<float> latents, int channels, int width, int height, Image picture)
    {
        // Of colours without variation (a white picture) every direction is as good: a little weight on small coefficients decides.
        const double Ridge = 1e-3;
        Image small = ImageResizer.Resize(picture, width, height, ResizeFilter.Lanczos);
        int plane = width * height, unknowns = channels + 1;
        double[] normal = new double[unknowns * unknowns];
        double[][] right = [new double[unknowns], new double[unknowns], new double[unknowns]];
        double[] row = new double[unknowns];
        for (int p = 0; p < plane; p++)
        {
            for (int c = 0; c < channels; c++) row[c] = latents[c * plane + p];
            row[channels] = 1;
            for (int i = 0; i < unknowns; i++)
            {
                for (int j = 0; j < unknowns; j++) normal[i * unknowns + j] += row[i] * row[j];
                for (int colour = 0; colour < 3; colour++) right[colour][i] += row[i] * small.Pixels[3 * p + colour];
            }
        }
        for (int i = 0; i < unknowns; i++) normal[i * unknowns + i] += Ridge * plane;
        foreach (double[] side in right) LinearSystem.Solve([.. normal], side);
        return new LinearLatentMap(channels, right);
    }

    /// <summary>A picture of [c,h,w] latents, a pixel for each.</summary>
    public Image Apply(ReadOnlySpan<float> latents, int width, int height)
    {
        int plane = width * height;
        byte[] pixels = new byte[3 * plane];
        for (int p = 0; p < plane; p++)
        {
            for (int colour = 0; colour < 3; colour++)
            {
                double[] weights = _coefficients[colour];
                double value = weights[_channels];
                for (int c = 0; c < _channels; c++) value += weights[c] * latents[c * plane + p];
                pixels[3 * p + colour] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }
        return new Image(width, height, pixels);
    }
}
