namespace Depth2Img.Schedulers;

/// <summary>The settings of samplers that step from noise level to noise level and can choose these freely.</summary>
public abstract record SigmaSchedulerOptions : SchedulerOptions
{
    /// <summary>How noise levels are chosen (`use_karras_sigmas`, `use_exponential_sigmas`, `use_lu_lambdas`).</summary>
    public SigmaSpacing SigmaSpacing { get; init; }

    /// <summary>Whether <see cref="SigmaSpacing.Lu"/> is among the choices.</summary>
    private protected virtual bool KnowsLu => false;

    internal override SigmaSchedulerOptions Read(OptionReader reader) =>
        (SigmaSchedulerOptions)base.Read(reader) with { SigmaSpacing = reader.SigmaSpacing(SigmaSpacing, KnowsLu) };

    private protected override void Check()
    {
        base.Check();
        if (SigmaSpacing == SigmaSpacing.Lu && !KnowsLu)
            throw Refusal("use_lu_lambdas is for DPMSolverMultistepScheduler alone; take karras or exponential noise levels, or that scheduler");
    }
}
