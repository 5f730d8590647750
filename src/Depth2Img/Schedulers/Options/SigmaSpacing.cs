namespace Depth2Img.Schedulers;

/// <summary>How noise levels (sigmas) are chosen for the steps.</summary>
public enum SigmaSpacing
{
    /// <summary>Those of the timesteps that <see cref="TimestepSpacing"/> gives.</summary>
    Timesteps,
    /// <summary>Evenly in sigma^(1/7), after Karras et al., 2022 (`use_karras_sigmas`).</summary>
    Karras,
    /// <summary>Evenly in log sigma, between the ends that the timesteps give (`use_exponential_sigmas`).</summary>
    Exponential,
    /// <summary>Evenly in log sigma, over the whole training schedule (`use_lu_lambdas`; Lu et al., 2022). DPM-Solver multistep only.</summary>
    Lu,
}
