using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

public class SchedulerNamesTests
{
    private const string StableDiffusion = """
        { "_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
          "clip_sample": false, "num_train_timesteps": 1000, "prediction_type": "epsilon", "set_alpha_to_one": false,
          "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null }
        """;

    private static readonly SchedulerConfig Config = SchedulerConfig.Parse(StableDiffusion, "scheduler_config.json");

    public static TheoryData<string> WithoutKarras => [.. SchedulerNames.All.Except(SchedulerNames.WithKarras)];

    public static TheoryData<string> WithKarras => [.. SchedulerNames.WithKarras];

    [Theory]
    [InlineData("pndm", "PNDMScheduler")]
    [InlineData("ddim", "DDIMScheduler")]
    [InlineData("ddpm", "DDPMScheduler")]
    [InlineData("euler", "EulerDiscreteScheduler")]
    [InlineData("euler-a", "EulerAncestralDiscreteScheduler")]
    [InlineData("euler-ancestral", "EulerAncestralDiscreteScheduler")]
    [InlineData("heun", "HeunDiscreteScheduler")]
    [InlineData("lms", "LMSDiscreteScheduler")]
    [InlineData("kdpm2", "KDPM2DiscreteScheduler")]
    [InlineData("kdpm2-a", "KDPM2AncestralDiscreteScheduler")]
    [InlineData("kdpm2-ancestral", "KDPM2AncestralDiscreteScheduler")]
    [InlineData("dpm++2m", "DPMSolverMultistepScheduler")]
    [InlineData("dpmpp-2m", "DPMSolverMultistepScheduler")]
    [InlineData("dpm++2m-sde", "DPMSolverMultistepScheduler")]
    [InlineData("dpmpp-2m-sde", "DPMSolverMultistepScheduler")]
    [InlineData("dpm++2s", "DPMSolverSinglestepScheduler")]
    [InlineData("dpmpp-single", "DPMSolverSinglestepScheduler")]
    [InlineData("unipc", "UniPCMultistepScheduler")]
    [InlineData("deis", "DEISMultistepScheduler")]
    [InlineData("lcm", "LCMScheduler")]
    [InlineData("Euler-A", "EulerAncestralDiscreteScheduler")]
    public void Name_in_any_spelling_means_its_class(string name, string className)
    {
        Assert.Equal(className, SchedulerFactory.CreateOptions(Config, name).ReferenceClass);
        Assert.Contains(SchedulerNames.Resolve(name), SchedulerNames.All);
    }

    [Theory]
    [InlineData("eular", "euler")]
    [InlineData("euler_a", "euler-a")]
    [InlineData("dpm++2", "dpm++2m")]
    [InlineData("dpmpp2m", "dpmpp-2m")]
    [InlineData("uni-pc", "unipc")]
    [InlineData("dddim", "ddim")]
    [InlineData("dpm2-ancestral", "kdpm2-ancestral")]
    public void Unknown_name_is_refused_with_the_nearest_and_all(string name, string nearest)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerFactory.Create(Config, name, karras: false, steps: 10));
        Assert.Contains($"did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.All(SchedulerNames.All, known => Assert.Contains(known, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Overlong_name_is_cut_in_the_message()
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerNames.Resolve(new string('x', 1_000_000)));
        Assert.InRange(error.Message.Length, 1, 400);
    }

    [Theory]
    [MemberData(nameof(WithKarras))]
    public void Karras_levels_are_even_in_the_seventh_root(string name)
    {
        const int Steps = 9;
        Scheduler scheduler = (Scheduler)SchedulerFactory.Create(Config, name, karras: true, Steps);
        double[] roots = [.. scheduler.Sigmas.ToArray().Distinct().Where(s => s > 0).Select(s => Math.Pow(s, 1 / 7.0))];
        Assert.Equal(Steps, roots.Length);
        double step = (roots[^1] - roots[0]) / (Steps - 1);
        for (int i = 0; i < Steps; i++) Assert.Equal(roots[0] + i * step, roots[i], 1e-5);
    }

    [Theory]
    [MemberData(nameof(WithoutKarras))]
    public void Karras_is_refused_by_schedulers_that_have_none(string name)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerFactory.Create(Config, name, karras: true, steps: 5));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("Karras", error.Message, StringComparison.Ordinal);
        Assert.Contains("dpm++2m", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Karras_is_refused_by_the_configurations_own_scheduler_too()
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerFactory.CreateOptions(Config, karras: true));
        Assert.Contains("PNDMScheduler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Karras_wins_over_a_spacing_that_the_file_names()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "DPMSolverMultistepScheduler", "use_lu_lambdas": true }""", "file");
        Assert.Equal(SigmaSpacing.Lu, ((SigmaSchedulerOptions)SchedulerFactory.CreateOptions(config)).SigmaSpacing);
        Assert.Equal(SigmaSpacing.Karras, ((SigmaSchedulerOptions)SchedulerFactory.CreateOptions(config, karras: true)).SigmaSpacing);
    }

    [Fact]
    public void Without_a_name_the_configurations_own_scheduler_is_built()
    {
        PndmOptions expected = new()
        {
            BetaStart = 0.00085,
            BetaEnd = 0.012,
            BetaSchedule = BetaSchedule.ScaledLinear,
            SkipPrkSteps = true,
            StepsOffset = 1,
        };
        Assert.Equal(expected, SchedulerFactory.CreateOptions(Config));
    }

    [Fact]
    public void Another_scheduler_takes_named_options_that_it_knows_and_its_own_defaults()
    {
        EulerOptions euler = Assert.IsType<EulerOptions>(SchedulerFactory.CreateOptions(Config, "euler"));
        Assert.Equal(BetaSchedule.ScaledLinear, euler.BetaSchedule);
        Assert.Equal(1, euler.StepsOffset);
        Assert.Equal(TimestepSpacing.Linspace, euler.TimestepSpacing);

        DdimOptions ddim = Assert.IsType<DdimOptions>(SchedulerFactory.CreateOptions(Config, "ddim"));
        Assert.False(ddim.ClipSample);
        Assert.False(ddim.SetAlphaToOne);
        Assert.Equal(TimestepSpacing.Leading, ddim.TimestepSpacing);
    }

    [Theory]
    [InlineData("dpm++2m", DpmSolverAlgorithm.DpmSolverPlusPlus)]
    [InlineData("dpm++2m-sde", DpmSolverAlgorithm.SdeDpmSolverPlusPlus)]
    public void Name_fixes_the_algorithm_whatever_the_file_says(string name, DpmSolverAlgorithm algorithm)
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "DEISMultistepScheduler", "algorithm_type": "deis", "solver_type": "logrho", "solver_order": 3 }""", "file");
        DpmSolverMultistepOptions options = Assert.IsType<DpmSolverMultistepOptions>(SchedulerFactory.CreateOptions(config, name));
        Assert.Equal(algorithm, options.AlgorithmType);
        Assert.Equal(DpmSolverType.Midpoint, options.SolverType);
        Assert.Equal(3, options.SolverOrder);
    }
}
