using Depth2Img.Server.Options;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>A server with a depth map for requests that bring none.</summary>
public sealed class DepthSetServer : CompatServer, IDisposable
{
    private readonly TestSupport.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override void Configure(ServerOptions options)
    {
        options.TextToImageDepth = _folder.File("map.png");
        File.WriteAllBytes(options.TextToImageDepth, Map(64, 64));
    }
}
