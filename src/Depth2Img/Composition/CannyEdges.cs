using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Composition;

/// <summary>
/// Canny's edges ("A Computational Approach to Edge Detection", 1986) of a picture at a size at which outlines count and
/// texture does not: smoothing by a Gaussian, Sobel's gradient, thinning across the edge, and two thresholds of which
/// the lower holds only for what hangs together with the higher.
/// </summary>
internal static class CannyEdges
{
    /// <summary>The longer side that edges are looked for at; larger pictures are averaged down to it.</summary>
    public const int LongerSide = 256;

    /// <summary>The Gaussian's standard deviation in pixels.</summary>
    public const double Sigma = 1.4;

    /// <summary>The part of all pixels whose gradient is below the upper threshold, so that pictures of little contrast are judged like those of much.</summary>
    public const double UpperQuantile = 0.9;

    /// <summary>The lower threshold as a part of the upper one.</summary>
    public const double LowerPart = 0.4;

    /// <summary>The least upper threshold, in white's brightness a pixel (the peak of a blurred step of 9 levels of 255): what is nearly even has no edges.</summary>
    public const double LeastThreshold = 0.01;

    /// <summary>Finds edges.</summary>
    /// <param name="image">The picture; what is transparent is seen on white.</param>
    public static EdgeMap Detect(Image image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Image worked = Shrink(image.CompositeOn(255, 255, 255));
        (int width, int height) = (worked.Width, worked.Height);
        float[] gray = Smooth(Luma(worked), width, height);
        (float[] x, float[] y, float[] magnitude) = Gradient(gray, width, height);
        float upper = (float)Math.Max(LeastThreshold, Quantile(magnitude, UpperQuantile));
        float[] thin = Thin(x, y, magnitude, width, height);
        return new EdgeMap(width, height, Connect(thin, width, height, upper, upper * (float)LowerPart));
    }

    private static Image Shrink(Image image)
    {
        int longer = Math.Max(image.Width, image.Height);
        if (longer <= LongerSide) return image;
        return ImageResizer.Resize(image, Side(image.Width), Side(image.Height), ResizeFilter.Area);

        int Side(int side) => Math.Max(1, (int)Math.Round((double)side * LongerSide / longer));
    }

    /// <summary>BT.601's luma, 0 to 1.</summary>
    private static float[] Luma(Image image)
    {
        float[] gray = new float[image.Width * image.Height];
        for (int i = 0; i < gray.Length; i++)
            gray[i] = (0.299f * image.Pixels[3 * i] + 0.587f * image.Pixels[3 * i + 1] + 0.114f * image.Pixels[3 * i + 2]) / 255;
        return gray;
    }

    /// <summary>The Gaussian, along rows and then along columns; beyond the border its pixels are repeated.</summary>
    private static float[] Smooth(float[] plane, int width, int height)
    {
        int reach = (int)Math.Ceiling(3 * Sigma);
        float[] weights = [.. Enumerable.Range(-reach, 2 * reach + 1).Select(i => (float)Math.Exp(-i * i / (2 * Sigma * Sigma)))];
        float sum = weights.Sum();
        float[] rows = new float[plane.Length], smooth = new float[plane.Length];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                for (int k = -reach; k <= reach; k++) rows[i] += weights[k + reach] / sum * plane[y * width + Math.Clamp(x + k, 0, width - 1)];
            }
        }
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                for (int k = -reach; k <= reach; k++) smooth[i] += weights[k + reach] / sum * rows[Math.Clamp(y + k, 0, height - 1) * width + x];
            }
        }
        return smooth;
    }

    /// <summary>Sobel's gradient in brightness a pixel.</summary>
    private static (float[] X, float[] Y, float[] Magnitude) Gradient(float[] plane, int width, int height)
    {
        float[] gx = new float[plane.Length], gy = new float[plane.Length], magnitude = new float[plane.Length];
        for (int y = 0, i = 0; y < height; y++)
        {
            int above = Math.Max(y - 1, 0) * width, here = y * width, below = Math.Min(y + 1, height - 1) * width;
            for (int x = 0; x < width; x++, i++)
            {
                int left = Math.Max(x - 1, 0), right = Math.Min(x + 1, width - 1);
                gx[i] = (plane[above + right] - plane[above + left] + 2 * (plane[here + right] - plane[here + left]) + plane[below + right] - plane[below + left]) / 8;
                gy[i] = (plane[below + left] - plane[above + left] + 2 * (plane[below + x] - plane[above + x]) + plane[below + right] - plane[above + right]) / 8;
                magnitude[i] = MathF.Sqrt(gx[i] * gx[i] + gy[i] * gy[i]);
            }
        }
        return (gx, gy, magnitude);
    }

    /// <summary>Leaves of each edge its crest: gradients that are smaller than a neighbour's along their direction become 0. Of two equal ones the second stays.</summary>
    private static float[] Thin(float[] gx, float[] gy, float[] magnitude, int width, int height)
    {
        float[] thin = new float[magnitude.Length];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                (int dx, int dy) = Direction(gx[i], gy[i]);
                if (magnitude[i] > At(x + dx, y + dy) && magnitude[i] >= At(x - dx, y - dy)) thin[i] = magnitude[i];
            }
        }
        return thin;

        float At(int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height ? magnitude[y * width + x] : 0;
    }

    /// <summary>The neighbour that lies nearest to a gradient's direction, the same for both of its signs.</summary>
    private static (int X, int Y) Direction(float gx, float gy)
    {
        // tan(22.5 degrees): within it of an axis the direction is the axis.
        const float tangent = 0.41421357f;
        if (Math.Abs(gy) <= tangent * Math.Abs(gx)) return (1, 0);
        if (Math.Abs(gx) <= tangent * Math.Abs(gy)) return (0, 1);
        return gx > 0 == gy > 0 ? (1, 1) : (1, -1);
    }

    private static bool[] Connect(float[] thin, int width, int height, float upper, float lower)
    {
        bool[] edge = new bool[thin.Length];
        Stack<int> found = [];
        for (int i = 0; i < thin.Length; i++)
        {
            if (thin[i] >= upper) Mark(i);
        }
        while (found.TryPop(out int i))
        {
            (int row, int column) = Math.DivRem(i, width);
            for (int y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, height - 1); y++)
            {
                for (int x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, width - 1); x++)
                {
                    if (thin[y * width + x] >= lower) Mark(y * width + x);
                }
            }
        }
        return edge;

        void Mark(int i)
        {
            if (edge[i]) return;
            edge[i] = true;
            found.Push(i);
        }
    }

    private static float Quantile(float[] values, double quantile)
    {
        float[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[(int)(quantile * (sorted.Length - 1))];
    }
}
