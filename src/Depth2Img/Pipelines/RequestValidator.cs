using Depth2Img.Layers;
using Depth2Img.Schedulers;
using Depth2Img.Styles;

namespace Depth2Img.Pipelines;

/// <summary>The ranges that a request's values must lie in.</summary>
internal static class RequestValidator
{
    public const int MaxCount = 64;
    public const double MaxGuidance = 100;
    public const int MaxReuseFeatures = 10;
    public const double MaxControlNetWeight = 2;
    public const int MinSide = 8;
    public const int MaxSide = 4096;

    /// <summary>Finds everything that is wrong with a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="trainingSteps">The most steps that the model's schedule can be cut into.</param>
    public static IReadOnlyList<RequestFault> Validate(DepthToImageRequest request, int trainingSteps)
    {
        List<RequestFault> faults = [];
        void Check(bool holds, string property, string message)
        {
            if (!holds) faults.Add(new RequestFault(property, message));
        }

        Check(request.Strength is null or (>= 0 and <= 1), nameof(request.Strength), $"Strength is {request.Strength}; it must be from 0 to 1.");
        Check(request.Steps is null || (request.Steps >= 1 && request.Steps <= trainingSteps), nameof(request.Steps),
            $"Steps is {request.Steps}; it must be from 1 to {trainingSteps}, the model's training steps.");
        Check(request.Guidance is null or (>= 0 and <= MaxGuidance), nameof(request.Guidance), $"Guidance is {request.Guidance}; it must be from 0 to {MaxGuidance}.");
        Check(request.GuidanceInterval is not { IsValid: false }, nameof(request.GuidanceInterval),
            $"GuidanceInterval is {request.GuidanceInterval}; it must begin at 0 or later, and end after its beginning and at 1 or before.");
        Check(request.GuidanceRescale is >= 0 and <= 1, nameof(request.GuidanceRescale), $"GuidanceRescale is {request.GuidanceRescale}; it must be from 0 (off) to 1.");
        Check(request.StyleStrength is >= 0 and <= 1, nameof(request.StyleStrength), $"StyleStrength is {request.StyleStrength}; it must be from 0 (plain) to 1 (styled).");
        Check(request.Style is null || request.Style.Prompt.Contains(StylePreset.Placeholder, StringComparison.Ordinal), nameof(request.Style),
            $"Style.Prompt is '{request.Style?.Prompt}'; {StylePreset.Placeholder} must stand where the request's prompt goes.");
        Check(Enum.IsDefined(request.PromptSyntax), nameof(request.PromptSyntax), $"PromptSyntax is {request.PromptSyntax}; it must be Plain or Weighted.");
        Check(Enum.IsDefined(request.LongPrompt), nameof(request.LongPrompt), $"LongPrompt is {request.LongPrompt}; it must be Cut or Chunks.");
        Check(request.ReuseFeatures is null or (>= 1 and <= MaxReuseFeatures), nameof(request.ReuseFeatures),
            $"ReuseFeatures is {request.ReuseFeatures}; it must be from 1 (never) to {MaxReuseFeatures} evaluations.");
        if (request.ControlNet is { } control)
        {
            Check(control.Weight is >= 0 and <= MaxControlNetWeight, nameof(request.ControlNet), $"ControlNet.Weight is {control.Weight}; it must be from 0 to {MaxControlNetWeight}.");
            Check(control.Start >= 0 && control.Start < control.End && control.End <= 1, nameof(request.ControlNet),
                $"ControlNet steers from {control.Start} to {control.End} of the run; it must begin at 0 or later, and end after its beginning and at 1 or before.");
        }
        Check(request.Style is not null || request.StyleStrength is not (>= 0 and < 1), nameof(request.StyleStrength), $"StyleStrength is {request.StyleStrength}, and no style is given.");
        Check(!request.RestorePromptMean || request.PromptSyntax == Prompts.PromptSyntax.Weighted, nameof(request.RestorePromptMean), "RestorePromptMean is for weighted prompts, and PromptSyntax is plain, which has no weights.");
        Check(request.Inpaint is null || request.Layers is null, nameof(request.Inpaint),
            "Inpaint and Layers are both given; give one of them. A layer that is kept, cut by a mask, keeps a part of the picture too.");
        Check(request.Count is >= 1 and <= MaxCount, nameof(request.Count), $"Count is {request.Count}; it must be from 1 to {MaxCount}.");
        Check(request.MaxSize is null or (>= MinSide and <= MaxSide), nameof(request.MaxSize), $"MaxSize is {request.MaxSize}; it must be from {MinSide} to {MaxSide} pixels.");
        if (request.Size is { } size)
        {
            Check(size.Width is >= MinSide and <= MaxSide && size.Height is >= MinSide and <= MaxSide, nameof(request.Size),
                $"Size is {size}; both sides must be from {MinSide} to {MaxSide} pixels.");
            Check(request.MaxSize is null, nameof(request.MaxSize), "Size and MaxSize are both given; only one of them can decide the working size.");
        }
        if (request.Layers is { } layers && LayerValidator.FaultOf(layers, request.Image) is { } layerFault) faults.Add(new RequestFault(nameof(request.Layers), layerFault));
        try
        {
            if (request.Scheduler is not null) SchedulerNames.Resolve(request.Scheduler);
        }
        catch (Depth2ImgException e)
        {
            faults.Add(new RequestFault(nameof(request.Scheduler), e.Message));
        }
        try
        {
            request.DepthAdjustment.Validate();
        }
        catch (Depth2ImgException e)
        {
            faults.Add(new RequestFault(nameof(request.DepthAdjustment), e.Message));
        }
        return faults;
    }
}
