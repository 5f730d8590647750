using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

public class NoiseScheduleTests
{
    // Products of 1 - beta in double precision, by the formulas of the papers.
    [Theory]
    [InlineData(BetaSchedule.Linear, 0.0001, 0.02, 0.9999, 0.07779666, 4.03583e-5)]
    [InlineData(BetaSchedule.ScaledLinear, 0.00085, 0.012, 0.99915, 0.2763327, 0.0046600985)]
    [InlineData(BetaSchedule.SquaredCosine, 0.0001, 0.02, 0.9999587, 0.4922852, 2.428767e-9)]
    public void Alpha_bar_falls_as_the_schedule_says(BetaSchedule schedule, double start, double end, double first, double middle, double last)
    {
        NoiseSchedule noise = NoiseSchedule.Create(new EulerOptions { BetaSchedule = schedule, BetaStart = start, BetaEnd = end });
        Assert.Equal(first, noise.AlphasCumprod[0], 1e-6);
        Assert.Equal(middle, noise.AlphasCumprod[500], 1e-6);
        Assert.Equal(1, noise.AlphasCumprod[999] / last, 1e-4);
    }

    [Fact]
    public void Trained_betas_take_the_schedules_place()
    {
        NoiseSchedule noise = NoiseSchedule.Create(new EulerOptions { NumTrainTimesteps = 3, TrainedBetas = [0.5, 0.5, 0.75] });
        Assert.Equal([0.5f, 0.25f, 0.0625f], noise.AlphasCumprod.ToArray());
        Assert.Equal(MathF.Sqrt(15), noise.Sigmas[2]);
    }

    [Fact]
    public void Zero_terminal_snr_keeps_the_first_and_makes_the_last_pure_noise()
    {
        EulerOptions options = new() { BetaSchedule = BetaSchedule.ScaledLinear, BetaStart = 0.00085, BetaEnd = 0.012 };
        NoiseSchedule exact = NoiseSchedule.CreateZeroTerminalSnr(options, terminalAlphaCumprod: 0);
        Assert.Equal(0.99915, exact.AlphasCumprod[0], 1e-6);
        Assert.Equal(0.2410188, exact.AlphasCumprod[500], 1e-6);
        Assert.Equal(0, exact.AlphasCumprod[999]);

        NoiseSchedule finite = NoiseSchedule.CreateZeroTerminalSnr(options, NoiseSchedule.SmallestAlphaCumprod);
        Assert.Equal(4096, finite.Sigmas[999], 1e-2);
    }

    [Fact]
    public void Timestep_of_a_noise_level_is_the_timestep_that_has_it()
    {
        NoiseSchedule noise = NoiseSchedule.Create(new EulerOptions());
        foreach (int t in (ReadOnlySpan<int>)[0, 1, 499, 998, 999])
            Assert.Equal(t, SigmaSteps.TimestepOf(noise.Sigmas[t], noise.LogSigmas), 1e-4);
        Assert.Equal(0, SigmaSteps.TimestepOf(0, noise.LogSigmas));
        Assert.Equal(999, SigmaSteps.TimestepOf(1e9, noise.LogSigmas));
    }

    [Fact]
    public void Lambda_bound_counts_the_noisiest_timesteps()
    {
        NoiseSchedule noise = NoiseSchedule.Create(new EulerOptions());
        Assert.Equal(0, noise.CountBelowLambda(double.NegativeInfinity));
        Assert.Equal(1000, noise.CountBelowLambda(double.PositiveInfinity));
        Assert.Equal(10, noise.CountBelowLambda(-(noise.LogSigmas[989] + noise.LogSigmas[990]) / 2.0));
    }

    [Fact]
    public void Linear_system_is_solved_with_rows_exchanged_where_needed()
    {
        double[] right = [5, 10, 13];
        LinearSystem.Solve([0, 1, 1, 2, 1, 2, 1, 3, 2], right);
        Assert.Equal(1, right[0], 1e-12);
        Assert.Equal(2, right[1], 1e-12);
        Assert.Equal(3, right[2], 1e-12);
    }
}
