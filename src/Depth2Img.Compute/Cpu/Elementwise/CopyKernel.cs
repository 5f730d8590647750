namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>Joins, cuts and repeats rows. The copies themselves are the runtime's memory move, which is vectorised.</summary>
internal static unsafe class CopyKernel
{
    /// <summary>For every row the left part, then the right one.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="left">[rows, leftWidth].</param>
    /// <param name="leftWidth">Values of a left row.</param>
    /// <param name="right">[rows, rightWidth].</param>
    /// <param name="rightWidth">Values of a right row.</param>
    /// <param name="target">[rows, leftWidth + rightWidth]; overlaps neither.</param>
    /// <param name="rows">How many rows.</param>
    public static void Concat(WorkerPool pool, float* left, long leftWidth, float* right, long rightWidth, float* target, long rows) =>
        Chunks.ForRows(pool, rows, leftWidth + rightWidth, new ConcatTask(left, leftWidth, right, rightWidth, target));

    /// <summary>Copies rows that are apart into rows that are not.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="source">The first row.</param>
    /// <param name="stride">From one source row to the next, in floats.</param>
    /// <param name="target">[rows, width].</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="rows">How many rows.</param>
    public static void Gather(WorkerPool pool, float* source, long stride, float* target, long width, long rows) =>
        Chunks.ForRows(pool, rows, width, (first, end) =>
        {
            for (long row = first; row < end; row++) Copy(source + row * stride, target + row * width, width);
        });

    /// <summary>Copies each row several times in a row.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="source">[rows, width].</param>
    /// <param name="target">[rows, times, width].</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="times">How often each is copied.</param>
    public static void Repeat(WorkerPool pool, float* source, float* target, long width, long rows, int times) =>
        Chunks.ForRows(pool, rows * times, width, new RepeatTask(source, target, width, times));

    /// <summary>Copies floats that do not overlap.</summary>
    public static void Copy(float* source, float* target, long count) =>
        Buffer.MemoryCopy(source, target, count * sizeof(float), count * sizeof(float));

    private readonly struct RepeatTask(float* source, float* target, long width, int times) : IRangeTask
    {
        public void Run(long first, long end)
        {
            for (long row = first; row < end; row++) Copy(source + row / times * width, target + row * width, width);
        }
    }

    private readonly struct ConcatTask(float* left, long leftWidth, float* right, long rightWidth, float* target) : IRangeTask
    {
        public void Run(long first, long end)
        {
            long width = leftWidth + rightWidth;
            for (long row = first; row < end; row++)
            {
                Copy(left + row * leftWidth, target + row * width, leftWidth);
                Copy(right + row * rightWidth, target + row * width + leftWidth, rightWidth);
            }
        }
    }
}
