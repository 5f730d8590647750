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
    /// <param name="body">Takes the first float of a piece and the piece's length.</param>
    public static void ForFloats(WorkerPool pool, long count, Action<long, int> body) =>
        pool.Run(checked((int)((count + Floats - 1) / Floats)), task =>
        {
            long start = (long)task * Floats;
            body(start, (int)Math.Min(Floats, count - start));
        });

    /// <summary>Runs over the rows 0 .. rows - 1 in groups.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="rowFloats">How much one row writes, or reads if that is more.</param>
    /// <param name="body">Takes the first row of a group and the row after its last.</param>
    public static void ForRows(WorkerPool pool, long rows, long rowFloats, Action<long, long> body)
    {
        int perTask = RowsPerTask(rowFloats);
        pool.Run(checked((int)((rows + perTask - 1) / perTask)), task =>
        {
            long first = (long)task * perTask;
            body(first, Math.Min(first + perTask, rows));
        });
    }
}
