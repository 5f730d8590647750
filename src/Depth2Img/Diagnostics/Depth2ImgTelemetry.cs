using System.Diagnostics;
using System.Diagnostics.Metrics;
using Depth2Img.Pipelines;

namespace Depth2Img.Diagnostics;

/// <summary>
/// What the library tells System.Diagnostics of its work: activities (spans) and meters under one name. Prompts and
/// pictures are in neither, unless <see cref="PipelineOptions.TracePrompts"/> asks for prompts. Listening costs some
/// microseconds a step, not listening nothing that can be measured.
/// </summary>
public static class Depth2ImgTelemetry
{
    /// <summary>The name of the activity source and of the meter, for OpenTelemetry's AddSource and AddMeter.</summary>
    public const string Name = "Depth2Img";

    /// <summary>The tag of activities and requests' meters with the model's name.</summary>
    public const string ModelTag = "depth2img.model";

    /// <summary>The tag that says how a request ended: "completed", "refused" (its settings are wrong), "cancelled" or "failed".</summary>
    public const string OutcomeTag = "depth2img.outcome";

    /// <summary>The tag that names a stage: "encoding", "depth", "denoising" or "decoding".</summary>
    public const string StageTag = "depth2img.stage";

    /// <summary>The tag with the prompt, which is there only when <see cref="PipelineOptions.TracePrompts"/> is set.</summary>
    public const string PromptTag = "depth2img.prompt";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    };

    private static readonly Meter Meter = new(Name, DepthToImagePipeline.Version);

    internal static ActivitySource Source { get; } = new(Name, DepthToImagePipeline.Version);

    internal static Counter<long> Requests { get; } = Meter.CreateCounter<long>("depth2img.requests", "{request}", "Requests that ended, by model and outcome.");

    internal static UpDownCounter<long> ActiveRequests { get; } = Meter.CreateUpDownCounter<long>("depth2img.requests.active", "{request}", "Requests at work.");

    internal static Histogram<double> RequestSeconds { get; } = Meter.CreateHistogram("depth2img.request.duration", "s", "How long requests took, by model and outcome.", advice: Seconds);

    internal static Histogram<double> StageSeconds { get; } = Meter.CreateHistogram("depth2img.stage.duration", "s", "How long a request's stages took.", advice: Seconds);

    internal static Counter<long> Steps { get; } = Meter.CreateCounter<long>("depth2img.steps", "{step}", "Evaluations of the UNet, guidance's two halves as one.");

    internal static Histogram<double> StepSeconds { get; } = Meter.CreateHistogram("depth2img.step.duration", "s", "How long evaluations of the UNet took.", advice: Seconds);

    internal static Histogram<double> LoadSeconds { get; } = Meter.CreateHistogram("depth2img.load.duration", "s", "How long loading a model took.", advice: Seconds);

    // Instruments that are asked register themselves; nobody else needs to hold them.
    static Depth2ImgTelemetry()
    {
        Meter.CreateObservableGauge("depth2img.memory.working_set", () => Environment.WorkingSet, "By", "Memory of the process, weights in mapped files included.");
        Meter.CreateObservableGauge("depth2img.memory.managed", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Memory of the garbage collector's heap.");
    }
}
