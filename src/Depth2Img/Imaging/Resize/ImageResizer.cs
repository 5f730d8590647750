using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Depth2Img.Imaging.Resize;

/// <summary>
/// Resizes pictures as Pillow does, bit for bit: columns first, rounded to bytes between the passes, an axis that
/// keeps its length left alone, and colours weighted by their opacity where there is alpha.
/// </summary>
public static class ImageResizer
{
    private const int Half = 1 << (ResampleWeights.Precision - 1);

    /// <summary>Makes a picture of another size.</summary>
    /// <param name="image">The picture; it is not changed.</param>
    /// <param name="width">New columns, at least 1.</param>
    /// <param name="height">New rows, at least 1.</param>
    /// <param name="filter">How pixels are weighted.</param>
    /// <returns>The new picture; the same one where the size is its own.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, or more pixels than an array can hold.</exception>
    public static Image Resize(Image image, int width, int height, ResizeFilter filter)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        // Four bytes a pixel between the passes.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * Math.Max(height, image.Height), Array.MaxLength / 4, nameof(width));
        if (width == image.Width && height == image.Height) return image;
        return filter == ResizeFilter.Nearest ? ResizeNearest(image, width, height) : Resample(image, width, height, filter);
    }

    private static Image ResizeNearest(Image image, int width, int height)
    {
        int[] columns = NearestIndices(image.Width, width);
        int[] rows = NearestIndices(image.Height, height);
        byte[] pixels = new byte[3 * width * height];
        byte[]? alpha = image.Alpha is null ? null : new byte[width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            int row = rows[y] * image.Width;
            for (int x = 0; x < width; x++, to++)
            {
                int from = row + columns[x];
                pixels[3 * to] = image.Pixels[3 * from];
                pixels[3 * to + 1] = image.Pixels[3 * from + 1];
                pixels[3 * to + 2] = image.Pixels[3 * from + 2];
                alpha?[to] = image.Alpha![from];
            }
        }
        return new Image(width, height, pixels, alpha);
    }

    /// <summary>The sample under each centre. Positions are summed up, not multiplied out: so does Pillow, and ties fall by it.</summary>
    private static int[] NearestIndices(int sourceLength, int length)
    {
        int[] indices = new int[length];
        double step = (double)sourceLength / length;
        double position = step * 0.5;
        for (int i = 0; i < length; i++, position += step) indices[i] = Math.Min((int)position, sourceLength - 1);
        return indices;
    }

    private static Image Resample(Image image, int width, int height, ResizeFilter filter)
    {
        ResampleWeights? columns = width == image.Width ? null : new ResampleWeights(image.Width, width, filter);
        ResampleWeights? rows = height == image.Height ? null : new ResampleWeights(image.Height, height, filter);

        // First pass, with every pixel in four bytes (the fourth is alpha, or idle), so that one vector holds a pixel.
        byte[] wide = new byte[4 * image.Width];
        byte[] between = new byte[4 * width * image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> row = between.AsSpan(4 * width * y, 4 * width);
            if (columns is null)
            {
                WidenRow(image, y, row);
                continue;
            }
            WidenRow(image, y, wide);
            ResampleRow(wide, columns, row);
        }

        byte[] pixels = new byte[3 * width * height];
        byte[]? alpha = image.Alpha is null ? null : new byte[width * height];
        byte[] sums = new byte[4 * width];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = between.AsSpan(4 * width * (rows is null ? y : 0), 4 * width);
            if (rows is not null)
            {
                SumRows(between, rows.Start(y), rows.Weights(y), sums);
                row = sums;
            }
            NarrowRow(row, pixels.AsSpan(3 * width * y), alpha is null ? default : alpha.AsSpan(width * y, width));
        }
        return new Image(width, height, pixels, alpha);
    }

    private static void ResampleRow(ReadOnlySpan<byte> source, ResampleWeights columns, Span<byte> destination)
    {
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(source);
        Span<uint> results = MemoryMarshal.Cast<byte, uint>(destination);
        for (int x = 0; x < results.Length; x++)
        {
            ReadOnlySpan<int> weights = columns.Weights(x);
            ReadOnlySpan<uint> covered = pixels.Slice(columns.Start(x), weights.Length);
            Vector128<int> sum = Vector128.Create(Half);
            for (int j = 0; j < weights.Length; j++)
            {
                Vector128<ushort> channels = Vector128.WidenLower(Vector128.CreateScalarUnsafe(covered[j]).AsByte());
                sum += Vector128.WidenLower(channels).AsInt32() * weights[j];
            }
            sum >>= ResampleWeights.Precision;
            sum = Vector128.Min(Vector128.Max(sum, Vector128<int>.Zero), Vector128.Create(255));
            Vector128<ushort> halves = Vector128.Narrow(sum.AsUInt32(), sum.AsUInt32());
            results[x] = Vector128.Narrow(halves, halves).AsUInt32().ToScalar();
        }
    }

    /// <summary>One row of the second pass: the weighted sum of whole rows, a vector of columns at a time.</summary>
    private static void SumRows(ReadOnlySpan<byte> rows, int start, ReadOnlySpan<int> weights, Span<byte> destination)
    {
        int stride = destination.Length;
        ReadOnlySpan<byte> first = rows[(start * stride)..];
        int x = 0;
        for (; x <= stride - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector<int> a = new(Half), b = a, c = a, d = a;
            for (int j = 0; j < weights.Length; j++)
            {
                Vector.Widen(new Vector<byte>(first[(j * stride + x)..]), out Vector<ushort> low, out Vector<ushort> high);
                Vector.Widen(low, out Vector<uint> lowLow, out Vector<uint> lowHigh);
                Vector.Widen(high, out Vector<uint> highLow, out Vector<uint> highHigh);
                int weight = weights[j];
                a += Vector.AsVectorInt32(lowLow) * weight;
                b += Vector.AsVectorInt32(lowHigh) * weight;
                c += Vector.AsVectorInt32(highLow) * weight;
                d += Vector.AsVectorInt32(highHigh) * weight;
            }
            Vector.Narrow(Vector.Narrow(ToByteRange(a), ToByteRange(b)), Vector.Narrow(ToByteRange(c), ToByteRange(d))).CopyTo(destination[x..]);
        }
        for (; x < stride; x++)
        {
            int sum = Half;
            for (int j = 0; j < weights.Length; j++) sum += first[j * stride + x] * weights[j];
            destination[x] = (byte)Math.Clamp(sum >> ResampleWeights.Precision, 0, 255);
        }
    }

    private static Vector<uint> ToByteRange(Vector<int> sum) =>
        Vector.AsVectorUInt32(Vector.Min(Vector.Max(sum >> ResampleWeights.Precision, Vector<int>.Zero), new Vector<int>(255)));

    /// <summary>Three bytes a pixel to four; colours are multiplied by their opacity, or transparent ones would bleed in.</summary>
    private static void WidenRow(Image image, int y, Span<byte> row)
    {
        ReadOnlySpan<byte> pixels = image.Pixels.AsSpan(3 * image.Width * y, 3 * image.Width);
        if (image.Alpha is null)
        {
            for (int x = 0; x < image.Width; x++)
            {
                ReadOnlySpan<byte> pixel = pixels.Slice(3 * x, 3);
                MemoryMarshal.Write(row[(4 * x)..], (uint)(pixel[0] | pixel[1] << 8 | pixel[2] << 16));
            }
            return;
        }
        for (int x = 0; x < image.Width; x++)
        {
            byte opacity = image.Alpha[image.Width * y + x];
            for (int c = 0; c < 3; c++) row[4 * x + c] = MultiplyByOpacity(pixels[3 * x + c], opacity);
            row[4 * x + 3] = opacity;
        }
    }

    private static void NarrowRow(ReadOnlySpan<byte> row, Span<byte> pixels, Span<byte> alpha)
    {
        for (int x = 0; x < row.Length / 4; x++)
        {
            ReadOnlySpan<byte> from = row.Slice(4 * x, 4);
            Span<byte> pixel = pixels.Slice(3 * x, 3);
            int opacity = alpha.IsEmpty ? 255 : alpha[x] = from[3];
            for (int c = 0; c < 3; c++)
                pixel[c] = opacity is 0 or 255 ? from[c] : (byte)Math.Min(255, 255 * from[c] / opacity);
        }
    }

    /// <summary>v * opacity / 255, rounded.</summary>
    private static byte MultiplyByOpacity(int value, int opacity)
    {
        int product = value * opacity + 128;
        return (byte)((product + (product >> 8)) >> 8);
    }
}
