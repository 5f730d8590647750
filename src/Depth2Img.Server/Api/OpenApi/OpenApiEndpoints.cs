using System.Text;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.OpenApi;

/// <summary>What describes the APIs: <c>/openapi/v1.json</c> for programs, <c>/docs</c> for people.</summary>
internal static class OpenApiEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi/v1.json", (OpenApiDocument document) => Results.Text(document.Json.ToJsonString(ServerJson.Options), "application/json", Encoding.UTF8));
        routes.MapGet("/docs", (HttpContext context, OpenApiDocument document) =>
        {
            context.Response.Headers.ContentSecurityPolicy = DocsPage.SecurityPolicy;
            return Results.Text(DocsPage.Render(document.Json, context.Request.PathBase), "text/html", Encoding.UTF8);
        });
    }
}
