namespace Depth2Img.Schedulers;

/// <summary>The settings of the exponential-integrator solvers (DPM-Solver, UniPC, DEIS).</summary>
public abstract record SolverSchedulerOptions : SigmaSchedulerOptions
{
    /// <summary>The solver's order (`solver_order`), 1 to 3. 2 is right for guided sampling.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary>
    /// Limits the predicted clean sample by its own quantile, after Imagen (`thresholding`). For networks that make
    /// pixels.
    /// </summary>
    public bool Thresholding { get; init; }

    /// <summary>The quantile of magnitudes to limit to (`dynamic_thresholding_ratio`), 0 to 1.</summary>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>The most that the limit may be (`sample_max_value`), above 0.</summary>
    public double SampleMaxValue { get; init; } = 1;

    /// <summary>Takes the last steps at lower order (`lower_order_final`), which steadies runs of few steps.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    internal override SolverSchedulerOptions Read(OptionReader reader) => (SolverSchedulerOptions)base.Read(reader) with
    {
        SolverOrder = reader.Integer("solver_order", SolverOrder),
        Thresholding = reader.Flag("thresholding", Thresholding),
        DynamicThresholdingRatio = reader.Number("dynamic_thresholding_ratio", DynamicThresholdingRatio),
        SampleMaxValue = reader.Number("sample_max_value", SampleMaxValue),
        LowerOrderFinal = reader.Flag("lower_order_final", LowerOrderFinal),
    };

    private protected override void Check()
    {
        base.Check();
        RequireWithin("solver_order", SolverOrder, 1, 3);
        RequireWithin("dynamic_thresholding_ratio", DynamicThresholdingRatio, 0, 1);
        RequireWithin("sample_max_value", SampleMaxValue, float.Epsilon, float.MaxValue);
    }

    private protected SampleLimiter? CreateLimiter(int pictures) =>
        Thresholding ? SampleLimiter.Threshold(DynamicThresholdingRatio, SampleMaxValue, pictures) : null;
}
