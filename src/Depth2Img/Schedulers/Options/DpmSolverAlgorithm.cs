namespace Depth2Img.Schedulers;

/// <summary>The equation that DPM-Solver integrates (`algorithm_type`).</summary>
public enum DpmSolverAlgorithm
{
    /// <summary>The ODE in the predicted clean sample (`dpmsolver++`; Lu et al., 2022, arXiv 2211.01095).</summary>
    DpmSolverPlusPlus,
    /// <summary>The ODE in the predicted noise (`dpmsolver`; Lu et al., 2022, arXiv 2206.00927).</summary>
    DpmSolver,
    /// <summary>The SDE in the predicted clean sample (`sde-dpmsolver++`): new noise at every step.</summary>
    SdeDpmSolverPlusPlus,
    /// <summary>The SDE in the predicted noise (`sde-dpmsolver`): new noise at every step.</summary>
    SdeDpmSolver,
}
