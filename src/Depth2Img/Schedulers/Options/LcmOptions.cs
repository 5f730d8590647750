namespace Depth2Img.Schedulers;

/// <summary>
/// Settings of the sampler of latent consistency models (Luo et al., 2023, arXiv 2310.04378). Reference:
/// `LCMScheduler`. Steps are drawn from those that the model was distilled with; <see cref="SchedulerOptions.TimestepSpacing"/> plays no part.
/// </summary>
public sealed record LcmOptions : ClippedSchedulerOptions
{
    /// <summary>The reference's defaults.</summary>
    public LcmOptions()
    {
        BetaStart = 0.00085;
        BetaEnd = 0.012;
        BetaSchedule = BetaSchedule.ScaledLinear;
        TimestepSpacing = TimestepSpacing.Leading;
    }

    /// <inheritdoc/>
    public override string ReferenceClass => "LCMScheduler";

    /// <summary>How many steps the teacher's schedule has (`original_inference_steps`): the most that a run can take.</summary>
    public int OriginalInferenceSteps { get; init; } = 50;

    /// <summary>What timesteps are multiplied by in the consistency function's weights (`timestep_scaling`), above 0.</summary>
    public double TimestepScaling { get; init; } = 10;

    internal override LcmOptions Read(OptionReader reader) => (LcmOptions)base.Read(reader) with
    {
        OriginalInferenceSteps = reader.Integer("original_inference_steps", OriginalInferenceSteps),
        TimestepScaling = reader.Number("timestep_scaling", TimestepScaling),
    };

    private protected override void Check()
    {
        base.Check();
        RequireWithin("original_inference_steps", OriginalInferenceSteps, 1, NumTrainTimesteps);
        RequireWithin("timestep_scaling", TimestepScaling, float.Epsilon, float.MaxValue);
    }

    private protected override IScheduler Create(int steps, int pictures)
    {
        if (steps > OriginalInferenceSteps)
            throw Refusal($"{steps} steps were asked for, but the model was distilled for {OriginalInferenceSteps} (original_inference_steps); take no more steps than that (4 to 8 are usual)");
        return new LcmScheduler(this, CreateNoiseSchedule(), CreateLimiter(pictures), steps);
    }
}
