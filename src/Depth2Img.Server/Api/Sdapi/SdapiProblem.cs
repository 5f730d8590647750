using System.Text.Json.Nodes;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>Refusals as clients of AUTOMATIC1111's API read them: <c>detail</c> is a text that they show.</summary>
internal static class SdapiProblem
{
    /// <summary>What clients take for "the API is not switched on"; the answer to a wrong address, and to nothing else.</summary>
    public const string NotFound = "Not Found";

    /// <summary>The refusal in the family's shape.</summary>
    public static IResult ToResult(Problem problem, HttpContext context)
    {
        problem.WriteRetryAfter(context);
        JsonObject body = problem.Detail == NotFound
            ? new JsonObject { ["detail"] = NotFound }
            : new JsonObject
            {
                // The original tells the class of its exception here; clients that look at it look for this one.
                ["error"] = "HTTPException",
                ["detail"] = problem.Detail,
                ["body"] = "",
                ["errors"] = string.Join('\n', problem.Errors?.SelectMany(field => field.Value.Select(message => $"{field.Key}: {message}")) ?? []),
            };
        return Results.Text(body.ToJsonString(ServerJson.Options), "application/json", System.Text.Encoding.UTF8, problem.Status);
    }
}
