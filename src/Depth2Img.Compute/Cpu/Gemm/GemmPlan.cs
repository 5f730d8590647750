namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// How a product is cut into tasks: blocks of rows times groups of panels. Sums are never cut between tasks, and the
/// order of a sum depends on its length alone, so that results are the same bits for every plan and thread count.
/// </summary>
/// <param name="RowsPerBlock">Rows of a block, a multiple of the micro-kernel's: as many as the kernel's table entry says, at most.</param>
/// <param name="RowBlocks">How many blocks there are.</param>
/// <param name="PanelsPerGroup">Panels of a group.</param>
/// <param name="Groups">How many groups there are.</param>
internal readonly record struct GemmPlan(int RowsPerBlock, int RowBlocks, int PanelsPerGroup, int Groups)
{
    /// <summary>How many finer cuts than the coarsest are tried in each direction.</summary>
    private const int Candidates = 32;

    /// <summary>How many tasks there are.</summary>
    public int Tasks => RowBlocks * Groups;

    /// <summary>Finds the cut of least estimated time.</summary>
    /// <param name="rows">Rows of the result, at least 1.</param>
    /// <param name="panels">Panels to share out, at least 1.</param>
    /// <param name="panelsAtATime">How many panels are computed for each of them: 2 when each has a partner, else 1.</param>
    /// <param name="kernel">The micro-kernel.</param>
    /// <param name="threads">How many threads there are.</param>
    public static GemmPlan Choose(int rows, int panels, int panelsAtATime, MicroKernel kernel, int threads)
    {
        int strips = DivideUp(rows, kernel.Rows);
        int maxStrips = Math.Max(1, kernel.Blocks.GemmRows / kernel.Rows);
        int maxPanels = Math.Max(1, kernel.Blocks.GemmColumns / (kernel.Columns * panelsAtATime));
        int fewestBlocks = DivideUp(strips, maxStrips), fewestGroups = DivideUp(panels, maxPanels);
        GemmPlan best = default;
        double bestTime = double.PositiveInfinity;
        for (int blocks = fewestBlocks; blocks <= Math.Min(strips, fewestBlocks + Candidates); blocks++)
        {
            int stripsPerBlock = DivideUp(strips, blocks);
            for (int groups = fewestGroups; groups <= Math.Min(panels, fewestGroups + Candidates); groups++)
            {
                int panelsPerGroup = DivideUp(panels, groups);
                GemmPlan plan = new(stripsPerBlock * kernel.Rows, DivideUp(strips, stripsPerBlock), panelsPerGroup, DivideUp(panels, panelsPerGroup));
                double time = plan.EstimateTime(rows, kernel, panelsAtATime, threads);
                if (time >= bestTime) continue;
                (best, bestTime) = (plan, time);
            }
        }
        return best;
    }

    /// <summary>Time in multiply-adds a product: those of the tasks that one thread gets, and what packing costs beside them.</summary>
    private double EstimateTime(int rows, MicroKernel kernel, int panelsAtATime, int threads)
    {
        // Widening one weight takes as long as a few multiply-adds.
        const double widening = 6;
        double blockRows = Math.Min(RowsPerBlock, rows), columns = (double)PanelsPerGroup * panelsAtATime * kernel.Columns;
        double task = blockRows * columns + kernel.PackingCost * blockRows + widening * columns;
        // Tasks never end quite together; the fraction stands for what threads wait for the last one.
        return (DivideUp(Tasks, threads) + 0.25) * task;
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;
}
