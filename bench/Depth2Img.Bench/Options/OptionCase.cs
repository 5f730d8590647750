using Depth2Img.Pipelines;

namespace Depth2Img.Bench.Options;

/// <summary>One way to save work.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Interval">The part of the run that is guided.</param>
/// <param name="ReuseFeatures">Every how many evaluations the UNet runs whole.</param>
internal sealed record OptionCase(string Name, GuidanceInterval Interval, int ReuseFeatures)
{
    /// <summary>The run that the others are compared with.</summary>
    public static OptionCase Full { get; } = new("", GuidanceInterval.Whole, 1);

    /// <summary>What <c>--fast</c> sets.</summary>
    public static OptionCase Fast { get; } = new("--guidance-interval 0:0.6 --reuse-features 2", new(0, 0.6), 2);

    /// <summary>What the table compares.</summary>
    public static IReadOnlyList<OptionCase> All { get; } =
    [
        new("--guidance-interval 0:0.5", new(0, 0.5), 1),
        new("--guidance-interval 0:0.6", new(0, 0.6), 1),
        new("--guidance-interval 0.2:0.8", new(0.2, 0.8), 1),
        new("--reuse-features 2", GuidanceInterval.Whole, 2),
        new("--reuse-features 3", GuidanceInterval.Whole, 3),
        new("--reuse-features 5", GuidanceInterval.Whole, 5),
        Fast,
        new("--guidance-interval 0:0.6 --reuse-features 3", new(0, 0.6), 3),
    ];

    /// <summary>A request with this option.</summary>
    public DepthToImageRequest Apply(DepthToImageRequest request) => request with { GuidanceInterval = Interval, ReuseFeatures = ReuseFeatures };
}
