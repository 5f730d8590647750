using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>Everything that one run of the bench measured, and where.</summary>
public sealed record BenchReport
{
    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The command line that repeats the run.</summary>
    public required string Command { get; init; }

    /// <summary>The commit of the program, if it was built in a checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>The machine.</summary>
    public required MachineFigures Machine { get; init; }

    /// <summary>Single kernels; empty unless asked for.</summary>
    public IReadOnlyList<KernelFigures> Kernels { get; init; } = [];

    /// <summary>Whole networks.</summary>
    public IReadOnlyList<NetworkFigures> Networks { get; init; } = [];

    /// <summary>All threads against one; empty unless asked for.</summary>
    public IReadOnlyList<ThreadFigures> Threads { get; init; } = [];

    /// <summary>What a person should know besides.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The machine as the run found it.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="System">The operating system and the runtime.</param>
/// <param name="Tier">Which family of kernels ran.</param>
/// <param name="Threads">How many threads.</param>
/// <param name="ClockGigahertz">The clock, measured by a chain of dependent multiplications.</param>
/// <param name="LastLevelCacheBytes">The largest cache.</param>
/// <param name="ReadGigabytesPerSecond">How fast all threads read memory.</param>
/// <param name="Peaks">The most multiply-adds of each number type.</param>
public sealed record MachineFigures(
    string Processor, string System, string Tier, int Threads, double ClockGigahertz, long LastLevelCacheBytes, double ReadGigabytesPerSecond, IReadOnlyList<PeakFigure> Peaks);

/// <summary>A number type's peak.</summary>
/// <param name="Type">"float32".</param>
/// <param name="Gmacs">Measured on all threads, GMAC/s.</param>
/// <param name="MacsPerCycle">The same a thread and cycle of the measured clock.</param>
/// <param name="Units">Multiply-adds a cycle that the units can do: the power of two next to what was measured, at least a vector's lanes.</param>
/// <param name="FractionOfUnits">How much of units times clock the loop reached; 0.95 or more is expected.</param>
public sealed record PeakFigure(string Type, double Gmacs, double MacsPerCycle, int Units, double FractionOfUnits)
{
    /// <summary>What is expected of a loop that measures a peak.</summary>
    public const double ExpectedFraction = 0.95;

    /// <summary>Works out the units of a measured peak.</summary>
    /// <param name="type">The number type.</param>
    /// <param name="gmacs">What was measured, GMAC/s.</param>
    /// <param name="gigahertz">The clock.</param>
    /// <param name="threads">On how many threads.</param>
    /// <param name="lanes">Multiply-adds of one vector, which every core does in a cycle: a busy machine must not pass for one of fewer units.</param>
    public static PeakFigure Of(string type, double gmacs, double gigahertz, int threads, int lanes)
    {
        double perCycle = gmacs / (gigahertz * threads);
        int units = Math.Max(lanes, 1 << Math.Max(0, (int)Math.Round(Math.Log2(perCycle))));
        return new PeakFigure(type, gmacs, perCycle, units, perCycle / units);
    }
}

/// <summary>One kernel's figure.</summary>
/// <param name="Group">"gemm", "linear", "conv 3x3", "attention".</param>
/// <param name="Name">The shape.</param>
/// <param name="Gmac">Products of a run by the textbook.</param>
/// <param name="RealGmac">Products that were computed.</param>
/// <param name="Warm">Whether its weights stayed in cache from run to run.</param>
/// <param name="Timing">Times and rounds.</param>
/// <param name="Bound">GMAC/s that memory allows by the measured bandwidth, where that is below the peak.</param>
public sealed record KernelFigures(string Group, string Name, double Gmac, double RealGmac, bool Warm, RoundResult Timing, double? Bound = null)
{
    /// <summary>GMAC/s by the textbook's count.</summary>
    public double EffectiveGmacs => Gmac / Timing.Seconds;

    /// <summary>What part of the peak that would take; above 1 where products are saved.</summary>
    public double EffectiveFraction => Gmac / Timing.GmacsAtPeak;

    /// <summary>What part of the peak the products that were computed are.</summary>
    public double RealFraction => RealGmac / Timing.GmacsAtPeak;

    /// <summary>What part of the smaller of the peak and memory's bound the kernel reached.</summary>
    public double BoundFraction => Bound is double bound && bound < Timing.PeakGmacs ? EffectiveGmacs / bound : EffectiveFraction;
}

/// <summary>One network's figures.</summary>
/// <param name="Model">"sd2-depth".</param>
/// <param name="Name">Which network, at what size.</param>
/// <param name="Gmac">Products of a pass by the textbook, counted from its ops.</param>
/// <param name="RealGmac">Products that were computed.</param>
/// <param name="Gigabytes">Operands and results of all ops, each once, 10^9 bytes.</param>
/// <param name="MemoryBytes">What the process grew by from before the network was loaded to after its first pass: weights and activations.</param>
/// <param name="Timing">Times and rounds.</param>
/// <param name="Ops">The breakdown of one pass.</param>
/// <param name="Agreement">The largest difference to the peer's output in standard deviations of ours, if there was a peer.</param>
public sealed record NetworkFigures(
    string Model, string Name, double Gmac, double RealGmac, double Gigabytes, long MemoryBytes, RoundResult Timing, IReadOnlyList<OpShare> Ops, double? Agreement)
{
    /// <summary>Which family of kernels ran: the run's, or a narrower one for networks that the pipeline keeps in single precision.</summary>
    public string? Tier { get; init; }

    /// <summary>The kind of pass without its size: "UNet step".</summary>
    public string? Work { get; init; }

    /// <summary>The side of the picture that it belongs to, where the pass grows with it.</summary>
    public int? PictureSide { get; init; }

    /// <summary>Up to which difference, in standard deviations, two outputs count as the same.</summary>
    public const double AgreementLimit = 1e-3;

    /// <summary>GMAC/s by the textbook's count.</summary>
    public double EffectiveGmacs => Gmac / Timing.Seconds;

    /// <summary>What part of the peak the products that were computed are.</summary>
    public double RealFraction => RealGmac / Timing.GmacsAtPeak;

    /// <summary>10^9 bytes a second.</summary>
    public double GigabytesPerSecond => Gigabytes / Timing.Seconds;
}

/// <summary>One kind of ops in a pass.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Calls">How many.</param>
/// <param name="Seconds">Their time.</param>
/// <param name="Gmac">Products by the textbook.</param>
/// <param name="Share">What part of the pass's time it is, 0 to 1.</param>
public sealed record OpShare(OpKind Kind, long Calls, double Seconds, double Gmac, double Share);
