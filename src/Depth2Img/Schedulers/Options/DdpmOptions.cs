namespace Depth2Img.Schedulers;

/// <summary>Settings of DDPM (Ho et al., 2020, arXiv 2006.11239). Reference: `DDPMScheduler`.</summary>
public sealed record DdpmOptions : ClippedSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public DdpmOptions()
    {
        TimestepSpacing = TimestepSpacing.Leading;
        ClipSample = true;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "DDPMScheduler";

    /// <summary>The variance of the noise added (`variance_type`).</summary>
    public DdpmVariance VarianceType { get; init; }

    internal override DdpmOptions Read(OptionReader reader) => (DdpmOptions)base.Read(reader) with
    {
        VarianceType = reader.Choice("variance_type", VarianceType,
            ("fixed_small", DdpmVariance.FixedSmall), ("fixed_small_log", DdpmVariance.FixedSmallLog), ("fixed_large", DdpmVariance.FixedLarge)),
    };

    private protected override IScheduler Create(int steps, int pictures) =>
        new DdpmScheduler(this, CreateNoiseSchedule(), CreateLimiter(pictures), steps);
}
