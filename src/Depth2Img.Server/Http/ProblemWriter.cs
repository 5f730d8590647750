using Depth2Img.Server.Api.OpenAi;
using Depth2Img.Server.Api.Sdapi;
using Depth2Img.Server.Observability;
using Depth2Img.Server.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Http;

/// <summary>Writes refusals in the shape of the API family that the path belongs to.</summary>
internal static class ProblemWriter
{
    /// <summary>Writes a refusal.</summary>
    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.RequestServices.GetRequiredService<ServerMetrics>().Refused(problem.Status);
        if (PlainPages.Has(context.Request.Path)) return WritePageAsync(context, problem);
        IResult result = ApiFamilies.Of(context.Request.Path) switch
        {
            ApiFamily.Sdapi => SdapiProblem.ToResult(problem, context),
            ApiFamily.OpenAi => OpenAiProblem.ToResult(problem, context),
            _ => problem.ToResult(context),
        };
        return result.ExecuteAsync(context);
    }

    /// <summary>A person has sent a form: what is wrong with it is a page.</summary>
    private static Task WritePageAsync(HttpContext context, Problem problem)
    {
        PageHeaders.Apply(context.Response);
        if (problem.RetryAfter is { } wait) context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string page = PlainPages.Refusal(problem, context.TraceIdentifier, PlainPages.RootFrom(context.Request));
        return Results.Text(page, "text/html; charset=utf-8", System.Text.Encoding.UTF8, problem.Status).ExecuteAsync(context);
    }
}
