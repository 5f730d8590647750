namespace Depth2Img.Schedulers;

/// <summary>Settings of DDIM (Song et al., 2020, arXiv 2010.02502). Reference: `DDIMScheduler`.</summary>
public sealed record DdimOptions : ClippedSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public DdimOptions()
    {
        TimestepSpacing = TimestepSpacing.Leading;
        ClipSample = true;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "DDIMScheduler";

    /// <summary>Ends at no noise instead of at timestep 0's (`set_alpha_to_one`).</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>
    /// How much of DDPM's noise each step adds, 0 (none, the default) to 1. An argument of the reference's pipeline,
    /// not of its configuration.
    /// </summary>
    public double Eta { get; init; }

    internal override DdimOptions Read(OptionReader reader) => (DdimOptions)base.Read(reader) with
    {
        SetAlphaToOne = reader.Flag("set_alpha_to_one", SetAlphaToOne),
    };

    private protected override void Check()
    {
        base.Check();
        RequireWithin("eta", Eta, 0, 1);
    }

    private protected override IScheduler Create(int steps, int pictures) =>
        new DdimScheduler(this, CreateNoiseSchedule(), CreateLimiter(pictures), steps);
}
