using System.Diagnostics.CodeAnalysis;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Tests.V1;

/// <summary>Compares settings by what is written of them: their lists are compared by content.</summary>
internal sealed class SettingsComparer : IEqualityComparer<GenerationSettings>
{
    public static SettingsComparer Instance { get; } = new();

    public bool Equals(GenerationSettings? x, GenerationSettings? y) => x?.ToJson() == y?.ToJson();

    public int GetHashCode([DisallowNull] GenerationSettings obj) => obj.ToJson().GetHashCode(StringComparison.Ordinal);
}
