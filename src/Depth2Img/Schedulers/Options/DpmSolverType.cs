namespace Depth2Img.Schedulers;

/// <summary>How DPM-Solver weighs the higher-order term (`solver_type`).</summary>
public enum DpmSolverType
{
    /// <summary>The midpoint rule (`midpoint`).</summary>
    Midpoint,
    /// <summary>Heun's rule (`heun`).</summary>
    Heun,
}
