namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Matrix products on all threads, blocked for the caches: a block of rows is packed once for a group of panels and stays
/// in the second level, while each panel's block of products passes through the first.
/// </summary>
internal sealed unsafe class GemmDriver(CpuTier tier, MicroKernel kernel, WorkerPool pool, ScratchPool scratch)
{
    /// <summary>Which vectors to use beside the micro-kernel.</summary>
    public CpuTier Tier => tier;

    /// <summary>Computes rows times matrix and stores it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last task began.</exception>
    public void Run(RowSource rows, PackedMatrix matrix, GemmOutput output, CancellationToken cancellationToken)
    {
        if (rows.Depth != matrix.Depth) throw new ArgumentException($"Rows of {rows.Depth} do not match a matrix of depth {matrix.Depth}.", nameof(rows));
        if (rows.Rows == 0) return;
        GemmPlan plan = GemmPlan.Choose(rows.Rows, output.SharedPanels(matrix), output.HasPartners ? 2 : 1, kernel, pool.Threads);
        pool.Run(plan.Tasks, task =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunTask(plan, task % plan.RowBlocks, task / plan.RowBlocks, rows, matrix, output);
        });
    }

    private void RunTask(GemmPlan plan, int rowBlock, int group, RowSource rows, PackedMatrix matrix, GemmOutput output)
    {
        int firstPanel = group * plan.PanelsPerGroup;
        int panels = Math.Min(plan.PanelsPerGroup, output.SharedPanels(matrix) - firstPanel);
        (int firstPartner, int partners) = output.Partners(firstPanel, panels, matrix);
        int firstRow = rowBlock * plan.RowsPerBlock;
        int rowCount = Math.Min(plan.RowsPerBlock, rows.Rows - firstRow);

        int left = plan.RowsPerBlock * MicroKernel.RowStride;
        int right = MicroKernel.MaxDepth * kernel.Columns;
        int sums = (panels + partners) * plan.RowsPerBlock * kernel.Columns;
        using ScratchPool.Lease lease = scratch.Rent(left + right + sums);
        float* a = lease.Data, b = a + left, c = b + right;

        int depthBlocks = (matrix.Depth + MicroKernel.MaxDepth - 1) / MicroKernel.MaxDepth;
        for (int block = 0; block < depthBlocks; block++)
        {
            int first = (int)((long)matrix.Depth * block / depthBlocks);
            int depth = (int)((long)matrix.Depth * (block + 1) / depthBlocks) - first;
            rows.Pack(firstRow, rowCount, first, depth, a);
            for (int p = 0; p < panels + partners; p++)
            {
                int panel = p < panels ? firstPanel + p : firstPartner + p - panels;
                float* operands = matrix.Panel(panel, first, depth, b);
                float* tiles = c + (long)p * plan.RowsPerBlock * kernel.Columns;
                for (int r = 0; r < rowCount; r += kernel.Rows)
                {
                    kernel.Multiply(Math.Min(kernel.Rows, rowCount - r), a + (long)r * MicroKernel.RowStride, operands,
                        tiles + (long)r * kernel.Columns, depth, accumulate: block > 0);
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
    }
}
