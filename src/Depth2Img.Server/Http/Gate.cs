using System.Net;
using System.Security.Cryptography;
using Depth2Img.Server.Options;
using Depth2Img.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Http;

/// <summary>
/// What every request passes before any endpoint: the host it asks for must be this server (a page elsewhere may have its
/// name point here), a page that sends it must be this server's own, and its key must be ours.
/// </summary>
internal sealed class Gate(RequestDelegate next, ServerOptions options, KeyRing keys)
{
    /// <summary>Paths that need no key: they tell nothing but that the server runs, or are the page that asks for the key.</summary>
    private static readonly string[] Open = ["/health/live", "/health/ready", "/metrics"];

    /// <summary>The header by which the page's own scripts are known.</summary>
    private const string ScriptHeader = "X-Requested-With";

    public async Task InvokeAsync(HttpContext context)
    {
        if (Refuse(context) is { } problem)
        {
            await ProblemWriter.WriteAsync(context, problem).ConfigureAwait(false);
            return;
        }
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        await next(context).ConfigureAwait(false);
    }

    private Problem? Refuse(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!IsOurHost(request.Host.Host))
            return new Problem(StatusCodes.Status421MisdirectedRequest, "Another host was asked for", "The Host header names a host that this server does not go by.");
        string origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method) && !IsOurOrigin(origin, request))
            return new Problem(StatusCodes.Status403Forbidden, "Another page's request", "The Origin header names a page that may not use this server.");
        string address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        string? key = keys.IsNeeded ? keys.Find(request) : null;
        if (key is not null)
        {
            string digest = Caller.Digest(key);
            new Caller(digest, digest, HasKey: true).Attach(context);
            return null;
        }
        if (keys.IsNeeded && !IsOpen(request))
        {
            // The page asks for the key itself; told of Basic, the browser would ask too, with a dialog of its own.
            context.Response.Headers.WWWAuthenticate = request.Headers[ScriptHeader].Count > 0 ? "Bearer" : "Basic realm=\"depth2img\", Bearer";
            return new Problem(StatusCodes.Status401Unauthorized, "A key is needed", "This server asks for a key: send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.");
        }
        new Caller(address, keys.IsNeeded ? "" : Caller.Digest(Cookie(context)), HasKey: keys.IsNeeded).Attach(context);
        return null;
    }

    /// <summary>Pictures by address have their key in it, as programs that show them send no other.</summary>
    private static bool IsOpen(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && (Open.Contains(request.Path.Value) || PageEndpoints.IsOpen(request.Path) || request.Path.StartsWithSegments(Api.OpenAi.OpenAiEndpoints.FilesPath));

    private bool IsOurHost(string host)
    {
        if (options.HostNames.Contains(host, StringComparer.OrdinalIgnoreCase)) return true;
        if (ServerOptions.IsLoopback(options.Host)) return ServerOptions.IsLoopback(host);
        // Bound to other addresses: an address as host cannot be another site's name, and with keys a name gives nothing away.
        return IPAddress.TryParse(host.Trim('[', ']'), out _) || ServerOptions.IsLoopback(host) || (options.HostNames.Count == 0 && keys.IsNeeded);
    }

    private bool IsOurOrigin(string origin, HttpRequest request) =>
        options.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) || Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>The browser's own random number; a new one is set if it has none.</summary>
    private static string Cookie(HttpContext context)
    {
        if (context.Request.Cookies[Caller.CookieName] is { Length: 32 } known && known.All(char.IsAsciiHexDigitLower)) return known;
        string fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Response.Cookies.Append(Caller.CookieName, fresh, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(400), Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/", IsEssential = true, Secure = context.Request.IsHttps });
        return fresh;
    }
}
