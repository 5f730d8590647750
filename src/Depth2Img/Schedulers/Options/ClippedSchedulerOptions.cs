namespace Depth2Img.Schedulers;

/// <summary>The settings of samplers that work on predicted clean samples directly (DDIM, DDPM, LCM) and can limit them.</summary>
public abstract record ClippedSchedulerOptions : SchedulerOptions
{
    /// <summary>
    /// Limits each value of the predicted clean sample to <see cref="ClipSampleRange"/> (`clip_sample`). For networks
    /// that make pixels; off for latents.
    /// </summary>
    public bool ClipSample { get; init; }

    /// <summary>The magnitude to clip to (`clip_sample_range`), above 0.</summary>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>
    /// Limits the predicted clean sample by its own quantile, after Imagen (`thresholding`); wins over <see cref="ClipSample"/>.
    /// </summary>
    public bool Thresholding { get; init; }

    /// <summary>The quantile of magnitudes to limit to (`dynamic_thresholding_ratio`), 0 to 1.</summary>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>The most that the limit may be (`sample_max_value`), above 0.</summary>
    public double SampleMaxValue { get; init; } = 1;

    /// <summary>
    /// Rescales the noise schedule so that the last timestep is pure noise (`rescale_betas_zero_snr`; Lin et al.,
    /// 2023). For networks trained so.
    /// </summary>
    public bool RescaleBetasZeroSnr { get; init; }

    internal override ClippedSchedulerOptions Read(OptionReader reader) => (ClippedSchedulerOptions)base.Read(reader) with
    {
        ClipSample = reader.Flag("clip_sample", ClipSample),
        ClipSampleRange = reader.Number("clip_sample_range", ClipSampleRange),
        Thresholding = reader.Flag("thresholding", Thresholding),
        DynamicThresholdingRatio = reader.Number("dynamic_thresholding_ratio", DynamicThresholdingRatio),
        SampleMaxValue = reader.Number("sample_max_value", SampleMaxValue),
        RescaleBetasZeroSnr = reader.Flag("rescale_betas_zero_snr", RescaleBetasZeroSnr),
    };

    private protected override void Check()
    {
        base.Check();
        RequireWithin("clip_sample_range", ClipSampleRange, float.Epsilon, float.MaxValue);
        RequireWithin("dynamic_thresholding_ratio", DynamicThresholdingRatio, 0, 1);
        RequireWithin("sample_max_value", SampleMaxValue, float.Epsilon, float.MaxValue);
        if (RescaleBetasZeroSnr && PredictionType == PredictionType.Epsilon)
            throw Refusal("rescale_betas_zero_snr makes the last timestep pure noise, from which prediction_type epsilon tells nothing; " +
                "take a network trained with v_prediction, or set rescale_betas_zero_snr to false");
    }

    /// <summary>The schedule; with zero SNR the last entry is exactly 0.</summary>
    private protected NoiseSchedule CreateNoiseSchedule() =>
        RescaleBetasZeroSnr ? NoiseSchedule.CreateZeroTerminalSnr(this, terminalAlphaCumprod: 0) : NoiseSchedule.Create(this);

    private protected SampleLimiter? CreateLimiter(int pictures) =>
        Thresholding ? SampleLimiter.Threshold(DynamicThresholdingRatio, SampleMaxValue, pictures)
        : ClipSample ? SampleLimiter.Clip(ClipSampleRange)
        : null;
}
