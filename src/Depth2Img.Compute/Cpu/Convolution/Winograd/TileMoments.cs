using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// Mean and spread of every channel of a convolution's result, gathered tile by tile while it is in cache. The tiles of one
/// picture in one strip of the micro-kernel are summed up in single precision, in their order; strips are joined in double
/// precision. Neither depends on how strips are shared out among threads.
/// </summary>
/// <param name="partials">Room for <see cref="Floats"/> floats, or null to gather nothing.</param>
/// <param name="geometry">The tiles.</param>
/// <param name="output">[N,H',W',out].</param>
/// <param name="stripTiles">Tiles of a strip.</param>
internal readonly unsafe struct TileMoments(float* partials, WinogradGeometry geometry, Shape output, int stripTiles)
{
    private const int ChannelsPerTask = 64;

    /// <summary>Whether nothing is gathered.</summary>
    public bool IsOff => partials == null;

    private int TilesPerPicture => geometry.TileRows * geometry.TileColumns;

    /// <summary>How much room all partial sums take.</summary>
    public static long Floats(WinogradGeometry geometry, Shape output, int stripTiles) =>
        ((long)geometry.Tiles / stripTiles + output[0] + 1) * 2 * output.Channels;

    /// <summary>Which sums a tile enters: both parts of it grow along the tiles, so that no two strips or pictures share one.</summary>
    public int SlotOf(int tile) => tile / stripTiles + tile / TilesPerPicture;

    /// <summary>Adds a tile's outputs of some channels.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="slot">The tile's sums.</param>
    /// <param name="before">How many pixels are in them already.</param>
    /// <param name="corner">The tile's first output, at the first of the channels.</param>
    /// <param name="height">Rows of the tile that are within the picture.</param>
    /// <param name="width">Columns that are.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="count">How many channels.</param>
    public void Add(CpuTier tier, int slot, int before, float* corner, int height, int width, int channel, int count)
    {
        float* means = partials + (long)slot * 2 * output.Channels + channel;
        Outputs tile = new(corner, (long)output[2] * output.Channels, output.Channels, height, width);
        int done = tier switch
        {
            CpuTier.Avx512 => Add<Width512, Vector512<float>>(tile, before, means, means + output.Channels, 0, count),
            CpuTier.Avx2 => Add<Width256, Vector256<float>>(tile, before, means, means + output.Channels, 0, count),
            _ => Add<Width128, Vector128<float>>(tile, before, means, means + output.Channels, 0, count),
        };
        Add<ScalarWidth, float>(tile, before, means, means + output.Channels, done, count);
    }

    /// <summary>Joins all sums, on all threads.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="moments">Takes [N,out] pairs of a mean and a sum of squares of the distances from it.</param>
    public void Join(WorkerPool pool, double* moments)
    {
        int blocks = (output.Channels + ChannelsPerTask - 1) / ChannelsPerTask;
        pool.Run(output[0] * blocks, new JoinTask(this, moments, blocks));
    }

    private static int Add<TWidth, TVector>(Outputs tile, int before, float* means, float* squares, int channel, int count)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        float pixels = tile.Height * tile.Width;
        TVector one = TWidth.Create(1 / pixels), share = TWidth.Create(pixels / (before + pixels)), spread = TWidth.Create(before * pixels / (before + pixels));
        for (; channel <= count - TWidth.Count; channel += TWidth.Count)
        {
            TVector sum = TWidth.Create(0), square = sum;
            for (int y = 0; y < tile.Height; y++)
            {
                float* pixel = tile.Row(y) + channel;
                for (int x = 0; x < tile.Width; x++, pixel += tile.Channels) sum = TWidth.Add(sum, TWidth.Load(pixel));
            }
            TVector mean = TWidth.Multiply(sum, one);
            for (int y = 0; y < tile.Height; y++)
            {
                float* pixel = tile.Row(y) + channel;
                for (int x = 0; x < tile.Width; x++, pixel += tile.Channels)
                {
                    TVector distance = TWidth.Subtract(TWidth.Load(pixel), mean);
                    square = TWidth.MultiplyAdd(distance, distance, square);
                }
            }
            if (before > 0)
            {
                TVector old = TWidth.Load(means + channel), step = TWidth.Subtract(mean, old);
                mean = TWidth.MultiplyAdd(step, share, old);
                square = TWidth.Add(TWidth.Load(squares + channel), TWidth.MultiplyAdd(TWidth.Multiply(step, step), spread, square));
            }
            TWidth.Store(mean, means + channel);
            TWidth.Store(square, squares + channel);
        }
        return channel;
    }

    private void Join(int picture, int channel, int end, double* moments)
    {
        int first = picture * TilesPerPicture, last = first + TilesPerPicture;
        double pixels = (double)output[1] * output[2];
        moments += 2L * picture * output.Channels;
        for (int c = channel; c < end; c++) moments[2 * c] = moments[2 * c + 1] = 0;
        for (int tile = first; tile < last; tile = NextStrip(tile))
        {
            float* means = MeansOf(tile);
            double share = PixelsFrom(tile, last) / pixels;
            for (int c = channel; c < end; c++) moments[2 * c] += means[c] * share;
        }
        for (int tile = first; tile < last; tile = NextStrip(tile))
        {
            float* means = MeansOf(tile), squares = means + output.Channels;
            double count = PixelsFrom(tile, last);
            for (int c = channel; c < end; c++)
            {
                double distance = means[c] - moments[2 * c];
                moments[2 * c + 1] += squares[c] + distance * distance * count;
            }
        }
    }

    private float* MeansOf(int tile) => partials + (long)SlotOf(tile) * 2 * output.Channels;

    private int NextStrip(int tile) => (tile / stripTiles + 1) * stripTiles;

    /// <summary>Pixels of the tiles from one on that are in the same strip and before another.</summary>
    private int PixelsFrom(int tile, int last)
    {
        int pixels = 0;
        for (int end = Math.Min(NextStrip(tile), last); tile < end; tile++)
        {
            (int height, int width) = geometry.SizeOf(tile, output);
            pixels += height * width;
        }
        return pixels;
    }

    /// <summary>A tile's outputs in the result.</summary>
    private readonly struct Outputs(float* corner, long rowFloats, int channels, int height, int width)
    {
        public readonly int Channels = channels, Height = height, Width = width;

        public float* Row(int y) => corner + y * rowFloats;
    }

    private readonly struct JoinTask(TileMoments moments, double* target, int blocks) : IParallelTask
    {
        public void Run(int index)
        {
            int channel = index % blocks * ChannelsPerTask;
            moments.Join(index / blocks, channel, Math.Min(channel + ChannelsPerTask, moments.Channels), target);
        }
    }

    private int Channels => output.Channels;
}
