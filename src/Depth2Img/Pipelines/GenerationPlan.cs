using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Prompts;

namespace Depth2Img.Pipelines;

/// <summary>A request with the model's defaults filled in, checked, and its sizes decided.</summary>
internal sealed class GenerationPlan
{
    /// <summary>The longest side when neither request nor model says one: enough for 512, and 12 latents a UNet sample otherwise.</summary>
    private const int SmallestMaxSize = 384;
    private const int MaxSizePerSample = 12;

    /// <summary>Said of a flat map of the user's own.</summary>
    internal const string FlatDepthWarning = "The depth map is all one value: there is no depth to follow.";

    private GenerationPlan(DepthToImageRequest request, Image image, ModelDefaults defaults)
    {
        Request = request;
        Image = image;
        Strength = request.Strength ?? defaults.Strength;
        Steps = request.Steps ?? defaults.Steps;
        Guidance = request.Guidance ?? defaults.Guidance;
        Denoising = new DenoiseSettings(
            (float)Guidance,
            request.GuidanceInterval ?? (request.Fast ? FastPreset.GuidanceInterval : GuidanceInterval.Whole),
            request.ReuseFeatures ?? (request.Fast ? FastPreset.ReuseFeatures : 1))
        {
            GuidanceRescale = (float)request.GuidanceRescale,
        };
        Prompting = new Prompting(new PromptOptions(request.PromptSyntax, request.LongPrompt, request.RestorePromptMean), request.Style, request.StyleStrength);
        RegionPlan whole = new(request.Prompt, request.NegativePrompt ?? "", Denoising);
        Layers = request.Layers is { } layers ? LayerRun.Make(layers, whole, Strength, Guidance, Steps, strength => StepsOf(Steps, strength)) : null;
        Regions = Layers?.Regions ?? [whole];
        Seed = request.Seed ?? System.Random.Shared.NextInt64(1L << 32);
    }

    public DepthToImageRequest Request { get; }

    /// <summary>The opaque picture.</summary>
    public Image Image { get; }

    public double Strength { get; }

    public int Steps { get; }

    public double Guidance { get; }

    /// <summary>What the denoising loop is told.</summary>
    public DenoiseSettings Denoising { get; }

    /// <summary>The parts of the picture that have prompts of their own; usually one, the whole.</summary>
    public IReadOnlyList<RegionPlan> Regions { get; }

    /// <summary>What is done to all regions' prompts.</summary>
    public Prompting Prompting { get; }
    /// <summary>The request's layers; null if it has none.</summary>
    public LayerRun? Layers { get; }

    /// <summary>How much a ControlNet steers, if there is one.</summary>
    public ControlNetSettings ControlNet => Request.ControlNet ?? ControlNetSettings.Whole;

    public long Seed { get; }

    public WorkingSize WorkingSize { get; private init; }

    /// <summary>The depth map in use: the user's, fitted to the picture's aspect; null to estimate one.</summary>
    public DepthMap? GivenDepth { get; private init; }

    public List<string> Warnings { get; } = [];

    /// <summary>Steps that strength leaves: at least one, unless strength is 0.</summary>
    public int StepsToRun { get; private init; }

    /// <summary>Checks a request and fills it in.</summary>
    /// <exception cref="InvalidRequestException">Something is out of range.</exception>
    public static GenerationPlan Make(DepthToImageRequest request, ModelDefaults defaults, int trainingSteps, int unetSampleSize)
    {
        List<RequestFault> faults = [.. RequestValidator.Validate(request, trainingSteps)];
        double strength = request.Strength ?? defaults.Strength;
        if (request.Layers is { } layers && faults.Count == 0) strength = layers.LargestStrength(strength);
        if (request.Init == InitialLatents.Noise && strength != 1)
            faults.Add(new RequestFault(nameof(request.Init), $"Init is noise, which needs strength 1.0, and strength is {strength}."));
        faults.AddRange((request.Inpaint?.Faults(request.Image) ?? []).Select(fault => new RequestFault(nameof(request.Inpaint), fault)));
        if (request.Init == InitialLatents.Noise && request.Inpaint is { Fill: not Inpainting.InpaintFill.Original })
            faults.Add(new RequestFault(nameof(request.Inpaint), $"Fill is {request.Inpaint.Fill}, and Init is noise, which leaves nothing of what the mask is filled with; one of them must be left away."));
        if (faults.Count > 0) throw new InvalidRequestException(faults);

        Image image = request.Image.CompositeOn(255, 255, 255);
        List<string> warnings = [];
        DepthMap? depth = FitDepth(request.Depth, image, warnings);
        GenerationPlan plan = new(request, image, defaults)
        {
            WorkingSize = ChooseSize(request, defaults, unetSampleSize, warnings),
            GivenDepth = depth,
            StepsToRun = CountSteps(request.Steps ?? defaults.Steps, strength, warnings),
        };
        plan.Warnings.AddRange(warnings);
        if (request.Inpaint?.Mask is { } mask && (mask.Width != image.Width || mask.Height != image.Height))
            plan.Warnings.Add($"The mask is {mask.Width}x{mask.Height} and was scaled to the picture's {image.Width}x{image.Height}.");
        if (request.Fast) plan.Warnings.Add(FastPreset.Explain(plan.Denoising));
        return plan;
    }

    private static WorkingSize ChooseSize(DepthToImageRequest request, ModelDefaults defaults, int unetSampleSize, List<string> warnings)
    {
        int width = request.Image.Width, height = request.Image.Height;
        if (request.Size is { } size)
        {
            WorkingSize natural = WorkingSize.WithLongerSide(width, height, Math.Max(size.Width, size.Height));
            // Of a part that is cut out for the working size, the aspect is that size's.
            if (request.Inpaint is not { OnlyMasked: true } && (Math.Abs(natural.Width - size.Width) > 8 || Math.Abs(natural.Height - size.Height) > 8))
                warnings.Add($"The working size {size} has another aspect than the {width}x{height} picture, which is stretched to it and back; {natural} would keep the aspect.");
            return size;
        }
        return request.MaxSize is { } maximum ? WorkingSize.AtMost(width, height, maximum) : NaturalSize(width, height, defaults, unetSampleSize);
    }

    /// <summary>The size that a model works at where a request says nothing of it.</summary>
    /// <param name="width">The picture's columns.</param>
    /// <param name="height">The picture's rows.</param>
    /// <param name="defaults">The model's.</param>
    /// <param name="unetSampleSize">The side of the latents that its UNet was made for.</param>
    internal static WorkingSize NaturalSize(int width, int height, ModelDefaults defaults, int unetSampleSize)
    {
        if (defaults.Size is { } side) return WorkingSize.WithLongerSide(width, height, side);
        return WorkingSize.AtMost(width, height, MaxSizeFor(unetSampleSize));
    }

    /// <summary>The longest side that is worked at where neither request nor model says one.</summary>
    internal static int MaxSizeFor(int unetSampleSize) => Math.Max(SmallestMaxSize, MaxSizePerSample * unetSampleSize);

    private static int CountSteps(int steps, double strength, List<string> warnings)
    {
        if (strength == 0)
        {
            warnings.Add("Strength is 0: the picture is only encoded and decoded, and prompt and depth have no effect.");
            return 0;
        }
        if (steps * strength < 1) warnings.Add($"Strength {strength} of {steps} steps is less than one step; one is run.");
        return StepsOf(steps, strength);
    }

    private static int StepsOf(int steps, double strength) => strength == 0 ? 0 : Math.Clamp((int)(steps * strength), 1, steps);

    private static DepthMap? FitDepth(DepthMap? map, Image image, List<string> warnings)
    {
        if (map is null) return null;
        DepthFit fit = map.CropToAspect(image.Width, image.Height);
        if (fit.Warning is not null) warnings.Add(fit.Warning);
        if (fit.Map.IsFlat) warnings.Add(FlatDepthWarning);
        return fit.Map;
    }
}
