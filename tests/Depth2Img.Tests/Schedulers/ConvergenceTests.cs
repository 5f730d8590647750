using Depth2Img.Random;
using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

/// <summary>Samplers against the known solution for normal data, for settings that the reference's runs do not cover too.</summary>
public class ConvergenceTests
{
    private const double DataDeviation = 0.5;

    // Solvers over levels even in lambda, where an order shows as a power of the step.
    private static readonly Dictionary<string, (SchedulerOptions Options, int Order)> Solvers = new()
    {
        ["euler"] = (new EulerOptions { SigmaSpacing = SigmaSpacing.Exponential, FinalSigmasType = FinalSigma.SigmaMin }, 1),
        ["deis 1"] = (Deis(1), 1),
        ["deis 2"] = (Deis(2), 2),
        ["deis 3"] = (Deis(3), 3),
        ["dpm multistep 1"] = (Multistep(1, DpmSolverAlgorithm.DpmSolver), 1),
        ["dpm multistep 2 midpoint"] = (Multistep(2, DpmSolverAlgorithm.DpmSolver), 2),
        ["dpm multistep 2 heun"] = (Multistep(2, DpmSolverAlgorithm.DpmSolver, DpmSolverType.Heun), 2),
        ["dpm multistep 3"] = (Multistep(3, DpmSolverAlgorithm.DpmSolver), 2),
        ["dpm++ multistep 1"] = (Multistep(1, DpmSolverAlgorithm.DpmSolverPlusPlus), 1),
        ["dpm++ multistep 2 midpoint"] = (Multistep(2, DpmSolverAlgorithm.DpmSolverPlusPlus), 2),
        ["dpm++ multistep 2 heun"] = (Multistep(2, DpmSolverAlgorithm.DpmSolverPlusPlus, DpmSolverType.Heun), 2),
        ["dpm++ multistep 3"] = (Multistep(3, DpmSolverAlgorithm.DpmSolverPlusPlus), 2),
        ["dpm singlestep 1"] = (Singlestep(1, DpmSolverAlgorithm.DpmSolver), 1),
        ["dpm singlestep 2 midpoint"] = (Singlestep(2, DpmSolverAlgorithm.DpmSolver), 2),
        ["dpm singlestep 2 heun"] = (Singlestep(2, DpmSolverAlgorithm.DpmSolver, DpmSolverType.Heun), 2),
        ["dpm singlestep 3 midpoint"] = (Singlestep(3, DpmSolverAlgorithm.DpmSolver), 3),
        ["dpm singlestep 3 heun"] = (Singlestep(3, DpmSolverAlgorithm.DpmSolver, DpmSolverType.Heun), 3),
        ["dpm++ singlestep 2 midpoint"] = (Singlestep(2, DpmSolverAlgorithm.DpmSolverPlusPlus), 2),
        ["dpm++ singlestep 2 heun"] = (Singlestep(2, DpmSolverAlgorithm.DpmSolverPlusPlus, DpmSolverType.Heun), 2),
        ["dpm++ singlestep 3 midpoint"] = (Singlestep(3, DpmSolverAlgorithm.DpmSolverPlusPlus), 3),
        ["unipc 1 bh1"] = (UniPc(1, UniPcSolverType.Bh1), 2),
        ["unipc 1 bh2"] = (UniPc(1, UniPcSolverType.Bh2), 2),
        ["unipc 2 bh1"] = (UniPc(2, UniPcSolverType.Bh1), 3),
        ["unipc 2 bh2"] = (UniPc(2, UniPcSolverType.Bh2), 3),
        ["unipc 3 bh1"] = (UniPc(3, UniPcSolverType.Bh1), 4),
        ["unipc 3 bh2"] = (UniPc(3, UniPcSolverType.Bh2), 4),
        ["unipc 2 of noise"] = (UniPc(2, UniPcSolverType.Bh2) with { PredictX0 = false }, 3),
        ["unipc 3 of noise"] = (UniPc(3, UniPcSolverType.Bh1) with { PredictX0 = false }, 4),
        ["unipc 3 without corrector"] = (UniPc(3, UniPcSolverType.Bh2) with { DisableCorrector = [.. Enumerable.Range(0, 100)] }, 3),
    };

    // Samplers with their own spacings, and how near they come in 97 steps.
    private static readonly Dictionary<string, (SchedulerOptions Options, double Error)> Samplers = new()
    {
        ["pndm"] = (new PndmOptions { SkipPrkSteps = true }, 4e-3),
        ["pndm with runge-kutta"] = (new PndmOptions(), 4e-3),
        ["ddim"] = (new DdimOptions { ClipSample = false }, 3e-2),
        ["ddim of samples"] = (new DdimOptions { ClipSample = false, PredictionType = PredictionType.Sample }, 3e-2),
        ["ddim zero snr"] = (new DdimOptions { ClipSample = false, PredictionType = PredictionType.Velocity, RescaleBetasZeroSnr = true, TimestepSpacing = TimestepSpacing.Trailing }, 3e-2),
        ["euler of samples"] = (new EulerOptions { PredictionType = PredictionType.Sample }, 3e-2),
        ["heun"] = (new HeunOptions(), 2e-3),
        ["heun karras"] = (new HeunOptions { SigmaSpacing = SigmaSpacing.Karras }, 3e-3),
        ["heun of samples"] = (new HeunOptions { PredictionType = PredictionType.Sample }, 2e-3),
        ["lms"] = (new LmsOptions(), 1e-3),
        ["lms exponential"] = (new LmsOptions { SigmaSpacing = SigmaSpacing.Exponential }, 3e-3),
        ["kdpm2"] = (new Kdpm2Options(), 3e-3),
        ["kdpm2 karras"] = (new Kdpm2Options { SigmaSpacing = SigmaSpacing.Karras }, 3e-3),
        ["dpm++ lu"] = (new DpmSolverMultistepOptions { SigmaSpacing = SigmaSpacing.Lu }, 3e-3),
        ["dpm++ of samples"] = (new DpmSolverMultistepOptions { PredictionType = PredictionType.Sample }, 2e-2),
        ["dpm of samples"] = (Multistep(2, DpmSolverAlgorithm.DpmSolver) with { PredictionType = PredictionType.Sample }, 3e-3),
        ["dpm++ zero snr"] = (new DpmSolverMultistepOptions { RescaleBetasZeroSnr = true, PredictionType = PredictionType.Velocity, TimestepSpacing = TimestepSpacing.Trailing }, 2e-2),
        ["unipc of samples"] = (new UniPcOptions { PredictionType = PredictionType.Sample }, 2e-2),
        ["unipc karras"] = (new UniPcOptions { SigmaSpacing = SigmaSpacing.Karras, SigmaMin = 0.05, SigmaMax = 12, FinalSigmasType = FinalSigma.SigmaMin }, 1e-4),
        ["deis leading"] = (new DeisOptions { TimestepSpacing = TimestepSpacing.Leading, StepsOffset = 1 }, 1e-2),
    };

    private static readonly Dictionary<string, SchedulerOptions> Stochastic = new()
    {
        ["ddpm"] = new DdpmOptions { ClipSample = false },
        ["ddpm fixed large"] = new DdpmOptions { ClipSample = false, VarianceType = DdpmVariance.FixedLarge },
        ["ddpm fixed small log"] = new DdpmOptions { ClipSample = false, VarianceType = DdpmVariance.FixedSmallLog },
        ["ddim eta 1"] = new DdimOptions { ClipSample = false, Eta = 1 },
        ["euler-a"] = new EulerAncestralOptions(),
        ["kdpm2-a"] = new Kdpm2AncestralOptions(),
        ["kdpm2-a karras"] = new Kdpm2AncestralOptions { SigmaSpacing = SigmaSpacing.Karras },
        ["sde-dpm multistep 1"] = Multistep(1, DpmSolverAlgorithm.SdeDpmSolver),
        ["sde-dpm multistep 2 midpoint"] = Multistep(2, DpmSolverAlgorithm.SdeDpmSolver),
        ["sde-dpm multistep 2 heun"] = Multistep(2, DpmSolverAlgorithm.SdeDpmSolver, DpmSolverType.Heun),
        ["sde-dpm++ multistep 1"] = Multistep(1, DpmSolverAlgorithm.SdeDpmSolverPlusPlus),
        ["sde-dpm++ multistep 2 midpoint"] = Multistep(2, DpmSolverAlgorithm.SdeDpmSolverPlusPlus),
        ["sde-dpm++ multistep 2 heun"] = Multistep(2, DpmSolverAlgorithm.SdeDpmSolverPlusPlus, DpmSolverType.Heun),
        ["sde-dpm++ multistep 3"] = Multistep(3, DpmSolverAlgorithm.SdeDpmSolverPlusPlus),
        ["sde-dpm++ singlestep 2 midpoint"] = Singlestep(2, DpmSolverAlgorithm.SdeDpmSolverPlusPlus),
        ["sde-dpm++ singlestep 2 heun"] = Singlestep(2, DpmSolverAlgorithm.SdeDpmSolverPlusPlus, DpmSolverType.Heun),
        ["sde-dpm++ singlestep 3"] = Singlestep(3, DpmSolverAlgorithm.SdeDpmSolverPlusPlus),
    };

    public static TheoryData<string> SolverNames => [.. Solvers.Keys];

    public static TheoryData<string> SamplerNames => [.. Samplers.Keys];

    public static TheoryData<string> StochasticNames => [.. Stochastic.Keys];

    [Theory]
    [MemberData(nameof(SolverNames))]
    public void Solver_converges_at_its_order(string name)
    {
        (SchedulerOptions options, int order) = Solvers[name];
        // The step halves: the last of the steps, at the least noise, has no length.
        double coarse = ErrorOf(options, 25), fine = ErrorOf(options, 49);
        const double NearlyTheOrder = 1.3, SinglePrecision = 1e-5;
        Assert.InRange(fine, 0, Math.Max(NearlyTheOrder * coarse / (1 << order), SinglePrecision));
        Assert.InRange(coarse, 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(SamplerNames))]
    public void Sampler_comes_near_the_exact_solution(string name)
    {
        (SchedulerOptions options, double error) = Samplers[name];
        Assert.InRange(ErrorOf(options, 97), 0, error);
    }

    [Theory]
    [MemberData(nameof(StochasticNames))]
    public void Stochastic_sampler_keeps_the_datas_spread(string name)
    {
        SchedulerOptions options = LikeStableDiffusion(Stochastic[name]);
        TorchCpuRandom random = new(1);
        Scheduler scheduler = (Scheduler)options.Build(193);
        GaussianModel model = new(options, DataDeviation);
        float[] sample = new float[20_000];
        random.FillNormal(sample);
        foreach (ref float value in sample.AsSpan()) value *= (float)model.DeviationAt(scheduler, 0);

        model.Run(scheduler, 0, sample, random);

        double spread = Math.Sqrt(sample.Average(v => (double)v * v));
        Assert.InRange(spread / ExpectedDeviation(scheduler, options, model), 0.94, 1.06);
    }

    /// <summary>How far a run's end is off, over what it should be.</summary>
    private static double ErrorOf(SchedulerOptions options, int steps)
    {
        options = LikeStableDiffusion(options);
        Scheduler scheduler = (Scheduler)options.Build(steps);
        GaussianModel model = new(options, DataDeviation);
        float[] sample = [(float)model.DeviationAt(scheduler, 0)];
        model.Run(scheduler, 0, sample, new TorchCpuRandom(0));
        return Math.Abs(sample[0] / ExpectedDeviation(scheduler, options, model) - 1);
    }

    private static double ExpectedDeviation(Scheduler scheduler, SchedulerOptions options, GaussianModel model)
    {
        double end = scheduler.Sigmas.Length > 0 ? scheduler.Sigmas[^1] : options is PndmOptions ? NoiseSchedule.Create(options).Sigmas[0] : 0;
        return model.DeviationAtEnd(scaled: scheduler is not SigmaScheduler, end);
    }

    private static SchedulerOptions LikeStableDiffusion(SchedulerOptions options) =>
        options with { BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear };

    private static DpmSolverMultistepOptions Multistep(int order, DpmSolverAlgorithm algorithm, DpmSolverType type = DpmSolverType.Midpoint) => new()
    {
        SolverOrder = order,
        AlgorithmType = algorithm,
        SolverType = type,
        SigmaSpacing = SigmaSpacing.Exponential,
        FinalSigmasType = FinalSigma.SigmaMin,
    };

    private static DpmSolverSinglestepOptions Singlestep(int order, DpmSolverAlgorithm algorithm, DpmSolverType type = DpmSolverType.Midpoint) => new()
    {
        SolverOrder = order,
        AlgorithmType = algorithm,
        SolverType = type,
        SigmaSpacing = SigmaSpacing.Exponential,
        FinalSigmasType = FinalSigma.SigmaMin,
    };

    private static UniPcOptions UniPc(int order, UniPcSolverType type) =>
        new() { SolverOrder = order, SolverType = type, SigmaSpacing = SigmaSpacing.Exponential, FinalSigmasType = FinalSigma.SigmaMin };

    private static DeisOptions Deis(int order) => new() { SolverOrder = order, SigmaSpacing = SigmaSpacing.Exponential };
}
