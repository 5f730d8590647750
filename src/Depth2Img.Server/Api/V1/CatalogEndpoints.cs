using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Schedulers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary>What there is to choose from: <c>GET /api/v1/models</c>.</summary>
internal static class CatalogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/models", Models);

    private static IResult Models(ModelPool models, StepTimes times, JobService jobs, ServerOptions options) => Results.Json(new
    {
        models = models.Names.Select((name, n) =>
        {
            ModelDefaults defaults = models.DefaultsOf(name);
            return new
            {
                name,
                title = defaults.Name ?? name,
                isDefault = n == 0,
                isLoaded = models.LoadedName == name,
                defaults = new { defaults.Steps, defaults.Guidance, defaults.Strength, defaults.Size, defaults.Scheduler, depthModel = models.DefaultDepthModelOf(name) },
                // Pictures are brought to the first of these, or, where there is none, kept as they are up to the second.
                workingSize = new { longerSide = defaults.Size, atMost = defaults.Size ?? models.MaxSizeOf(name) },
                secondsPerStep = times.Of(name) is { } seconds ? Math.Round(seconds, 3) : (double?)null,
                hasDepthNetwork = models.HasDepthNetwork(name),
                defaults.Vocabulary,
            };
        }),
        schedulers = SchedulerNames.All,
        depthModels = DepthEstimators.Names,
        colorMaps = Enum.GetNames<ColorMap>().Select(name => name.ToLowerInvariant()),
        backend = models.Backend,
        secondsPerJob = Math.Round(jobs.MeanSeconds, 1),
        options.Limits,
    }, AnswerJson.WithNulls);
}
