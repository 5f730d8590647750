using System.Text.Json.Nodes;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>OpenAI's image API, <c>/v1</c>, and what LocalAI adds to it.</summary>
internal static class OpenAiEndpoints
{
    /// <summary>The family's tag in the API's description.</summary>
    public const string Tag = "openai";

    /// <summary>Where pictures are fetched that were asked for by address. The name in it is the key.</summary>
    public const string FilesPath = "/v1/images/files";

    private static readonly DateTimeOffset Started = DateTimeOffset.UtcNow;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1");
        group.WithTags(Tag);
        group.MapPost("/images/edits", (HttpContext context, OpenAiRunner runner) => runner.RunAsync(context, OpenAiRequestKind.Edit)).WithSummary("A picture from a picture and its depth");
        group.MapPost("/images/generations", (HttpContext context, OpenAiRunner runner) => runner.RunAsync(context, OpenAiRequestKind.Generation)).WithSummary("A picture from depth, or from a picture");
        group.MapPost("/images/inpainting", (HttpContext context, OpenAiRunner runner) => runner.RunAsync(context, OpenAiRequestKind.Inpainting)).WithSummary("A part of a picture anew, white in the mask");
        group.MapGet("/images/files/{name}", File).WithSummary("A picture that was asked for by address");
        group.MapGet("/models", Models).WithSummary("Models");
        group.MapGet("/models/{name}", Model).WithSummary("A model");
    }

    private static IResult File(string name, ExpiringFiles files, HttpContext context)
    {
        if (files.Find(name) is not { } content) throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "No such file", "There is no picture of this name, or no longer: addresses are good for an hour."));
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        return Results.Bytes(content, name.EndsWith(".png", StringComparison.Ordinal) ? "image/png" : "image/jpeg");
    }

    private static IResult Models(ModelPool models) => Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. models.Names.Select(name => (JsonNode)Describe(name))]) });

    private static IResult Model(string name, ModelPool models) => models.Names.Contains(name) ? Json(Describe(name)) : throw OpenAiReader.NoModel(name, models);

    private static JsonObject Describe(string name) => new() { ["id"] = name, ["object"] = "model", ["created"] = Started.ToUnixTimeSeconds(), ["owned_by"] = "depth2img" };

    private static IResult Json(JsonObject body) => Results.Text(body.ToJsonString(ServerJson.Options), "application/json", System.Text.Encoding.UTF8);
}
