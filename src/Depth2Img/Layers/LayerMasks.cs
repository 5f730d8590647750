using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;

namespace Depth2Img.Layers;

/// <summary>The soft masks of a picture's layers: at every pixel they sum to 1, but for rounding.</summary>
public sealed class LayerMasks
{
    private readonly float[][] _weights;

    private LayerMasks(int width, int height, float[][] weights, IReadOnlyList<double> thresholds)
    {
        Width = width;
        Height = height;
        _weights = weights;
        Thresholds = thresholds;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How many layers.</summary>
    public int Count => _weights.Length;

    /// <summary>Where depth was cut, ascending, 0 (farthest) to 1 (nearest); empty for masks that were given.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>A layer's mask: [Height, Width], 0 to 1.</summary>
    /// <param name="layer">From 0, the nearest first.</param>
    public ReadOnlySpan<float> this[int layer] => _weights[layer];

    /// <summary>A layer's part of the picture, 0 to 1.</summary>
    /// <param name="layer">From 0, the nearest first.</param>
    public double ShareOf(int layer) => _weights[layer].Average(weight => (double)weight);

    /// <summary>A layer's mask in gray: white is the layer.</summary>
    /// <param name="layer">From 0, the nearest first.</param>
    public Image ToImage(int layer)
    {
        byte[] pixels = new byte[3 * Width * Height];
        for (int i = 0; i < Width * Height; i++) pixels.AsSpan(3 * i, 3).Fill(ToByte(255 * _weights[layer][i]));
        return new Image(Width, Height, pixels);
    }

    /// <summary>The picture with its layers tinted (red, green, blue, yellow, the nearest first), so that the cut is seen.</summary>
    /// <param name="picture">The picture that was cut; of another size is an error.</param>
    public Image ToOverlay(Image picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width != Width || picture.Height != Height)
            throw new ArgumentException($"The picture is {picture.Width}x{picture.Height} and the masks are {Width}x{Height}.", nameof(picture));
        ReadOnlySpan<byte> tints = [235, 60, 50, 40, 190, 90, 50, 100, 240, 245, 205, 50];
        byte[] pixels = new byte[picture.Pixels.Length];
        for (int i = 0; i < Width * Height; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                float tint = 0;
                for (int layer = 0; layer < Count; layer++) tint += _weights[layer][i] * tints[3 * (layer % DepthLayers.MaxCount) + c];
                pixels[3 * i + c] = ToByte((picture.Pixels[3 * i + c] + tint) / 2);
            }
        }
        return new Image(Width, Height, pixels);
    }

    /// <summary>The masks at another size: linear where an axis grows, the mean of the area where it shrinks. They sum to 1 as before.</summary>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    public LayerMasks ResizeTo(int width, int height)
    {
        if (width == Width && height == Height) return this;
        float[][] resized = [.. _weights.Select(plane => PlaneResize.Area(plane, Width, Height, width, height))];
        for (int i = 0; i < width * height; i++)
        {
            float sum = 0;
            foreach (float[] plane in resized) sum += plane[i];
            foreach (float[] plane in resized) plane[i] /= sum;
        }
        return new LayerMasks(width, height, resized, Thresholds);
    }

    /// <summary>The masks as the denoising loop takes them: scaled and padded as the picture is, then a value for each latent.</summary>
    internal LayerMasks ToLatents(WorkingSize size)
    {
        LayerMasks worked = ResizeTo(size.Width, size.Height);
        if (size.IsPadded)
        {
            float[][] padded = [.. worked._weights.Select(plane =>
                new DepthMap(size.Width, size.Height, plane).PadEdges(0, 0, size.PaddedWidth - size.Width, size.PaddedHeight - size.Height).Values)];
            worked = new LayerMasks(size.PaddedWidth, size.PaddedHeight, padded, Thresholds);
        }
        return worked.ResizeTo(size.LatentWidth, size.LatentHeight);
    }

    /// <summary>Whether a layer has no pixel of which it is at least a half.</summary>
    internal bool IsEmpty(int layer) => !_weights[layer].Any(weight => weight >= 0.5f);

    /// <summary>Makes the masks of planes that contain each other: each plane is the layers up to its own together.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="planes">A plane [height, width] for each layer but the last. Where one is less than that before it, that before it counts.</param>
    /// <param name="thresholds">Where depth was cut.</param>
    internal static LayerMasks FromNested(int width, int height, IReadOnlyList<float[]> planes, IReadOnlyList<double> thresholds)
    {
        float[][] weights = [.. Enumerable.Range(0, planes.Count + 1).Select(_ => new float[width * height])];
        for (int i = 0; i < width * height; i++)
        {
            float covered = 0;
            for (int layer = 0; layer < planes.Count; layer++)
            {
                float up = Math.Max(covered, planes[layer][i]);
                weights[layer][i] = up - covered;
                covered = up;
            }
            weights[^1][i] = 1 - covered;
        }
        return new LayerMasks(width, height, weights, thresholds);
    }

    private static byte ToByte(float value) => (byte)MathF.Round(Math.Clamp(value, 0, 255));
}
