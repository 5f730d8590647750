using Depth2Img.Depth;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Engine;

/// <summary>The depth map that whoever runs the server has set for requests that bring neither a picture nor a map.</summary>
internal sealed class OperatorDepth
{
    /// <summary>Reads the map.</summary>
    /// <exception cref="Depth2ImgException">It cannot be read.</exception>
    public OperatorDepth(ServerOptions options)
    {
        if (options.TextToImageDepth is not { } path) return;
        DepthMap map = DepthMapFile.Load(path, GenerationInputs.LimitsOf(options.Limits));
        File = System.IO.File.ReadAllBytes(path);
        (Width, Height) = (map.Width, map.Height);
    }

    /// <summary>The map's file; null if none is set.</summary>
    public byte[]? File { get; }

    /// <summary>Its columns.</summary>
    public int Width { get; }

    /// <summary>Its rows.</summary>
    public int Height { get; }
}
