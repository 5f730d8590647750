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
        int sums = (panels + partners) * plan.RowsPerBlock * kernel.Columns;
        using ScratchPool.Lease lease = scratch.Rent(left + right + sums);
        float* a = lease.Data, b = a + left, c = b + right;

        int depthBlocks = (matrix.Steps + MicroKernel.MaxDepth - 1) / MicroKernel.MaxDepth;
        for (int block = 0; block < depthBlocks; block++)
        {
            int first = kernel.CutSteps(matrix.Steps, block, depthBlocks);
            int steps = kernel.CutSteps(matrix.Steps, block + 1, depthBlocks) - first;
            PackRows(kernel, rows, firstRow, rowCount, first, steps, a);
            for (int p = 0; p < panels + partners; p++)
            {
                float* operands = matrix.Panel(PanelOf(p), first, steps, b);
                float* tiles = c + (long)p * plan.RowsPerBlock * kernel.Columns;
                // Hardware fetches what follows in memory: the block of the panel that is next to be multiplied lies elsewhere.
                byte* next = matrix.IsWidened || p + 1 == panels + partners ? null : (byte*)matrix.Panel(PanelOf(p + 1), first, steps, b);
                int slice = steps * kernel.Columns * sizeof(float) / Math.Max(1, rowCount / kernel.Rows);
                for (int r = 0; r < rowCount; r += kernel.Rows)
                {
                    if (next != null) next = Prefetch(next, slice);
                    kernel.Multiply(Math.Min(kernel.Rows, rowCount - r), a + (long)r * MicroKernel.RowStride, operands,
                        tiles + (long)r * kernel.Columns, steps, accumulate: block > 0);
                }
            }
        }
        output.Store(new GemmBlock(c, plan.RowsPerBlock, kernel.Columns)
        {
            FirstRow = firstRow,
            Rows = rowCount,
            FirstPanel = firstPanel,
            Panels = panels,
            FirstPartner = firstPartner,
        });

        int PanelOf(int index) => index < panels ? firstPanel + index : firstPartner + index - panels;
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
