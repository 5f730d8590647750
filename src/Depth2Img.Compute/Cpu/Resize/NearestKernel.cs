using Depth2Img.Compute.Cpu.Elementwise;

namespace Depth2Img.Compute.Cpu.Resize;

/// <summary>Enlarges or reduces by picking pixels.</summary>
internal static unsafe class NearestKernel
{
    /// <summary>Output (y, x) is input (floor(y height / newHeight), floor(x width / newWidth)).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="source">[pictures, height, width, channels].</param>
    /// <param name="target">[pictures, newHeight, newWidth, channels].</param>
    /// <param name="pictures">N.</param>
    /// <param name="height">Rows in.</param>
    /// <param name="width">Columns in.</param>
    /// <param name="channels">C.</param>
    /// <param name="newHeight">Rows out.</param>
    /// <param name="newWidth">Columns out.</param>
    public static void Run(WorkerPool pool, float* source, float* target, int pictures, int height, int width, int channels, int newHeight, int newWidth)
    {
        long rowFloats = (long)newWidth * channels;
        Chunks.ForRows(pool, (long)pictures * newHeight, rowFloats, new RowsTask(source, target, height, width, channels, newHeight, newWidth));
    }

    private static void PickColumns(float* source, float* target, int width, int channels, int newWidth)
    {
        for (int column = 0; column < newWidth; column++)
        {
            float* pixel = source + (long)column * width / newWidth * channels;
            float* result = target + (long)column * channels;
            if (channels >= 8)
            {
                CopyKernel.Copy(pixel, result, channels);
                continue;
            }
            for (int c = 0; c < channels; c++) result[c] = pixel[c];
        }
    }

    private readonly struct RowsTask(float* source, float* target, int height, int width, int channels, int newHeight, int newWidth) : IRangeTask
    {
        public void Run(long first, long end)
        {
            long rowFloats = (long)newWidth * channels, copied = -1;
            for (long row = first; row < end; row++)
            {
                long from = row / newHeight * height + row % newHeight * height / newHeight;
                float* result = target + row * rowFloats;
                if (from == copied) CopyKernel.Copy(result - rowFloats, result, rowFloats);
                else PickColumns(source + from * width * channels, result, width, channels, newWidth);
                copied = from;
            }
        }
    }
}
