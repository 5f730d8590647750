using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Web;

/// <summary>What every answer that a person sees in a browser says of itself.</summary>
internal static class PageHeaders
{
    /// <summary>Nothing but this server's own files, and pictures that the page itself makes; nothing inline, no frames, no other host.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Sets the headers.</summary>
    public static void Apply(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // With no-referrer, browsers send forms with "Origin: null", and no form could be told from a foreign one.
        headers["Referrer-Policy"] = "same-origin";
    }
}
