namespace Depth2Img.Schedulers;

/// <summary>How noise levels (sigmas) are chosen for the steps.</summary>
public enum SigmaSpacing
{
    /// <summary>Those of the timesteps that <see cref="TimestepSpacing"/> gives.</summary>
    Timesteps,
    /// <summary>Evenly in sigma^(1/7), after Karras et al., 2022 (`use_karras_sigmas`).</summary>
    Karras,
    /// <summary>
    /// Evenly in log sigma (`use_exponential_sigmas`), between the same ends as <see cref="Karras"/>: those of the
    /// timesteps, or of training for the exponential integrators.
    /// </summary>
    Exponential,
    /// <summary>
    /// Evenly in log sigma over the whole training schedule, with whole timesteps (`use_lu_lambdas`; Lu et al.,
    /// 2022). DPM-Solver multistep only.
    /// </summary>
    Lu,
}
