namespace Depth2Img.Schedulers;

/// <summary>How the noise added at each training timestep (beta) grows (`beta_schedule`).</summary>
public enum BetaSchedule
{
    /// <summary>Evenly from start to end (`linear`).</summary>
    Linear,
    /// <summary>Its square root evenly from start to end (`scaled_linear`): Stable Diffusion's.</summary>
    ScaledLinear,
    /// <summary>The cosine schedule of Nichol and Dhariwal, 2021 (`squaredcos_cap_v2`); start and end play no part.</summary>
    SquaredCosine,
}
