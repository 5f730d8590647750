using System.Diagnostics;
using Depth2Img.Pipelines;

namespace Depth2Img.Diagnostics;

/// <summary>Follows the loading of a model.</summary>
internal static class LoadTelemetry
{
    /// <summary>Loads a pipeline under observation.</summary>
    public static DepthToImagePipeline Observe(Func<DepthToImagePipeline> load)
    {
        using Activity? activity = Depth2ImgTelemetry.Source.StartActivity("depth2img.load");
        long started = Stopwatch.GetTimestamp();
        try
        {
            DepthToImagePipeline pipeline = load();
            activity?.SetTag(Depth2ImgTelemetry.ModelTag, pipeline.Name);
            activity?.SetTag("depth2img.backend", pipeline.Backend.Description);
            Depth2ImgTelemetry.LoadSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>(Depth2ImgTelemetry.ModelTag, pipeline.Name));
            return pipeline;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", e.GetType().FullName);
            throw;
        }
    }
}
