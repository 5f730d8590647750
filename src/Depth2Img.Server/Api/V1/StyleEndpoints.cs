using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Depth2Img.Styles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary><c>GET /api/v1/styles</c>: the styles that requests may name.</summary>
internal static class StyleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/styles", List);

    private static IResult List(StyleLibrary styles, ModelPool models) => Results.Json(new
    {
        styles = styles.Styles.Select(style => new
        {
            style.Name,
            style.Description,
            style.Prompt,
            style.NegativePrompt,
            style.Strength,
            style.Guidance,
            style.Steps,
            style.Scheduler,
            models = models.Names.Where(name => style.Suits(models.DefaultsOf(name).Vocabulary)),
        }),
    }, ServerJson.Options);
}
