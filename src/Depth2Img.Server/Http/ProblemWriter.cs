using Depth2Img.Server.Observability;
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
        return problem.ToResult(context).ExecuteAsync(context);
    }
}
