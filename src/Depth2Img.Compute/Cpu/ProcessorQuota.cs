namespace Depth2Img.Compute.Cpu;

/// <summary>How many processors this process may keep busy: those of its affinity, and no more than its control group is allowed.</summary>
internal static class ProcessorQuota
{
    /// <summary>Threads that the process's share of the machine is worth, at least 1.</summary>
    public static int Threads { get; } = ThreadsFor(Environment.ProcessorCount, OperatingSystem.IsLinux() ? ControlGroup.ReadProcessorLimit("/") : null);

    /// <summary>Threads for so many processors and a limit to their time.</summary>
    /// <param name="processors">How many there are.</param>
    /// <param name="limit">In processors, such as 1.5; null for none. What is left of a whole one is worth a thread: it would lie idle.</param>
    public static int ThreadsFor(int processors, double? limit) =>
        limit is { } value ? Math.Clamp((int)Math.Ceiling(value), 1, processors) : processors;
}
