using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Norm;

/// <summary>
/// Mean and variance of groups of channels over pictures that lie channels-last. A picture is cut into strips of whole
/// pixels whose number depends on the shape alone. A strip's channels are summed in single precision, twice (mean, then
/// squares of the distance from it, the strip being in cache by then); strips and channels are joined in double
/// precision, in a fixed order.
/// </summary>
internal static unsafe class GroupNormStatistics
{
    /// <summary>A strip has so many floats, or <see cref="LeastPixels"/> pixels if that is more.</summary>
    private const int StripFloats = 32768;

    /// <summary>Joining a strip's channels costs as much as summing some pixels; this many make up for it.</summary>
    private const int LeastPixels = 32;

    /// <summary>Pixels of a strip.</summary>
    public static int StripPixels(int channels) => Math.Max(LeastPixels, StripFloats / channels);

    /// <summary>Strips of a picture.</summary>
    public static int Strips(long pixels, int channels) => checked((int)((pixels + StripPixels(channels) - 1) / StripPixels(channels)));

    /// <summary>How much scratch <see cref="Compute"/> needs, in floats.</summary>
    public static long ScratchFloats(int pictures, long pixels, int channels, int groups) =>
        (long)pictures * Strips(pixels, channels) * (4L * groups + 2L * channels);

    /// <summary>Finds every channel's mean and factor, those of its group.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">[pictures, pixels, channels].</param>
    /// <param name="pictures">N.</param>
    /// <param name="pixels">At least 1.</param>
    /// <param name="channels">C.</param>
    /// <param name="groups">Divides C.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="means">Takes [pictures, channels].</param>
    /// <param name="factors">Takes [pictures, channels]: 1 / √(variance + eps).</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> floats, aligned to 8 bytes.</param>
    public static void Compute(CpuTier tier, WorkerPool pool, float* x, int pictures, long pixels, int channels, int groups, float eps,
        float* means, float* factors, float* scratch)
    {
        SumStrips(tier, pool, new PixelRuns(x, pictures, pixels, pixels), channels, groups, scratch);
        int strips = Strips(pixels, channels), perStrip = StripPixels(channels);
        double* partials = (double*)scratch;
        int width = channels / groups;
        for (int index = 0; index < pictures * groups; index++)
        {
            int n = index / groups, group = index % groups;
            (double mean, double squares) = JoinStrips(partials + 2 * ((long)n * strips * groups + group), 2L * groups, 1, strips, perStrip, pixels, width);
            double variance = squares / ((double)pixels * width);
            long channel = (long)n * channels + group * width;
            new Span<float>(means + channel, width).Fill((float)mean);
            new Span<float>(factors + channel, width).Fill((float)(1 / Math.Sqrt(variance + eps)));
        }
    }

    /// <summary>Finds every group's mean and sum of squares of the distances from it, for all runs together.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="x">The pixels, one at least.</param>
    /// <param name="channels">C.</param>
    /// <param name="groups">Divides C.</param>
    /// <param name="means">Takes one a group.</param>
    /// <param name="squares">Takes one a group.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> floats, aligned to 8 bytes.</param>
    public static void Moments(CpuTier tier, WorkerPool pool, PixelRuns x, int channels, int groups, Span<double> means, Span<double> squares, float* scratch)
    {
        SumStrips(tier, pool, x, channels, groups, scratch);
        int strips = Strips(x.Pixels, channels), perStrip = StripPixels(channels);
        for (int group = 0; group < groups; group++)
            (means[group], squares[group]) = JoinStrips((double*)scratch + 2 * group, 2L * groups, x.Count, strips, perStrip, x.Pixels, channels / groups);
    }

    /// <summary>Finds every channel's mean and factor by what is known of the channels.</summary>
    /// <param name="moments">[pictures, channels], pairs of a mean and a sum of squares of the distances from it.</param>
    /// <param name="pictures">N.</param>
    /// <param name="pixels">How many values each channel has.</param>
    /// <param name="channels">C.</param>
    /// <param name="groups">Divides C.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="means">Takes [pictures, channels].</param>
    /// <param name="factors">Takes [pictures, channels]: 1 / √(variance + eps).</param>
    public static void FromChannels(double* moments, int pictures, long pixels, int channels, int groups, float eps, float* means, float* factors)
    {
        int width = channels / groups;
        for (long first = 0; first < (long)pictures * channels; first += width)
        {
            double sum = 0, squares = 0;
            for (long c = first; c < first + width; c++) sum += moments[2 * c];
            double mean = sum / width;
            for (long c = first; c < first + width; c++)
            {
                double distance = moments[2 * c] - mean;
                squares += moments[2 * c + 1] + distance * distance * pixels;
            }
            new Span<float>(means + first, width).Fill((float)mean);
            new Span<float>(factors + first, width).Fill((float)(1 / Math.Sqrt(squares / ((double)pixels * width) + eps)));
        }
    }

    /// <summary>Every strip's groups, as pairs of a mean and a sum of squares, [runs, strips, groups], at the beginning of the scratch.</summary>
    private static void SumStrips(CpuTier tier, WorkerPool pool, PixelRuns x, int channels, int groups, float* scratch)
    {
        int strips = Strips(x.Pixels, channels);
        // After the pairs, [runs, strips] room for channels.
        double* partials = (double*)scratch;
        float* rooms = (float*)(partials + 2L * x.Count * strips * groups);
        pool.Run(checked(x.Count * strips), new StripTask(tier, x, channels, groups, strips, partials, rooms));
    }

    /// <summary>Every channel's mean, and sum of squares of the distances from it, over a strip.</summary>
    private static void SumStrip<TWidth, TVector>(float* strip, int pixels, int channels, float* means, float* squares)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        new Span<float>(means, channels).Clear();
        new Span<float>(squares, channels).Clear();
        int whole = channels - channels % TWidth.Count;

        // Four pixels at a time into sums that lie in the first-level cache: memory is read in its own order. What is
        // summed is the distance from the first pixel, so that a common offset costs no precision.
        int p = 0;
        for (; p <= pixels - 4; p += 4)
        {
            float* pixel = strip + (long)p * channels;
            for (int c = 0; c < whole; c += TWidth.Count)
            {
                TVector origin = TWidth.Load(strip + c);
                TVector first = TWidth.Subtract(TWidth.Load(pixel + c), origin);
                TVector second = TWidth.Subtract(TWidth.Load(pixel + channels + c), origin);
                TVector third = TWidth.Subtract(TWidth.Load(pixel + 2L * channels + c), origin);
                TVector fourth = TWidth.Subtract(TWidth.Load(pixel + 3L * channels + c), origin);
                TVector four = TWidth.Add(TWidth.Add(first, second), TWidth.Add(third, fourth));
                TWidth.Store(TWidth.Add(TWidth.Load(means + c), four), means + c);
            }
            for (int c = whole; c < channels; c++)
            {
                for (int i = 0; i < 4; i++) means[c] += pixel[(long)i * channels + c] - strip[c];
            }
        }
        for (; p < pixels; p++)
        {
            float* pixel = strip + (long)p * channels;
            for (int c = 0; c < channels; c++) means[c] += pixel[c] - strip[c];
        }
        float share = 1f / pixels;
        for (int c = 0; c < channels; c++) means[c] = strip[c] + means[c] * share;

        for (p = 0; p <= pixels - 2; p += 2)
        {
            float* pixel = strip + (long)p * channels;
            for (int c = 0; c < whole; c += TWidth.Count)
            {
                TVector mean = TWidth.Load(means + c);
                TVector first = TWidth.Subtract(TWidth.Load(pixel + c), mean);
                TVector second = TWidth.Subtract(TWidth.Load(pixel + channels + c), mean);
                TVector sum = TWidth.MultiplyAdd(first, first, TWidth.MultiplyAdd(second, second, TWidth.Load(squares + c)));
                TWidth.Store(sum, squares + c);
            }
            for (int c = whole; c < channels; c++)
                squares[c] += Square(pixel[c] - means[c]) + Square(pixel[channels + c] - means[c]);
        }
        if (p < pixels)
        {
            float* pixel = strip + (long)p * channels;
            for (int c = 0; c < channels; c++) squares[c] += Square(pixel[c] - means[c]);
        }
    }

    /// <summary>Joins the channels of each group: all stand for equally many values.</summary>
    private static void JoinChannels(float* means, float* squares, int pixels, int channels, int groups, double* partials)
    {
        int width = channels / groups;
        for (int group = 0; group < groups; group++)
        {
            int first = group * width;
            double sum = 0, within = 0;
            for (int c = first; c < first + width; c++)
            {
                sum += means[c];
                within += squares[c];
            }
            double mean = sum / width, between = 0;
            for (int c = first; c < first + width; c++) between += (means[c] - mean) * (means[c] - mean);
            partials[2 * group] = mean;
            partials[2 * group + 1] = within + pixels * between;
        }
    }

    /// <summary>Joins the strips of a group, those of all runs, by their pixel counts.</summary>
    private static (double Mean, double Squares) JoinStrips(double* partials, long stride, int runs, int strips, int perStrip, long pixels, int width)
    {
        double sum = 0;
        for (int s = 0; s < runs * strips; s++) sum += partials[s * stride] * PixelsOf(s);
        double mean = sum / (runs * pixels);
        double squares = 0;
        for (int s = 0; s < runs * strips; s++)
        {
            double distance = partials[s * stride] - mean;
            squares += partials[s * stride + 1] + distance * distance * PixelsOf(s) * width;
        }
        return (mean, squares);

        double PixelsOf(int s) => Math.Min(perStrip, pixels - (long)(s % strips) * perStrip);
    }

    private static float Square(float x) => x * x;

    private readonly struct StripTask(CpuTier tier, PixelRuns x, int channels, int groups, int strips, double* partials, float* rooms) : IParallelTask
    {
        public void Run(int index)
        {
            int perStrip = StripPixels(channels);
            long first = (long)(index % strips) * perStrip;
            float* strip = x.Pixel(index / strips, first, channels);
            float* sums = rooms + 2L * index * channels;
            int count = (int)Math.Min(perStrip, x.Pixels - first);
            switch (tier)
            {
                case CpuTier.Avx512: SumStrip<Width512, Vector512<float>>(strip, count, channels, sums, sums + channels); break;
                case CpuTier.Avx2: SumStrip<Width256, Vector256<float>>(strip, count, channels, sums, sums + channels); break;
                default: SumStrip<Width128, Vector128<float>>(strip, count, channels, sums, sums + channels); break;
            }
            JoinChannels(sums, sums + channels, count, channels, groups, partials + 2L * index * groups);
        }
    }
}
