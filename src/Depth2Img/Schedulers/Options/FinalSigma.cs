namespace Depth2Img.Schedulers;

/// <summary>The noise level that the last step ends at (`final_sigmas_type`).</summary>
public enum FinalSigma
{
    /// <summary>No noise (`zero`).</summary>
    Zero,
    /// <summary>The smallest noise level of training (`sigma_min`).</summary>
    SigmaMin,
}
