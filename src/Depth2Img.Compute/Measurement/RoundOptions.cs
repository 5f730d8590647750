namespace Depth2Img.Compute.Measurement;

/// <summary>How long a figure is measured.</summary>
public sealed record RoundOptions
{
    /// <summary>How many rounds that were not disturbed make a figure; its median is told. At least 1.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>After how many rounds, disturbed ones among them, the machine is called too noisy.</summary>
    public int MaxTries { get; init; } = 30;

    /// <summary>By what part of the larger one a round's two peaks may differ.</summary>
    public double PeakTolerance { get; init; } = 0.05;

    /// <summary>No round begins after this time; the rounds that were not disturbed make the figure, and if there is none the machine is too noisy.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);
}
