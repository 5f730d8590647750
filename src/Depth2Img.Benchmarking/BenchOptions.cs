using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;

namespace Depth2Img.Benchmarking;

/// <summary>What a run of the bench measures.</summary>
public sealed record BenchOptions
{
    /// <summary>Checkpoint folders, or <c>sd2-depth</c>, whose networks are measured.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Whether single kernels are measured.</summary>
    public bool Kernels { get; init; }

    /// <summary>Whether all threads are held against one.</summary>
    public bool ThreadScaling { get; init; }

    /// <summary>Sides of pictures at which the full-size model's UNet step and decoder are measured, to see how they grow; multiples of 64.</summary>
    public IReadOnlyList<int> Sides { get; init; } = [];

    /// <summary>Only kernels or networks whose names hold this text, case aside; empty for all.</summary>
    public string Filter { get; init; } = "";

    /// <summary>ONNX Runtime's library, or a folder that holds it, or null.</summary>
    public string? OnnxRuntime { get; init; }

    /// <summary>Which kernels run; null for those that the environment names, else the best.</summary>
    public CpuTier? Tier { get; init; }

    /// <summary>How many threads; null for all that the process has.</summary>
    public int? Threads { get; init; }

    /// <summary>How long each figure is measured.</summary>
    public RoundOptions Rounds { get; init; } = new();

    /// <summary>The command line, for the report.</summary>
    public string Command { get; init; } = "";
}
