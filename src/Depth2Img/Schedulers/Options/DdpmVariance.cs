namespace Depth2Img.Schedulers;

/// <summary>The variance of the noise that DDPM adds (`variance_type`; Ho et al., 2020, section 3.2).</summary>
public enum DdpmVariance
{
    /// <summary>That of the posterior given the clean sample (`fixed_small`).</summary>
    FixedSmall,
    /// <summary>
    /// As <see cref="FixedSmall"/>, with the posterior's standard deviation taken by way of its logarithm
    /// (`fixed_small_log`).
    /// </summary>
    FixedSmallLog,
    /// <summary>Beta itself (`fixed_large`).</summary>
    FixedLarge,
}
