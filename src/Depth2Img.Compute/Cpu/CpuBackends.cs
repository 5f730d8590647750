using Depth2Img.Compute.Reference;

namespace Depth2Img.Compute.Cpu;

/// <summary>Back ends by the names that people write.</summary>
public static class CpuBackends
{
    /// <summary>The name of <see cref="ReferenceBackend"/>: plain loops, slow, for comparisons.</summary>
    public const string Reference = "reference";

    /// <summary>Every name that this machine runs.</summary>
    public static IReadOnlyList<string> Names { get; } = [Reference, .. CpuTiers.Available.Select(CpuTiers.Name)];

    /// <summary>Opens a back end.</summary>
    /// <param name="name">
    /// "reference" or a tier's name; if empty, what the environment variable <see cref="CpuTiers.EnvironmentVariable"/> names, or else
    /// the fastest tier that the precision allows.
    /// </param>
    /// <param name="precision">What arithmetic is allowed.</param>
    /// <exception cref="Depth2ImgException">There is no such tier, this machine lacks it, or its arithmetic is not allowed.</exception>
    public static IBackend Create(string? name = null, Precision precision = Precision.Auto)
    {
        string? setting = string.IsNullOrWhiteSpace(name) ? Environment.GetEnvironmentVariable(CpuTiers.EnvironmentVariable) : name;
        return Reference.Equals(setting?.Trim(), StringComparison.OrdinalIgnoreCase)
            ? new ReferenceBackend()
            : new CpuBackend(new CpuBackendOptions { Tier = CpuTiers.FromSetting(setting, precision) });
    }
}
