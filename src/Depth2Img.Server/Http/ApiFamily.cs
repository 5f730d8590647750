using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Http;

/// <summary>Whose manners an address has: refusals look as clients of that family expect them.</summary>
internal enum ApiFamily
{
    /// <summary>This server's own: problem documents (RFC 9457).</summary>
    Native,
    /// <summary>AUTOMATIC1111's web UI: <c>/sdapi</c>, <c>/controlnet</c> and <c>/internal</c>.</summary>
    Sdapi,
    /// <summary>OpenAI's: <c>/v1</c>.</summary>
    OpenAi,
}

/// <summary>Tells families by their paths.</summary>
internal static class ApiFamilies
{
    /// <summary>The family of a path.</summary>
    public static ApiFamily Of(PathString path)
    {
        if (path.StartsWithSegments("/sdapi") || path.StartsWithSegments("/controlnet") || path.StartsWithSegments("/internal")) return ApiFamily.Sdapi;
        return path.StartsWithSegments("/v1") ? ApiFamily.OpenAi : ApiFamily.Native;
    }
}
