using System.Text.Json.Nodes;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>Refusals as OpenAI's clients read them: <c>{error: {message, type, param, code}}</c>.</summary>
internal static class OpenAiProblem
{
    /// <summary>OpenAI's own client waits as long as it is told up to this; told longer, it tries again at once.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);

    /// <summary>The refusal in the family's shape.</summary>
    public static IResult ToResult(Problem problem, HttpContext context)
    {
        if (problem.RetryAfter > LongestWait) problem = problem with { RetryAfter = LongestWait };
        problem.WriteRetryAfter(context);
        return Results.Text(new JsonObject { ["error"] = ToError(problem) }.ToJsonString(ServerJson.Options), "application/json", System.Text.Encoding.UTF8, StatusOf(problem));
    }

    /// <summary>The error's own object, for streams that have begun.</summary>
    public static JsonObject ToError(Problem problem)
    {
        int status = StatusOf(problem);
        return new JsonObject
        {
            ["message"] = problem.Detail,
            ["type"] = status switch
            {
                StatusCodes.Status429TooManyRequests => "rate_limit_error",
                >= 500 => "server_error",
                _ => "invalid_request_error",
            },
            ["param"] = problem.Errors?.Keys.FirstOrDefault(),
            ["code"] = problem.Code ?? status switch
            {
                StatusCodes.Status401Unauthorized => "invalid_api_key",
                StatusCodes.Status404NotFound => "not_found",
                StatusCodes.Status429TooManyRequests => "rate_limit_exceeded",
                >= 500 => "server_error",
                _ => "invalid_value",
            },
        };
    }

    /// <summary>The family has no 422.</summary>
    private static int StatusOf(Problem problem) => problem.Status == StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status400BadRequest : problem.Status;
}
