using Depth2Img.Prompts;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary><c>POST /api/v1/tokens</c>: what a prompt comes to, before a picture is made of it.</summary>
internal static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tokens", CountAsync);

    private static async Task<IResult> CountAsync(HttpContext context, PromptCounter counter, ModelPool models, ServerOptions options)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        string model = ModelNames.Read(fields, models);
        string prompt = fields.Text("prompt", options.Limits.PromptCharacters) ?? "";
        PromptSyntax syntax = fields.Word<PromptSyntax>("promptSyntax") ?? PromptSyntax.Plain;
        LongPrompt mode = fields.Word<LongPrompt>("longPrompt") ?? LongPrompt.Cut;
        fields.RefuseUnknown();
        faults.ThrowIfAny();
        PromptCount count = counter.Count(model, prompt, syntax, mode);
        return Results.Json(new
        {
            count.Tokens,
            count.Limit,
            count.Chunks,
            count.CutAt,
            cut = count.CutAt is null ? null : count.Cut,
            count.UnknownWords,
        }, AnswerJson.WithNulls);
    }
}
