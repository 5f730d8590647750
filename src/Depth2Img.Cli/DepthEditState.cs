using Depth2Img.Depth;

namespace Depth2Img.Cli;

/// <summary>A depth map while it is edited.</summary>
internal sealed class DepthEditState(DepthMap map)
{
    private readonly List<string> _warnings = [];

    /// <summary>The map so far.</summary>
    public DepthMap Map { get; private set; } = map;

    /// <summary>What the operations are kept to; null for the whole map.</summary>
    public DepthMask? Region { get; set; }

    /// <summary>Sentences for the user.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Changes the map within the region.</summary>
    public void Apply(Func<DepthMap, DepthMap> edit)
    {
        DepthMap edited = edit(Map);
        Map = Region is null ? edited : Map.Blend(edited, Region);
    }

    /// <summary>Softens the region's rim.</summary>
    /// <exception cref="Depth2ImgException">There is no region, or the deviation is out of its range.</exception>
    public void Feather(double sigma)
    {
        if (Region is null) throw new Depth2ImgException("--feather softens a region's rim, and there is none yet: give --region before it.");
        Region = Region.Feather(sigma);
    }

    /// <summary>Puts another map's values into the region.</summary>
    public void Merge(string path, bool aligned)
    {
        DepthFit fit = DepthMapFile.Load(path).FitTo(Map.Width, Map.Height);
        if (fit.Warning is not null) _warnings.Add(fit.Warning);
        Apply(map => aligned ? fit.Map.AlignTo(map, Region) : fit.Map);
    }
}
