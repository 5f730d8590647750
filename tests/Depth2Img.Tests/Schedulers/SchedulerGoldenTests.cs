using System.Text.Json;
using Depth2Img.Random;
using Depth2Img.Schedulers;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Schedulers;

public class SchedulerGoldenTests
{
    private const long Seed = 7;
    private const int StatesAtEachEnd = 6;

    public static TheoryData<string> Runs => [.. SchedulerGolden.Rows.Values.Where(r => r.Settings is not null).Select(r => r.Key)];

    public static TheoryData<string> Failures => [.. SchedulerGolden.Rows.Values.Where(r => r.Settings is null).Select(r => r.Key)];

    public static TheoryData<string> Settings => [.. SchedulerGolden.Rows.Values.Where(r => r.Settings is not null).Select(r => r.Setting).Distinct()];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Timesteps_and_noise_levels_are_the_references(string key)
    {
        SchedulerGolden.Row row = SchedulerGolden.Rows[key];
        Scheduler scheduler = (Scheduler)row.Options().Build(row.Steps);

        Assert.Equal(row.Order, scheduler.Order);
        AssertClose(row.Timesteps, scheduler.Timesteps.ToArray(), "timestep");
        // The reference repeats the final zero where each level comes twice.
        double[] sigmas = row.Sigmas;
        AssertClose(sigmas[..scheduler.Sigmas.Length], [.. scheduler.Sigmas.ToArray().Select(s => (double)s)], "sigma");
        Assert.All(sigmas[scheduler.Sigmas.Length..], sigma => Assert.Equal(0, sigma));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Trajectory_is_the_references(string key)
    {
        SchedulerGolden.Row row = SchedulerGolden.Rows[key];
        IScheduler scheduler = row.Options().Build(row.Steps);
        int begin = (row.Steps - Math.Min((int)(row.Steps * row.Strength), row.Steps)) * scheduler.Order;
        List<float[]> states = Run(scheduler, begin);
        Assert.Equal(row.StepsRun, states.Count - 1);

        if (states.Count > 2 * StatesAtEachEnd) states.RemoveRange(StatesAtEachEnd, states.Count - 2 * StatesAtEachEnd);
        float[] actual = [.. states.SelectMany(s => s)];
        AssertClose([.. row.Trajectory.Select(v => (double)v)], [.. actual.Select(v => (double)v)], "value",
            // Its second noise level is a difference of nearly equal squares in single precision.
            key.StartsWith("kdpm2-ancestral.", StringComparison.Ordinal) && row.Steps == 2 ? 5e-2 : 1e-4);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void What_the_reference_cannot_run_is_refused_with_a_remedy(string key)
    {
        SchedulerGolden.Row row = SchedulerGolden.Rows[key];
        PndmOptions options = new() { SkipPrkSteps = false };
        Assert.Equal("pndm-prk", row.Setting);
        Depth2ImgException error = Assert.Throws<Depth2ImgException>(() => options.Build(row.Steps));
        Assert.Contains("PNDMScheduler", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{row.Steps} steps", error.Message, StringComparison.Ordinal);
        Assert.Contains("skip_prk_steps", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Options_that_are_not_named_have_the_defaults_of_the_references_class(string setting)
    {
        using JsonDocument all = JsonDocument.Parse(PythonJson.ToStandard(File.ReadAllText(Repository.Golden("schedulers-config.json"))));
        SchedulerOptions whole = SchedulerFactory.CreateOptions(SchedulerConfig.FromJson(all.RootElement.GetProperty(setting), setting));
        SchedulerOptions named = SchedulerGolden.Rows.Values.First(r => r.Setting == setting && r.Settings is not null && r.Key.Contains(".epsilon.", StringComparison.Ordinal)).Options();
        if (named is DdimOptions ddim) named = ddim with { Eta = 0 };
        Assert.Equal(whole.ToString(), named.ToString());
    }

    /// <summary>The states from the first noisy one on.</summary>
    private static List<float[]> Run(IScheduler scheduler, int begin)
    {
        TorchCpuRandom random = new(Seed);
        float[] sample = new float[SchedulerGolden.Original.Length], scaled = new float[sample.Length], output = new float[sample.Length];
        scheduler.SetBeginIndex(begin);
        scheduler.AddNoise(SchedulerGolden.Original, SchedulerGolden.Noise, begin, sample);
        List<float[]> states = [[.. sample]];
        for (int i = begin; i < scheduler.Timesteps.Length; i++)
        {
            scheduler.ScaleModelInput(sample, i, scaled);
            SchedulerGolden.Predict(scaled, scheduler.Timesteps[i], output);
            scheduler.Step(output, i, sample, random);
            states.Add([.. sample]);
        }
        return states;
    }

    private static void AssertClose(double[] expected, double[] actual, string what, double least = 1e-4)
    {
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = Math.Max(least, 5e-6 * expected.Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what} {i} is {actual[i]}; the reference has {expected[i]} (tolerance {tolerance}).");
    }
}
