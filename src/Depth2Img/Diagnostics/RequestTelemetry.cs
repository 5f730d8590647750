using System.Diagnostics;
using Depth2Img.Pipelines;

namespace Depth2Img.Diagnostics;

/// <summary>
/// Follows one request by its reports of progress, which come on the request's own thread at every change of stage and
/// after every evaluation, and hands them on.
/// </summary>
internal sealed class RequestTelemetry : IProgress<GenerationProgress>, IDisposable
{
    private readonly IProgress<GenerationProgress>? _next;
    private readonly string _model;
    private readonly Activity? _activity;
    private readonly long _started = Stopwatch.GetTimestamp();
    private Activity? _stageActivity;
    private GenerationStage? _stage;
    private long _stageStarted, _stepStarted;
    private int _steps;
    private string _outcome = "failed";

    private RequestTelemetry(DepthToImageRequest request, string model, bool tracePrompts, IProgress<GenerationProgress>? next)
    {
        _next = next;
        _model = model;
        Depth2ImgTelemetry.ActiveRequests.Add(1);
        _activity = Depth2ImgTelemetry.Source.StartActivity("depth2img.generate");
        if (_activity is not { IsAllDataRequested: true }) return;
        _activity.SetTag(Depth2ImgTelemetry.ModelTag, model);
        _activity.SetTag("depth2img.count", request.Count);
        _activity.SetTag("depth2img.input_size", $"{request.Image.Width}x{request.Image.Height}");
        if (!tracePrompts) return;
        _activity.SetTag(Depth2ImgTelemetry.PromptTag, request.Prompt);
        _activity.SetTag("depth2img.negative_prompt", request.NegativePrompt);
    }

    /// <summary>Runs a request under observation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="tracePrompts">Whether the activity may carry the prompts.</param>
    /// <param name="progress">Whom the caller wants to be told; null for nobody.</param>
    /// <param name="generate">Runs it; reports to what it is given.</param>
    public static DepthToImageResult Observe(
        DepthToImageRequest request, string model, bool tracePrompts, IProgress<GenerationProgress>? progress,
        Func<DepthToImageRequest, IProgress<GenerationProgress>, DepthToImageResult> generate)
    {
        using RequestTelemetry telemetry = new(request, model, tracePrompts, progress);
        try
        {
            // Nobody would see the previews.
            DepthToImageResult result = generate(progress is null && request.Previews ? request with { Previews = false } : request, telemetry);
            telemetry.Complete(result);
            return result;
        }
        catch (Exception e)
        {
            telemetry.Fail(e);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Report(GenerationProgress value)
    {
        long now = Stopwatch.GetTimestamp();
        if (value.Stage != _stage)
        {
            EndStage(now);
            _stage = value.Stage;
            _stageStarted = _stepStarted = now;
            _stageActivity = Depth2ImgTelemetry.Source.StartActivity(NameOf(value.Stage));
        }
        else if (value.Stage == GenerationStage.Denoising && value.Step > _steps)
        {
            _steps = value.Step;
            Depth2ImgTelemetry.Steps.Add(1, new KeyValuePair<string, object?>(Depth2ImgTelemetry.ModelTag, _model));
            Depth2ImgTelemetry.StepSeconds.Record(Stopwatch.GetElapsedTime(_stepStarted, now).TotalSeconds, new KeyValuePair<string, object?>(Depth2ImgTelemetry.ModelTag, _model));
            _stepStarted = now;
        }
        _next?.Report(value);
    }

    /// <summary>Ends the activities and counts the request.</summary>
    public void Dispose()
    {
        EndStage(Stopwatch.GetTimestamp());
        TagList tags = new() { { Depth2ImgTelemetry.ModelTag, _model }, { Depth2ImgTelemetry.OutcomeTag, _outcome } };
        Depth2ImgTelemetry.Requests.Add(1, tags);
        Depth2ImgTelemetry.RequestSeconds.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
        Depth2ImgTelemetry.ActiveRequests.Add(-1);
        _activity?.SetTag(Depth2ImgTelemetry.OutcomeTag, _outcome);
        _activity?.Dispose();
    }

    private void Complete(DepthToImageResult result)
    {
        _outcome = "completed";
        _activity?.SetStatus(ActivityStatusCode.Ok);
        if (_activity is not { IsAllDataRequested: true }) return;
        GenerationSettings settings = result.Settings;
        _activity.SetTag("depth2img.seed", settings.Seed);
        _activity.SetTag("depth2img.steps", settings.Steps);
        _activity.SetTag("depth2img.evaluations", settings.Evaluations);
        _activity.SetTag("depth2img.strength", settings.Strength);
        _activity.SetTag("depth2img.guidance", settings.Guidance);
        _activity.SetTag("depth2img.scheduler", settings.Scheduler);
        _activity.SetTag("depth2img.working_size", settings.WorkingSize);
        _activity.SetTag("depth2img.depth_model", settings.DepthModel);
        _activity.SetTag("depth2img.backend", settings.Backend);
        // How many, not what they say: they quote prompts.
        _activity.SetTag("depth2img.warnings", result.Warnings.Count);
    }

    private void Fail(Exception exception)
    {
        _outcome = exception switch
        {
            OperationCanceledException => "cancelled",
            InvalidRequestException => "refused",
            _ => "failed",
        };
        // The kind of the error and the properties that are wrong; messages may quote prompts and names of files.
        _activity?.SetStatus(ActivityStatusCode.Error);
        _activity?.SetTag("error.type", exception.GetType().FullName);
        if (exception is InvalidRequestException invalid) _activity?.SetTag("depth2img.faults", string.Join(',', invalid.Faults.Select(fault => fault.Property).Distinct()));
    }

    private void EndStage(long now)
    {
        if (_stage is not { } stage) return;
        Depth2ImgTelemetry.StageSeconds.Record(Stopwatch.GetElapsedTime(_stageStarted, now).TotalSeconds, new KeyValuePair<string, object?>(Depth2ImgTelemetry.StageTag, TagOf(stage)));
        _stageActivity?.Dispose();
        _stageActivity = null;
    }

    private static string TagOf(GenerationStage stage) => stage switch
    {
        GenerationStage.Encoding => "encoding",
        GenerationStage.Depth => "depth",
        GenerationStage.Denoising => "denoising",
        _ => "decoding",
    };

    private static string NameOf(GenerationStage stage) => stage switch
    {
        GenerationStage.Encoding => "depth2img.encoding",
        GenerationStage.Depth => "depth2img.depth",
        GenerationStage.Denoising => "depth2img.denoising",
        _ => "depth2img.decoding",
    };
}
