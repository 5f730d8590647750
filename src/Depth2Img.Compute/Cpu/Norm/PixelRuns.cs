namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>Pixels [run][pixel][channel]: pictures one after the other, or the rows of a rectangle within a picture.</summary>
/// <param name="first">The first pixel.</param>
/// <param name="count">How many runs.</param>
/// <param name="pixels">Pixels of each, at least 1.</param>
/// <param name="stride">Pixels from the beginning of one to that of the next.</param>
internal readonly unsafe struct PixelRuns(float* first, int count, long pixels, long stride)
{
    /// <summary>How many runs there are.</summary>
    public int Count => count;

    /// <summary>Pixels of each.</summary>
    public long Pixels => pixels;

    /// <summary>A pixel of a run.</summary>
    public float* Pixel(int run, long pixel, int channels) => first + (run * stride + pixel) * channels;
}
