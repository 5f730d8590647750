namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of PNDM (Liu et al., 2022, arXiv 2202.09778), the scheduler that Stable Diffusion 2's depth model is
/// published with. Reference: `PNDMScheduler`.
/// </summary>
public sealed record PndmOptions : SchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public PndmOptions() => TimestepSpacing = TimestepSpacing.Leading;

    /// <inheritdoc/>
    public override string ReferenceClass => "PNDMScheduler";

    /// <summary>
    /// Starts with linear multistep at once (`skip_prk_steps`) instead of three Runge-Kutta steps of four evaluations
    /// each.
    /// </summary>
    public bool SkipPrkSteps { get; init; }

    /// <summary>Ends at no noise instead of at timestep 0's (`set_alpha_to_one`).</summary>
    public bool SetAlphaToOne { get; init; }

    internal override PndmOptions Read(OptionReader reader) => (PndmOptions)base.Read(reader) with
    {
        SkipPrkSteps = reader.Flag("skip_prk_steps", SkipPrkSteps),
        SetAlphaToOne = reader.Flag("set_alpha_to_one", SetAlphaToOne),
    };

    private protected override void Check()
    {
        base.Check();
        RefuseSamplePrediction();
    }

    private protected override IScheduler Create(int steps, int pictures) => new PndmScheduler(this, NoiseSchedule.Create(this), steps);
}
