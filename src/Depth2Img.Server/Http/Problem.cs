using System.Text.Json.Nodes;
using Depth2Img.Server.Jobs;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Http;

/// <summary>A refusal, before it is put into an API family's own shape.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What kind of refusal, in a few words.</param>
/// <param name="Detail">One sentence: what was found, and what would be right.</param>
internal sealed record Problem(int Status, string Title, string Detail)
{
    /// <summary>What is wrong with each field, all at once.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A word for programs, in the families that have such words; null for the status's usual one.</summary>
    public string? Code { get; init; }

    /// <summary>A request whose fields are wrong.</summary>
    public static Problem Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) =>
        new(StatusCodes.Status422UnprocessableEntity, "The request cannot be done as it is", string.Join(' ', errors.Values.SelectMany(messages => messages).Take(5))) { Errors = errors };

    /// <summary>Tells when to try again, in the header that all families have.</summary>
    public void WriteRetryAfter(HttpContext context)
    {
        if (RetryAfter is { } wait) context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A request one of whose fields is wrong.</summary>
    public static Problem Invalid(string field, string message) => Invalid(new Dictionary<string, IReadOnlyList<string>> { [field] = [message] });

    /// <summary>RFC 9457's shape.</summary>
    public IResult ToResult(HttpContext context)
    {
        JsonObject body = new()
        {
            ["type"] = "about:blank",
            ["title"] = Title,
            ["status"] = Status,
            ["detail"] = Detail,
            ["instance"] = context.Request.Path.Value,
            ["traceId"] = context.TraceIdentifier,
        };
        if (Errors is not null)
            body["errors"] = new JsonObject(Errors.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, new JsonArray([.. e.Value.Select(message => (JsonNode)message)]))));
        WriteRetryAfter(context);
        return Results.Text(body.ToJsonString(ServerJson.Options), "application/problem+json", System.Text.Encoding.UTF8, Status);
    }
}

/// <summary>Ends a request with a refusal.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>The refusal.</summary>
    public Problem Problem { get; } = problem;
}
