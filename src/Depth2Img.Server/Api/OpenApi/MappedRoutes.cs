using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.OpenApi;

/// <summary>The routes that the server maps, as OpenAPI names them.</summary>
internal static class MappedRoutes
{
    /// <summary>
    /// Paths with their methods in lower case. Without what OpenAPI has no words for (paths of any length, as of a page's own files) and
    /// what is excluded from descriptions; HEAD goes with GET.
    /// </summary>
    public static IEnumerable<(string Path, string Method, RouteEndpoint Endpoint)> Of(EndpointDataSource endpoints) =>
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        where !endpoint.RoutePattern.Parameters.Any(parameter => parameter.IsCatchAll)
        where endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where !HttpMethods.IsHead(method)
        select ("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), method.ToLowerInvariant(), endpoint);
}
