using System.Runtime.Intrinsics.X86;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Matrix products on all threads, blocked for the caches: a block of rows is packed once for a group of panels and stays
/// in the second level, while each panel's block of products passes through the first.
/// </summary>
/// <param name="tier">Which vectors to use beside the micro-kernels.</param>
/// <param name="single">The micro-kernel of single precision.</param>
/// <param name="narrow">The micro-kernel of 16-bit products, for matrices packed for it; or null.</param>
/// <param name="pool">The threads.</param>
/// <param name="scratch">The threads' scratch memory.</param>
internal sealed unsafe class GemmDriver(CpuTier tier, MicroKernel single, MicroKernel? narrow, WorkerPool pool, ScratchPool scratch)
{
    /// <summary>Which vectors to use beside the micro-kernel.</summary>
    public CpuTier Tier => tier;

    /// <summary>Computes rows times matrix and stores it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last task began.</exception>
    public void Run<TRows, TOutput>(TRows rows, PackedMatrix matrix, TOutput output, CancellationToken cancellationToken)
        where TRows : struct, IRowSource
        where TOutput : struct, IGemmOutput
    {
        if (rows.Depth != matrix.Depth) throw new ArgumentException($"Rows of {rows.Depth} do not match a matrix of depth {matrix.Depth}.", nameof(rows));
        if (rows.Rows == 0) return;
        MicroKernel kernel = matrix.ProductsPerStep == single.ProductsPerStep ? single : narrow
            ?? throw new ArgumentException("The matrix was packed for 16-bit products.", nameof(matrix));
        GemmPlan plan = GemmPlan.Choose(rows.Rows, output.SharedPanels(matrix), TOutput.HasPartners ? 2 : 1, kernel, pool.Threads);
        pool.Run(plan.Tasks, new BlockTask<TRows, TOutput>(this, kernel, plan, rows, matrix, output, cancellationToken));
    }

    private void RunTask<TRows, TOutput>(MicroKernel kernel, GemmPlan plan, int rowBlock, int group, TRows rows, PackedMatrix matrix, TOutput output)
        where TRows : struct, IRowSource
        where TOutput : struct, IGemmOutput
    {
        using MicroKernel.Use use = kernel.Begin();
        int firstPanel = group * plan.PanelsPerGroup;
        int panels = Math.Min(plan.PanelsPerGroup, output.SharedPanels(matrix) - firstPanel);
        (int firstPartner, int partners) = output.Partners(firstPanel, panels, matrix);
        int firstRow = rowBlock * plan.RowsPerBlock;
        int rowCount = Math.Min(plan.RowsPerBlock, rows.Rows - firstRow);

        int left = plan.RowsPerBlock * MicroKernel.RowStride;
        int right = matrix.IsWidened ? MicroKernel.MaxDepth * kernel.Columns : 0;
        int panelSums = plan.RowsPerBlock * kernel.Columns;
        using ScratchPool.Lease lease = scratch.Rent(left + right + (panels + partners) * panelSums);
        float* a = lease.Data, b = a + left, c = b + right;
        int* order = stackalloc int[panels + partners];
        OrderPanels(output, matrix, firstPanel, panels, order);

        int depthBlocks = (matrix.Steps + MicroKernel.MaxDepth - 1) / MicroKernel.MaxDepth;
        for (int block = 0; block < depthBlocks; block++)
        {
            int first = kernel.CutSteps(matrix.Steps, block, depthBlocks);
            int steps = kernel.CutSteps(matrix.Steps, block + 1, depthBlocks) - first;
            PackRows(kernel, rows, firstRow, rowCount, first, steps, a);
            for (int i = 0; i < panels + partners; i++)
            {
                int index = order[i];
                // Hardware fetches what follows in memory: the block of the panel that is next to be multiplied lies elsewhere.
                (nint Start, int Bytes) kept = i + 1 < panels + partners ? matrix.Kept(PanelOf(order[i + 1]), first, steps) : default;
                byte* next = (byte*)kept.Start;
                int slice = kept.Bytes / Math.Max(1, rowCount / kernel.Rows);
                int panel = PanelOf(index);
                bool finishes = index < panels && block == depthBlocks - 1;
                float* operands = matrix.Panel(panel, first, steps, b);
                float* sums = c + (long)index * panelSums;
                float* partnerSums = c + (long)(panels + output.Partners(panel, 1, matrix).First - firstPartner) * panelSums;
                for (int r = 0; r < rowCount; r += kernel.Rows)
                {
                    if (next != null) next = Prefetch(next, slice);
                    int count = Math.Min(kernel.Rows, rowCount - r), offset = r * kernel.Columns;
                    // What is stored at once, without sums of earlier blocks, leaves its place in the first cache level to the next tile.
                    float* tile = finishes && depthBlocks == 1 ? sums : sums + offset;
                    if (finishes) output.Prefetch(firstRow + r, count, panel, kernel.Columns);
                    kernel.Multiply(count, a + (long)r * MicroKernel.RowStride, operands, tile, steps, accumulate: block > 0);
                    if (finishes) output.Store(new GemmTile(tile, partnerSums + offset, panelSums) { FirstRow = firstRow + r, Rows = count, Panel = panel, Width = kernel.Columns });
                }
            }
        }

        int PanelOf(int index) => index < panels ? firstPanel + index : firstPartner + index - panels;
    }

    /// <summary>
    /// The order in which a group's panels (0, 1 ...) and their partners (which are counted on from there) are multiplied: a panel
    /// follows the last of its partners, so that each of its tiles can be stored as soon as it is summed.
    /// </summary>
    private static void OrderPanels<TOutput>(TOutput output, PackedMatrix matrix, int firstPanel, int panels, int* order)
        where TOutput : struct, IGemmOutput
    {
        int firstPartner = output.Partners(firstPanel, panels, matrix).First;
        for (int p = 0, partner = 0; p < panels; p++)
        {
            (int first, int count) = output.Partners(firstPanel + p, 1, matrix);
            while (partner < first + count - firstPartner) *order++ = panels + partner++;
            *order++ = p;
        }
    }

    /// <summary>Asks for operands that are needed soon, so that they come while others are multiplied.</summary>
    private static byte* Prefetch(byte* operands, int bytes)
    {
        const int line = 64;
        if (!Sse.IsSupported) return operands + bytes;
        for (byte* end = operands + bytes; operands < end; operands += line) Sse.Prefetch1(operands);
        return operands;
    }

    /// <summary>Copies the operands of some steps, [row][<see cref="MicroKernel.RowStride"/>].</summary>
    private static void PackRows<TRows>(MicroKernel kernel, TRows rows, int firstRow, int rowCount, int first, int steps, float* target)
        where TRows : struct, IRowSource
    {
        int products = kernel.ProductsPerStep;
        if (products == 1)
        {
            rows.Pack(firstRow, rowCount, first, steps, target);
            return;
        }
        // Rows that must be copied together are, one at a time, and are still in the first cache level when they are rounded.
        float* copy = stackalloc float[2 * MicroKernel.MaxDepth];
        int count = Math.Min(steps * products, rows.Depth - first * products);
        for (int r = 0; r < rowCount; r++)
        {
            float* row = rows.Row(firstRow + r, first * products);
            if (row == null)
            {
                row = copy;
                rows.Pack(firstRow + r, 1, first * products, count, row);
            }
            kernel.PackLeft(row, count, target + (long)r * MicroKernel.RowStride);
        }
    }

    private readonly struct BlockTask<TRows, TOutput>(GemmDriver driver, MicroKernel kernel, GemmPlan plan, TRows rows, PackedMatrix matrix, TOutput output,
        CancellationToken cancellationToken) : IParallelTask
        where TRows : struct, IRowSource
        where TOutput : struct, IGemmOutput
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            driver.RunTask(kernel, plan, index % plan.RowBlocks, index / plan.RowBlocks, rows, matrix, output);
        }
    }
}
