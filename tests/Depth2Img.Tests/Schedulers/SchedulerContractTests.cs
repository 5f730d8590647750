using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

/// <summary>What every scheduler promises.</summary>
public class SchedulerContractTests
{
    private const string StableDiffusion = """
        { "_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
          "clip_sample": false, "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1 }
        """;

    public static TheoryData<string, bool> All
    {
        get
        {
            TheoryData<string, bool> all = [];
            foreach (string name in SchedulerNames.All) all.Add(name, false);
            foreach (string name in SchedulerNames.WithKarras) all.Add(name, true);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_count_of_steps_runs_to_finite_values_from_every_beginning(string name, bool karras)
    {
        SchedulerOptions options = Options(name, karras);
        for (int steps = 1; steps <= 50; steps++)
        {
            for (int skipped = 0; skipped < steps; skipped++)
            {
                IScheduler scheduler = options.Build(steps);
                SchedulerRuns.AssertFinite(scheduler, skipped * scheduler.Order, $"{name}, {steps} steps");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Same_seed_gives_the_same_values_and_runs_leave_nothing_behind(string name, bool karras)
    {
        SchedulerOptions options = Options(name, karras);
        float[] first = SchedulerRuns.Run(options.Build(12), begin: 0);
        SchedulerRuns.Run(options.Build(7), begin: 0, seed: 4);
        Assert.Equal(first, SchedulerRuns.Run(options.Build(12), begin: 0));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Steps_begin_at_falling_timesteps_of_training(string name, bool karras)
    {
        SchedulerOptions options = Options(name, karras);
        for (int steps = 1; steps <= 50; steps++)
        {
            IScheduler scheduler = options.Build(steps);
            double[] timesteps = scheduler.Timesteps.ToArray();
            Assert.All(timesteps, t => Assert.InRange(t, 0, 999));
            // Evaluations within a step may look back: PNDM's second, or the middles of ancestral DPM2.
            double[] begins = [.. timesteps.Where((_, i) => i % scheduler.Order == 0)];
            Assert.All(begins.Zip(begins.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Noise_added_can_be_taken_out_again(string name, bool karras)
    {
        SchedulerOptions options = Options(name, karras);
        IScheduler scheduler = options.Build(10);
        float[] original = [0.5f, -1, 3], noise = [1, -2, 0.25f], noisy = new float[3], signalOnly = new float[3], noiseOnly = new float[3];
        for (int index = 0; index < scheduler.Timesteps.Length; index++)
        {
            scheduler.AddNoise(original, noise, index, noisy);
            scheduler.AddNoise([1, 1, 1], new float[3], index, signalOnly);
            scheduler.AddNoise(new float[3], [1, 1, 1], index, noiseOnly);
            for (int i = 0; i < 3; i++)
                Assert.Equal(original[i], (noisy[i] - noiseOnly[i] * noise[i]) / signalOnly[i], 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Network_that_knows_the_picture_gets_it_back(string name, bool karras)
    {
        const float Known = 0.75f;
        const int Steps = 10;
        SchedulerOptions options = Options(name, karras) with { PredictionType = PredictionType.Epsilon };
        for (int skipped = 0; skipped < Steps; skipped++)
        {
            // Begun late, these lag by a step or lack early terms, in the reference too.
            if (skipped > 0 && name is "pndm" or "lms") break;
            IScheduler scheduler = options.Build(Steps);
            int begin = skipped * scheduler.Order;
            float[] sample = new float[1], scaled = new float[1], one = new float[1];
            scheduler.SetBeginIndex(begin);
            scheduler.AddNoise([Known], [-1.5f], begin, sample);
            for (int i = begin; i < scheduler.Timesteps.Length; i++)
            {
                scheduler.ScaleModelInput(sample, i, scaled);
                scheduler.ScaleModelInput([1], i, one);
                // Signal and noise in what the network sees; samplers in noise levels show theirs by the scale alone.
                float[] weights = new float[2];
                scheduler.AddNoise([1, 0], [0, 1], i, weights);
                (double alpha, double sigma) = one[0] == 1 ? (weights[0], weights[1]) : (one[0], Math.Sqrt(1 - (double)one[0] * one[0]));
                scheduler.Step([(float)((scaled[0] - alpha * Known) / sigma)], i, sample, new CountingRandom(value: 0.5f));
            }
            // What is left is at most training's least noise.
            Assert.Equal(Known, sample[0], 0.06);
        }
    }

    [Theory]
    [InlineData("pndm", 0)]
    [InlineData("ddim", 0)]
    [InlineData("euler", 0)]
    [InlineData("heun", 0)]
    [InlineData("lms", 0)]
    [InlineData("kdpm2", 0)]
    [InlineData("dpm++2m", 0)]
    [InlineData("dpm++2s", 0)]
    [InlineData("unipc", 0)]
    [InlineData("deis", 0)]
    [InlineData("euler-a", 5)]
    [InlineData("dpm++2m-sde", 5)]
    [InlineData("ddpm", 5)]
    [InlineData("lcm", 4)]
    [InlineData("kdpm2-a", 4)]
    public void Five_steps_draw_noise_for_whole_samples_as_often_as_the_reference(string name, int draws)
    {
        IScheduler scheduler = Options(name, karras: false).Build(5);
        CountingRandom random = new(value: 0.1f);
        float[] sample = [1, 2, 3, 4];
        for (int i = 0; i < scheduler.Timesteps.Length; i++) scheduler.Step(new float[4], i, sample, random);
        Assert.Equal(Enumerable.Repeat(4, draws), random.Draws);
    }

    [Fact]
    public void Ddpm_draws_nothing_at_timestep_0_and_ddim_draws_with_eta()
    {
        CountingRandom random = new();
        float[] sample = [1];
        IScheduler ddpm = new DdpmOptions { StepsOffset = 0 }.Build(2);
        for (int i = 0; i < 2; i++) ddpm.Step([0], i, sample, random);
        Assert.Equal([1], random.Draws);

        IScheduler ddim = new DdimOptions { Eta = 0.3 }.Build(2);
        for (int i = 0; i < 2; i++) ddim.Step([0], i, sample, random);
        Assert.Equal([1, 1, 1], random.Draws);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Steps_allocate_nothing_once_buffers_are_there(string name, bool karras)
    {
        IScheduler scheduler = Options(name, karras).Build(20);
        CountingRandom random = new(value: 0.1f);
        float[] sample = new float[64], scaled = new float[64];
        Advance(0, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Advance(8, scheduler.Timesteps.Length);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Advance(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                scheduler.ScaleModelInput(sample, i, scaled);
                scheduler.Step(scaled, i, sample, random);
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Misuse_is_refused(string name, bool karras)
    {
        IScheduler scheduler = Options(name, karras).Build(6);
        CountingRandom random = new();
        float[] four = new float[4], three = new float[3];
        int count = scheduler.Timesteps.Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.SetBeginIndex(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.SetBeginIndex(count));
        if (scheduler.Order == 2) Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.SetBeginIndex(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.AddNoise(four, four, count, four));
        Assert.Throws<ArgumentException>(() => scheduler.AddNoise(four, three, 0, four));
        Assert.Throws<ArgumentException>(() => scheduler.AddNoise(four, four, 0, three));
        Assert.Throws<ArgumentException>(() => scheduler.ScaleModelInput(four, 0, three));
        Assert.Throws<ArgumentException>(() => scheduler.Step(three, 0, four, random));
        Assert.Throws<ArgumentNullException>(() => scheduler.Step(four, 0, four, null!));
        Assert.Throws<InvalidOperationException>(() => scheduler.Step(four, 1, four, random));

        scheduler.Step(four, 0, four, random);
        Assert.Throws<InvalidOperationException>(() => scheduler.Step(four, 0, four, random));
        Assert.Throws<ArgumentException>(() => scheduler.Step(three, 1, three, random));
        Assert.Throws<InvalidOperationException>(() => scheduler.SetBeginIndex(0));
    }

    private static SchedulerOptions Options(string name, bool karras) =>
        SchedulerFactory.CreateOptions(SchedulerConfig.Parse(StableDiffusion, "test"), name, karras);
}
