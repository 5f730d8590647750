namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>
/// How light work is cut into tasks: into pieces of a fixed size, whatever the number of threads, so that sums are
/// formed in the same order on any machine. A piece fits the second-level cache and is worth a few microseconds.
/// </summary>
internal static class Chunks
{
    /// <summary>Floats a task.</summary>
    public const int Floats = 16384;

    /// <summary>How many rows make a task.</summary>
    public static int RowsPerTask(long rowFloats) => (int)Math.Max(1, Floats / Math.Max(rowFloats, 1));

    /// <summary>Runs over the floats 0 .. count - 1 in pieces.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="count">How many floats.</param>
    /// <param name="task">Takes pieces of floats.</param>
    public static void ForFloats<TTask>(WorkerPool pool, long count, TTask task) where TTask : struct, IRangeTask =>
        Run(pool, count, Floats, task);

    /// <summary>Runs over the rows 0 .. rows - 1 in groups.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="rowFloats">How much one row writes, or reads if that is more.</param>
    /// <param name="task">Takes groups of rows.</param>
    public static void ForRows<TTask>(WorkerPool pool, long rows, long rowFloats, TTask task) where TTask : struct, IRangeTask =>
        Run(pool, rows, RowsPerTask(rowFloats), task);

    /// <summary>The same for ops that no denoising step has, where a closure does no harm.</summary>
    public static void ForRows(WorkerPool pool, long rows, long rowFloats, Action<long, long> body) =>
        ForRows(pool, rows, rowFloats, new DelegateTask(body));

    private static void Run<TTask>(WorkerPool pool, long count, int perTask, TTask task) where TTask : struct, IRangeTask =>
        pool.Run(checked((int)((count + perTask - 1) / perTask)), new Pieces<TTask>(task, count, perTask));

    private readonly struct Pieces<TTask>(TTask task, long count, int perTask) : IParallelTask where TTask : struct, IRangeTask
    {
        public void Run(int index)
        {
            long first = (long)index * perTask;
            task.Run(first, Math.Min(first + perTask, count));
        }
    }

    private readonly struct DelegateTask(Action<long, long> body) : IRangeTask
    {
        public void Run(long first, long end) => body(first, end);
    }
}
