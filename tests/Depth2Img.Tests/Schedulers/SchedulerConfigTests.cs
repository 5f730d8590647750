using System.Text.Json;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Depth2Img.Tests.Schedulers;

public class SchedulerConfigTests
{
    // Keys with values that mostly fit them.
    private static readonly (string Key, string[] Values)[] Fitting =
    [
        ("num_train_timesteps", ["1000", "100", "2"]),
        ("beta_start", ["0.0001", "0.00085", "0.5", "1e-9"]),
        ("beta_end", ["0.02", "0.012", "0.999", "1e-8"]),
        ("beta_schedule", ["\"linear\"", "\"scaled_linear\"", "\"squaredcos_cap_v2\""]),
        ("trained_betas", ["null", "[0.1,0.2]"]),
        ("prediction_type", ["\"epsilon\"", "\"sample\"", "\"v_prediction\""]),
        ("timestep_spacing", ["\"leading\"", "\"linspace\"", "\"trailing\""]),
        ("steps_offset", ["0", "1", "3", "-1"]),
        ("clip_sample", ["true", "false"]),
        ("clip_sample_range", ["1", "0.1"]),
        ("thresholding", ["true", "false"]),
        ("dynamic_thresholding_ratio", ["0.995", "0", "1"]),
        ("sample_max_value", ["1", "3"]),
        ("rescale_betas_zero_snr", ["true", "false"]),
        ("set_alpha_to_one", ["true", "false"]),
        ("skip_prk_steps", ["true", "false"]),
        ("use_karras_sigmas", ["true", "false"]),
        ("use_exponential_sigmas", ["true", "false"]),
        ("use_lu_lambdas", ["true", "false"]),
        ("use_beta_sigmas", ["false"]),
        ("use_flow_sigmas", ["false"]),
        ("sigma_min", ["null", "0.05", "20"]),
        ("sigma_max", ["null", "10", "1e-3"]),
        ("final_sigmas_type", ["\"zero\"", "\"sigma_min\""]),
        ("solver_order", ["1", "2", "3"]),
        ("solver_type", ["\"midpoint\"", "\"heun\"", "\"bh1\"", "\"bh2\"", "\"logrho\""]),
        ("algorithm_type", ["\"dpmsolver\"", "\"dpmsolver++\"", "\"sde-dpmsolver\"", "\"sde-dpmsolver++\"", "\"deis\""]),
        ("lower_order_final", ["true", "false"]),
        ("euler_at_final", ["true", "false"]),
        ("lambda_min_clipped", ["-Infinity", "-5.1", "3", "100"]),
        ("variance_type", ["null", "\"fixed_small\"", "\"fixed_large\"", "\"fixed_small_log\""]),
        ("predict_x0", ["true", "false"]),
        ("disable_corrector", ["[]", "[0,1]"]),
        ("solver_p", ["null"]),
        ("interpolation_type", ["\"linear\""]),
        ("timestep_type", ["\"discrete\""]),
        ("original_inference_steps", ["50", "100"]),
        ("timestep_scaling", ["10", "1e-6"]),
        ("unknown", ["{}"]),
    ];

    private static readonly string[] AnyValue =
    [
        "null", "true", "0", "-1", "7", "0.5", "1e400", "-1e99", "2147483648", "NaN", "Infinity", "-Infinity",
        "[]", "[\"a\"]", "{}", "\"\"", "\"Infinity\"", "\"\\u0000\\\"\"",
    ];

    [Theory]
    [InlineData("tests/Golden/tiny-depth2img/scheduler/scheduler_config.json")]
    [InlineData("models/demo/scheduler/scheduler_config.json")]
    public void Checkpoints_own_file_is_read(string path)
    {
        SchedulerConfig config = SchedulerConfig.FromJson(Path.Combine(Repository.Root, path));
        Assert.Equal("PNDMScheduler", config.ClassName);
        Assert.True(Assert.IsType<PndmOptions>(SchedulerFactory.CreateOptions(config)).SkipPrkSteps);
        Assert.Contains("steps_offset", config.OptionNames);
    }

    [Fact]
    public void Pythons_infinity_is_a_number()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "note": "-Infinity \" NaN", "variance_type": null }""", "file");
        Assert.Equal(double.NegativeInfinity, Assert.IsType<DpmSolverMultistepOptions>(SchedulerFactory.CreateOptions(config)).LambdaMinClipped);
    }

    [Theory]
    [InlineData("", "valid JSON")]
    [InlineData("{", "valid JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("null", "JSON object")]
    [InlineData("{}", "_class_name")]
    [InlineData("""{ "_class_name": 3 }""", "_class_name")]
    [InlineData("""{ "_class_name": "FlowMatchEulerDiscreteScheduler" }""", "\"FlowMatchEulerDiscreteScheduler\"")]
    public void What_names_no_known_scheduler_is_refused(string json, string found)
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerConfig.Parse(json, "the file"));
        Assert.Contains("the file", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_class_is_refused_with_those_that_are_known()
    {
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerConfig.Parse("""{ "_class_name": "TCDScheduler" }""", "file"));
        Assert.Contains("PNDMScheduler", error.Message, StringComparison.Ordinal);
        Assert.Contains("LCMScheduler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_and_folder_are_refused_by_name()
    {
        Assert.Contains("no-such.json", Assert.Throws<Depth2ImgException>(() => SchedulerConfig.FromJson("no-such.json")).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<Depth2ImgException>(() => SchedulerConfig.FromJson(Repository.Root)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_train_timesteps", "\"many\"", "a whole number")]
    [InlineData("num_train_timesteps", "999.5", "a whole number")]
    [InlineData("beta_start", "true", "a number")]
    [InlineData("beta_schedule", "\"sigmoid\"", "linear or scaled_linear or squaredcos_cap_v2")]
    [InlineData("trained_betas", "0.1", "a list of numbers")]
    [InlineData("trained_betas", "[\"x\"]", "a number")]
    [InlineData("prediction_type", "\"flow_prediction\"", "epsilon or sample or v_prediction")]
    [InlineData("timestep_spacing", "\"karras\"", "leading or linspace or trailing")]
    [InlineData("rescale_betas_zero_snr", "1", "true or false")]
    [InlineData("use_karras_sigmas", "\"yes\"", "true or false")]
    [InlineData("interpolation_type", "\"log_linear\"", "linear")]
    [InlineData("use_beta_sigmas", "true", "not supported")]
    [InlineData("final_sigmas_type", "\"max\"", "zero or sigma_min")]
    public void Value_that_does_not_fit_is_refused_by_file_key_and_class(string key, string value, string fit)
    {
        SchedulerConfig config = SchedulerConfig.Parse($$"""{ "_class_name": "EulerDiscreteScheduler", "{{key}}": {{value}} }""", "the file");
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerFactory.CreateOptions(config));
        Assert.All([key, fit, "the file", "EulerDiscreteScheduler"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_spacings_at_once_are_refused()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "HeunDiscreteScheduler", "use_karras_sigmas": true, "use_exponential_sigmas": true }""", "file");
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => SchedulerFactory.CreateOptions(config));
        Assert.Contains("use_karras_sigmas and use_exponential_sigmas", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_the_class_does_not_know_are_ignored()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "LMSDiscreteScheduler", "skip_prk_steps": "perhaps", "_diffusers_version": "0.42.1", "use_lu_lambdas": true }""", "file");
        Assert.Equal(new LmsOptions(), SchedulerFactory.CreateOptions(config));
    }

    [Fact]
    public void Whole_numbers_may_be_written_with_a_fraction_of_zero()
    {
        SchedulerConfig config = SchedulerConfig.Parse("""{ "_class_name": "LMSDiscreteScheduler", "num_train_timesteps": 500.0 }""", "file");
        Assert.Equal(500, SchedulerFactory.CreateOptions(config).NumTrainTimesteps);
    }

    [Fact]
    public void Configuration_from_an_element_outlives_its_document()
    {
        SchedulerConfig config;
        using (JsonDocument document = JsonDocument.Parse("""{ "_class_name": "EulerDiscreteScheduler", "beta_end": 0.5 }"""))
            config = SchedulerConfig.FromJson(document.RootElement, "element");
        Assert.Equal(0.5, SchedulerFactory.CreateOptions(config).BetaEnd);
    }

    [Property(MaxTest = 300)]
    public void Any_text_is_read_or_refused(string text)
    {
        try { SchedulerConfig.Parse(text ?? "", "text"); }
        catch (Depth2ImgException) { }
    }

    [Property(MaxTest = 2000)]
    public Property Any_options_build_a_working_scheduler_or_are_refused()
    {
        const int MisfitOneIn = 20;
        Gen<string> pair =
            from option in Gen.Elements(Fitting)
            from misfit in Gen.Choose(1, MisfitOneIn)
            from value in Gen.Elements(misfit == 1 ? AnyValue : option.Values)
            select $"\"{option.Key}\": {value}";
        var cases =
            from className in Gen.Elements(SchedulerClass.All.Select(c => c.Name).ToArray())
            from pairs in Gen.ListOf(pair, 6)
            from name in Gen.Elements([null, .. SchedulerNames.All])
            from karras in Gen.Elements(true, false, false, false)
            from steps in Gen.Frequency((9, Gen.Choose(1, 30)), (1, Gen.Choose(-1, 1001)))
            from cut in Gen.Choose(0, 99)
            select ($"{{ \"_class_name\": \"{className}\", {string.Join(", ", pairs)} }}", name, karras, steps, cut);
        return Prop.ForAll(cases.ToArbitrary(), input =>
        {
            (string json, string? name, bool karras, int steps, int cut) = input;
            try
            {
                IScheduler scheduler = SchedulerFactory.Create(SchedulerConfig.Parse(json, "fuzz"), name, karras, steps);
                int begin = (scheduler.Timesteps.Length - 1) * cut / 100 / scheduler.Order * scheduler.Order;
                SchedulerRuns.AssertFinite(scheduler, begin, $"{json} as {name}, {steps} steps, karras {karras}");
            }
            catch (Depth2ImgException) { }
        });
    }
}
