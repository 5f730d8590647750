namespace Depth2Img.Schedulers;

/// <summary>
/// The settings that every scheduler has: the noise that the network was trained with, what the network predicts,
/// and how timesteps are chosen. Settings never change; each <see cref="Build"/> makes a fresh scheduler for one run.
/// Property names are those of `scheduler_config.json`; defaults are those of the reference's class.
/// </summary>
public abstract record SchedulerOptions
{
    private const int MaxTrainTimesteps = 100_000;

    /// <summary>The name of the reference's class, as `_class_name` gives it.</summary>
    public abstract string ReferenceClass { get; }

    /// <summary>How many noise levels the network was trained on (`num_train_timesteps`), 2 to 100,000.</summary>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>Beta at timestep 0 (`beta_start`), between 0 and 1.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>Beta at the last timestep (`beta_end`), between 0 and 1.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>How beta grows between them (`beta_schedule`).</summary>
    public BetaSchedule BetaSchedule { get; init; }

    /// <summary>One beta a timestep (`trained_betas`), instead of a schedule; or null.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>What the network predicts (`prediction_type`).</summary>
    public PredictionType PredictionType { get; init; }

    /// <summary>Which timesteps the steps fall on (`timestep_spacing`).</summary>
    public TimestepSpacing TimestepSpacing { get; init; } = TimestepSpacing.Linspace;

    /// <summary>Added to each timestep where the spacing is <see cref="TimestepSpacing.Leading"/> (`steps_offset`).</summary>
    public int StepsOffset { get; init; }

    /// <summary>Makes a scheduler for one run.</summary>
    /// <param name="steps">The steps that a run at strength 1 takes: 1 to <see cref="NumTrainTimesteps"/>.</param>
    /// <param name="pictures">How many pictures lie one after another in a sample. Only dynamic thresholding asks, for it works on each by itself.</param>
    /// <exception cref="Depth2ImgException">A setting is out of range, or the settings do not work together or with so many steps.</exception>
    public IScheduler Build(int steps, int pictures = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pictures, 1);
        Check();
        if (steps < 1) throw Refusal($"{steps} steps were asked for; take 1 to {NumTrainTimesteps}");
        if (steps > NumTrainTimesteps)
            throw Refusal($"{steps} steps were asked for, but the network knows {NumTrainTimesteps} timesteps (num_train_timesteps); take no more steps than that");
        return Create(steps, pictures);
    }

    /// <summary>These settings, but for those that a configuration names.</summary>
    internal virtual SchedulerOptions Read(OptionReader reader) => this with
    {
        NumTrainTimesteps = reader.Integer("num_train_timesteps", NumTrainTimesteps),
        BetaStart = reader.Number("beta_start", BetaStart),
        BetaEnd = reader.Number("beta_end", BetaEnd),
        BetaSchedule = reader.Choice("beta_schedule", BetaSchedule,
            ("linear", BetaSchedule.Linear), ("scaled_linear", BetaSchedule.ScaledLinear), ("squaredcos_cap_v2", BetaSchedule.SquaredCosine)),
        TrainedBetas = reader.Numbers("trained_betas") ?? TrainedBetas,
        PredictionType = reader.Choice("prediction_type", PredictionType,
            ("epsilon", PredictionType.Epsilon), ("sample", PredictionType.Sample), ("v_prediction", PredictionType.Velocity)),
        TimestepSpacing = reader.Choice("timestep_spacing", TimestepSpacing,
            ("leading", TimestepSpacing.Leading), ("linspace", TimestepSpacing.Linspace), ("trailing", TimestepSpacing.Trailing)),
        StepsOffset = reader.Integer("steps_offset", StepsOffset),
    };

    /// <summary>Throws if a setting is out of range.</summary>
    private protected virtual void Check()
    {
        RequireWithin("num_train_timesteps", NumTrainTimesteps, 2, MaxTrainTimesteps);
        RequireBeta("beta_start", BetaStart);
        RequireBeta("beta_end", BetaEnd);
        if (TrainedBetas is not { } betas) return;
        if (betas.Count != NumTrainTimesteps)
            throw Refusal($"trained_betas has {betas.Count} values; num_train_timesteps asks for {NumTrainTimesteps}");
        foreach (double beta in betas) RequireBeta("trained_betas", beta);
    }

    /// <summary>Makes the scheduler; the settings and the count of steps have been checked.</summary>
    private protected abstract IScheduler Create(int steps, int pictures);

    /// <summary>An error that names the scheduler and ends the sentence.</summary>
    internal Depth2ImgException Refusal(string problem) => new($"{ReferenceClass}: {problem}.");

    private protected void RequireWithin(string key, double value, double least, double most)
    {
        // Written so that NaN is refused too.
        if (!(value >= least && value <= most)) throw Refusal($"{key} is {value}; it must be from {least} to {most}");
    }

    private protected void RefuseSamplePrediction()
    {
        if (PredictionType == PredictionType.Sample)
            throw Refusal("prediction_type is sample, for which this sampler is not defined; take epsilon or v_prediction, as the network was trained, or another sampler");
    }

    private void RequireBeta(string key, double beta)
    {
        if (!(beta > 0 && beta < 1)) throw Refusal($"{key} has the value {beta}; a beta must be between 0 and 1");
    }
}
