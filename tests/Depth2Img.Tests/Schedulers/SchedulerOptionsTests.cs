using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

public class SchedulerOptionsTests
{
    private static readonly Dictionary<string, (SchedulerOptions Options, int Steps)> Refused = new()
    {
        ["0 steps"] = (new EulerOptions(), 0),
        ["-1 steps"] = (new PndmOptions { SkipPrkSteps = true }, -1),
        ["1001 steps"] = (new DdimOptions(), 1001),
        ["num_train_timesteps"] = (new EulerOptions { NumTrainTimesteps = 1 }, 1),
        ["100000"] = (new EulerOptions { NumTrainTimesteps = int.MaxValue }, 1),
        ["beta_start"] = (new LmsOptions { BetaStart = 0 }, 5),
        ["beta_end"] = (new LmsOptions { BetaEnd = double.NaN }, 5),
        ["trained_betas has 2 values"] = (new HeunOptions { TrainedBetas = [0.1, 0.2] }, 5),
        ["trained_betas has the value 1"] = (new HeunOptions { NumTrainTimesteps = 2, TrainedBetas = [0.1, 1] }, 2),
        ["no signal"] = (new EulerOptions { BetaEnd = 0.9 }, 5),
        ["no noise"] = (new EulerOptions { BetaStart = 1e-12 }, 5),
        ["prediction_type is sample"] = (new Kdpm2Options { PredictionType = PredictionType.Sample }, 5),
        ["timestep 1000"] = (new DdimOptions { StepsOffset = 1 }, 1000),
        ["timestep -1"] = (new DdimOptions { StepsOffset = -1 }, 5),
        ["needs 4"] = (new PndmOptions(), 3),
        ["do not fall in noise"] = (new DpmSolverMultistepOptions { TimestepSpacing = TimestepSpacing.Leading }, 1000),
        ["original_inference_steps"] = (new LcmOptions(), 51),
        ["rescale_betas_zero_snr"] = (new DdpmOptions { RescaleBetasZeroSnr = true }, 5),
        ["eta"] = (new DdimOptions { Eta = 1.5 }, 5),
        ["clip_sample_range"] = (new HeunOptions { ClipSampleRange = 0 }, 5),
        ["dynamic_thresholding_ratio"] = (new UniPcOptions { DynamicThresholdingRatio = 2 }, 5),
        ["sample_max_value"] = (new DeisOptions { SampleMaxValue = -1 }, 5),
        ["solver_order"] = (new DeisOptions { SolverOrder = 4 }, 5),
        ["solver_order 3"] = (new DpmSolverMultistepOptions { AlgorithmType = DpmSolverAlgorithm.SdeDpmSolver, FinalSigmasType = FinalSigma.SigmaMin, SolverOrder = 3 }, 5),
        ["solver_type midpoint"] = (new DpmSolverSinglestepOptions { AlgorithmType = DpmSolverAlgorithm.SdeDpmSolverPlusPlus, SolverType = DpmSolverType.Heun, SolverOrder = 3 }, 5),
        ["final_sigmas_type to sigma_min"] = (new DpmSolverMultistepOptions { AlgorithmType = DpmSolverAlgorithm.DpmSolver }, 5),
        ["predict_x0"] = (new UniPcOptions { PredictX0 = false }, 5),
        ["use_lu_lambdas"] = (new LmsOptions { SigmaSpacing = SigmaSpacing.Lu }, 5),
        ["sde-dpmsolver is"] = (new DpmSolverSinglestepOptions { AlgorithmType = DpmSolverAlgorithm.SdeDpmSolver, FinalSigmasType = FinalSigma.SigmaMin }, 5),
        ["timestep_spacing is trailing"] = (new DpmSolverSinglestepOptions { TimestepSpacing = TimestepSpacing.Trailing }, 5),
        ["lambda_min_clipped would"] = (new DpmSolverMultistepOptions { TimestepSpacing = TimestepSpacing.Trailing, LambdaMinClipped = -3 }, 5),
        ["lambda_min_clipped leaves"] = (new DpmSolverMultistepOptions { LambdaMinClipped = 100 }, 5),
        ["sigma_max"] = (new EulerOptions { SigmaMin = 2, SigmaMax = 1 }, 5),
        ["sigma_min"] = (new UniPcOptions { SigmaMin = -1 }, 5),
        ["timestep_scaling"] = (new LcmOptions { TimestepScaling = 0 }, 5),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void Setting_that_cannot_work_is_refused_by_scheduler_and_key(string named)
    {
        (SchedulerOptions options, int steps) = Refused[named];
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => options.Build(steps));
        Assert.StartsWith(options.ReferenceClass + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_name_the_scheduler_and_the_steps()
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => new DpmSolverMultistepOptions().Build(2000));
        Assert.Contains("2000 steps", error.Message, StringComparison.Ordinal);
        Assert.Contains("1000 timesteps", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61)]
    [InlineData(103)]
    [InlineData(998)]
    public void Trailing_spacing_has_as_many_timesteps_as_steps(int steps)
    {
        IScheduler scheduler = new EulerOptions { TimestepSpacing = TimestepSpacing.Trailing }.Build(steps);
        Assert.Equal(steps, scheduler.Timesteps.Length);
        Assert.Equal(999, scheduler.Timesteps[0]);
        Assert.True(scheduler.Timesteps[^1] >= 0);
    }

    [Fact]
    public void First_sample_from_noise_alone_has_the_first_noise_level()
    {
        Assert.Equal(1, new DdimOptions().Build(10).InitNoiseSigma);
        Assert.Equal(1, new UniPcOptions().Build(10).InitNoiseSigma);

        Scheduler linspace = (Scheduler)new EulerOptions().Build(10);
        Assert.Equal(linspace.Sigmas[0], linspace.InitNoiseSigma);
        Scheduler leading = (Scheduler)new EulerOptions { TimestepSpacing = TimestepSpacing.Leading }.Build(10);
        Assert.Equal(MathF.Sqrt(leading.Sigmas[0] * leading.Sigmas[0] + 1), leading.InitNoiseSigma);
    }

    [Fact]
    public void Clipping_keeps_the_predicted_sample_in_range()
    {
        float[] sample = [0.9f, -30, 2];
        IScheduler scheduler = new DdimOptions { ClipSample = true, ClipSampleRange = 0.5, PredictionType = PredictionType.Sample }.Build(1);
        scheduler.Step([0.2f, -7, 3], 0, sample, new CountingRandom());
        // One step goes to timestep -999, where the sample is the predicted one.
        Assert.Equal([0.2f, -0.5f, 0.5f], sample);
    }

    [Fact]
    public void Thresholding_divides_by_the_quantile_of_magnitudes()
    {
        float[] sample = new float[5];
        IScheduler scheduler = new DdimOptions { Thresholding = true, DynamicThresholdingRatio = 0.625, SampleMaxValue = 10, PredictionType = PredictionType.Sample }.Build(1);
        scheduler.Step([1, -2, 3, 4, -8], 0, sample, new CountingRandom());
        // Rank 2.5 of 1, 2, 3, 4, 8 is 3.5.
        Assert.Equal([1 / 3.5f, -2 / 3.5f, 3 / 3.5f, 1, -1], sample);
    }

    [Fact]
    public void Thresholding_works_on_each_picture_by_itself()
    {
        DdimOptions options = new() { Thresholding = true, SampleMaxValue = 10, PredictionType = PredictionType.Sample };
        float[] output = [1, 2, 3, 4, 5, 6, 7, 8], both = new float[8], first = new float[4], second = new float[4];
        options.Build(1, pictures: 2).Step(output, 0, both, new CountingRandom());
        options.Build(1).Step(output.AsSpan(0, 4), 0, first, new CountingRandom());
        options.Build(1).Step(output.AsSpan(4), 0, second, new CountingRandom());
        Assert.Equal([.. first, .. second], both);
        Assert.Throws<ArgumentException>(() => options.Build(1, pictures: 3).Step(output, 0, both, new CountingRandom()));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Build(1, pictures: 0));
    }
}
