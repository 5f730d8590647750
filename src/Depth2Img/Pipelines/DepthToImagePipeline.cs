using System.Globalization;
using System.Reflection;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Depth;
using Depth2Img.Diagnostics;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.Prompts;
using Depth2Img.Random;
using Depth2Img.Schedulers;
using Depth2Img.Styles;

namespace Depth2Img.Pipelines;

/// <summary>
/// Depth-to-image with a checkpoint of Stable Diffusion v2's depth model, or with one of Stable Diffusion 1 or 2 and a
/// depth ControlNet: a picture, a prompt and the picture's depth become a new picture of the same composition. Follows
/// diffusers' StableDiffusionDepth2ImgPipeline or StableDiffusionControlNetImg2ImgPipeline draw for draw, so that a seed
/// gives the same picture.
/// </summary>
/// <remarks>A loaded pipeline is immutable and may serve several requests at a time.</remarks>
public sealed class DepthToImagePipeline : IDisposable
{
    private readonly PipelineNetworks _networks;
    private readonly DepthEstimators _estimators;
    private readonly TaesdDecoder _taesd;
    private readonly IBackend? _ownedBackend;
    private readonly int _wholeDecodeLimit;
    private readonly bool _tracePrompts;

    private DepthToImagePipeline(PipelineNetworks networks, DepthEstimators estimators, TaesdDecoder taesd, IBackend backend, IBackend? ownedBackend, PipelineOptions options)
    {
        _wholeDecodeLimit = options.WholeDecodeLimit;
        _tracePrompts = options.TracePrompts;
        _networks = networks;
        _estimators = estimators;
        _taesd = taesd;
        Backend = backend;
        _ownedBackend = ownedBackend;
    }

    /// <summary>The program's version, as it is written into pictures.</summary>
    public static string Version { get; } = typeof(DepthToImagePipeline).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The settings that the model suits, used where a request has none.</summary>
    public ModelDefaults Defaults => _networks.Defaults;

    /// <summary>What the model is called.</summary>
    public string Name => _networks.Name;

    /// <summary>What runs the networks.</summary>
    public IBackend Backend { get; }

    /// <summary>The most steps a request may have.</summary>
    public int TrainingSteps => _networks.TrainingSteps;

    /// <summary>Sentences about the checkpoint that a person would want to know: tensors that nothing uses, for instance.</summary>
    public IReadOnlyList<string> Notes => _networks.Notes;

    /// <summary>Loads a checkpoint folder.</summary>
    /// <param name="folder">A folder in diffusers' layout, such as <see cref="EmbeddedModels.Demo"/>.</param>
    /// <param name="options">How to load it; null for defaults.</param>
    /// <param name="cancellationToken">Ends the loading within one tensor.</param>
    /// <exception cref="Depth2ImgException">The folder is no checkpoint of this kind, or is damaged.</exception>
    public static Task<DepthToImagePipeline> LoadAsync(string folder, PipelineOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => LoadTelemetry.Observe(() => Load(folder, options ?? new PipelineOptions(), cancellationToken)), cancellationToken);

    /// <summary>Makes pictures.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="progress">Told of every stage and UNet evaluation; null for no reports.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    /// <exception cref="InvalidRequestException">A value of the request is out of its range.</exception>
    /// <exception cref="Depth2ImgException">The model's output is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<DepthToImageResult> GenerateAsync(DepthToImageRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        GenerateAsync(request, progress, () => false, cancellationToken);

    /// <summary>Makes pictures, one after another, for as long as they are wanted: the result has those that were made.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="progress">Told of every stage and UNet evaluation; null for no reports.</param>
    /// <param name="isEnough">Asked after each picture whether there is to be no further one.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    internal Task<DepthToImageResult> GenerateAsync(DepthToImageRequest request, IProgress<GenerationProgress>? progress, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => RequestTelemetry.Observe(request, Name, _tracePrompts, progress, (r, p) => Generate(r, p, isEnough, cancellationToken)), cancellationToken);
    }

    /// <summary>Estimates a picture's depth at the picture's own size.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="depthModel">"checkpoint", "tiefenrausch" or a depth network's folder; null takes the model's default.</param>
    /// <param name="cancellationToken">Ends the work within one op.</param>
    public Task<DepthMap> EstimateDepthAsync(Image image, string? depthModel = null, CancellationToken cancellationToken = default) =>
        Task.Run(() =>
        {
            IDepthEstimator estimator = _estimators.Get(depthModel ?? DefaultDepthModel, cancellationToken);
            DepthMap raw = estimator.Estimate(image.CompositeOn(255, 255, 255), cancellationToken);
            return estimator.ResizeToPicture(raw, image.Width, image.Height);
        }, cancellationToken);

    /// <summary>A raw map at a picture's size, as the estimator that made it would resize it.</summary>
    /// <param name="raw">A result's <see cref="DepthToImageResult.Depth"/>.</param>
    /// <param name="depthModel">The result's <see cref="GenerationSettings.DepthModel"/>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    public DepthMap ResizeDepth(DepthMap raw, string depthModel, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return depthModel is GivenDepthName or NoDepthName ? raw.ResizeSmooth(width, height) : _estimators.Get(depthModel).ResizeToPicture(raw, width, height);
    }

    /// <summary>The networks.</summary>
    internal PipelineNetworks Networks => _networks;

    /// <summary>The autoencoder.</summary>
    internal IAutoencoder Vae => _networks.Vae;

    /// <summary>The model's choice, else its own network. A text-to-image checkpoint has none: there the one that comes with the program follows.</summary>
    internal string DefaultDepthModel => Defaults.DepthModel
        ?? (_networks.HasDepthChannel || _networks.HasDepthNetwork ? DepthEstimators.Checkpoint : EmbeddedModels.TiefenrauschName);

    /// <summary>What settings call a map of the user's own.</summary>
    internal const string GivenDepthName = "given";

    /// <summary>What settings say where depth is not followed.</summary>
    internal const string NoDepthName = "none";

    /// <summary>The depth estimators.</summary>
    internal DepthEstimators Estimators => _estimators;

    /// <summary>Who estimates depth for a request: a depth model, or <see cref="GivenDepthName"/>.</summary>
    internal string DepthModelOf(DepthToImageRequest request) => request.Depth is null ? request.DepthModel ?? DefaultDepthModel : GivenDepthName;

    /// <summary>A request with its defaults filled in, sizes included.</summary>
    internal GenerationPlan Plan(DepthToImageRequest request) => GenerationPlan.Make(request, Defaults, TrainingSteps, _networks.UnetSampleSize);

    /// <summary>Unloads the networks.</summary>
    public void Dispose()
    {
        _networks.Dispose();
        _estimators.Dispose();
        _taesd.Dispose();
        _ownedBackend?.Dispose();
    }

    private static DepthToImagePipeline Load(string folder, PipelineOptions options, CancellationToken cancellationToken)
    {
        IBackend? owned = options.Backend is null ? CpuBackends.Create(null, options.Precision) : null;
        IBackend backend = options.Backend ?? owned!;
        try
        {
            Checkpoint checkpoint = Checkpoint.Open(folder, options.Checkpoint);
            ControlNetCheckpoint? controlNet = options.ControlNet is { } control ? ControlNetCheckpoint.Open(control.Path) : null;
            PipelineNetworks networks = PipelineNetworks.Load(checkpoint, controlNet, backend, options, cancellationToken);
            DepthEstimators estimators = new(checkpoint, options.TiefenrauschFolder, backend, options.LowMemory);
            TaesdDecoder taesd = new(networks.Vae, options.TaesdFolder, backend);
            return new DepthToImagePipeline(networks, estimators, taesd, backend, owned, options);
        }
        catch
        {
            owned?.Dispose();
            throw;
        }
    }

    private DepthToImageResult Generate(DepthToImageRequest request, IProgress<GenerationProgress>? progress, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        DenoisedLatents denoised = Denoise(request, progress, isEnough, cancellationToken);
        GenerationPlan plan = denoised.Plan;
        LatentGeometry geometry = denoised.Geometry;
        List<Image> images = [];
        TiledDecoder? tiles = LatentCodec.TilesFor(_networks.Vae, geometry.Height, geometry.Width, _wholeDecodeLimit);
        using IOps ops = Backend.OpenSession(cancellationToken);
        for (int n = 0; n < geometry.Count; n++)
        {
            progress?.Report(new GenerationProgress(GenerationStage.Decoding, denoised.Evaluations * geometry.Count, denoised.Evaluations * geometry.Count));
            Image worked = LatentCodec.Decode(_networks.Vae, tiles, ops, denoised.Latents.AsSpan(n * geometry.Size, geometry.Size), geometry.Height, geometry.Width);
            Image made = denoised.Inpaint?.Paste(request.Image, worked) ?? plan.WorkingSize.Undo(worked, request.Image.Width, request.Image.Height);
            images.Add(denoised.Layers is { } masks ? plan.Layers!.Restore(plan.Image, made, masks) : made);
        }
        return new DepthToImageResult(images, denoised.Depth, Describe(plan, denoised, tiles?.TilesOf(geometry.Height, geometry.Width)), plan.Warnings) { Layers = denoised.Layers, Mask = denoised.Inpaint?.Mask };
    }

    /// <summary>Everything up to the final latents.</summary>
    internal DenoisedLatents Denoise(DepthToImageRequest request, IProgress<GenerationProgress>? progress, CancellationToken cancellationToken) =>
        Denoise(request, progress, () => false, cancellationToken);

    private DenoisedLatents Denoise(DepthToImageRequest request, IProgress<GenerationProgress>? progress, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ControlNet is not null && _networks.ControlNet is null)
            throw new InvalidRequestException([new RequestFault(nameof(request.ControlNet), "ControlNet settings were given, and no ControlNet is loaded.")]);
        if (!_networks.FollowsDepth && (request.Depth is not null || request.DepthModel is not null || request.DepthAdjustment != DepthAdjustment.None || request.Layers is not null))
            throw new InvalidRequestException([new RequestFault(nameof(request.Depth), $"The request says something of depth, and {Name} runs as plain image-to-image, which follows none.")]);
        request = StyledRequest.FillIn(request);
        GenerationPlan plan = Plan(request);
        IScheduler CreateScheduler() => SchedulerFactory.Create(_networks.Scheduler, request.Scheduler ?? Defaults.Scheduler, request.Karras, plan.Steps);
        IScheduler scheduler = CreateScheduler();
        int begin = (plan.Steps - plan.StepsToRun) * scheduler.Order;
        // What cannot be used is refused before networks are loaded.
        IDepthEstimator? estimator = plan.GivenDepth is null && _networks.FollowsDepth ? _estimators.Get(DepthModelOf(request), cancellationToken) : null;
        int evaluations = plan.StepsToRun == 0 ? 0 : scheduler.Timesteps.Length - begin;
        int total = evaluations * request.Count;
        int done = 0;
        void Report(GenerationStage stage) => progress?.Report(new GenerationProgress(stage, done, total));

        // 1. The prompt.
        Report(GenerationStage.Encoding);
        using IOps ops = Backend.OpenSession(cancellationToken);
        foreach (RegionPlan region in plan.Regions)
        {
            if (region.Settings.Guidance > 1 && region.Settings.CountGuided(evaluations) == 0 && evaluations > 0)
                plan.Warnings.Add($"None of the {evaluations} evaluations lies in the guidance interval {region.Settings.GuidanceInterval}: nothing is guided.");
        }
        PromptProgram[] programs = [.. plan.Regions.Select(region => PromptProgram.Make(region, plan.Prompting, evaluations))];
        plan.Warnings.AddRange(new PromptWarnings(_networks).Find(plan, programs));
        using RegionPrompts prompts = RegionPrompts.Encode(ops, _networks, plan.Regions, programs, plan.Prompting, cancellationToken);

        // 2. Depth, at the size it was estimated or given at, then as the UNet's channel.
        Report(GenerationStage.Depth);
        DepthMap raw = plan.GivenDepth ?? estimator?.Estimate(plan.Image, cancellationToken) ?? DepthMap.None;
        DepthMap depth = request.DepthAdjustment.Apply(raw);
        LayerMasks? layers = plan.Layers?.Cut(plan.Image, () => ToPictureSize(depth, estimator, plan.Image));
        InpaintJob? inpaint = request.Inpaint is null
            ? null
            : InpaintJob.Prepare(request.Inpaint, request.Image, plan.WorkingSize, depth, map => ToPictureSize(map, estimator, request.Image));
        DepthMap workedDepth = inpaint?.DepthOfArea ?? depth;
        float[]? latentDepth = _networks.HasDepthChannel ? ToLatentDepth(workedDepth, plan.WorkingSize) : null;

        // 3. The picture's latents; draws: posterior sample, then noise.
        TorchCpuRandom random = new(plan.Seed);
        LatentGeometry geometry = new(request.Count, _networks.Vae.LatentChannels, plan.WorkingSize.LatentHeight, plan.WorkingSize.LatentWidth);
        Image worked = inpaint?.Worked(plan.Image) ?? plan.WorkingSize.Apply(plan.Image);
        float[] encoded = EncodePicture(worked, random, cancellationToken);
        float[] initial = new float[geometry.Total];
        for (int n = 0; n < geometry.Count; n++) encoded.CopyTo(initial, n * geometry.Size);
        float[] latents = initial;

        // 4. Noise and denoise.
        if (evaluations > 0)
        {
            float[] noise = new float[geometry.Total];
            random.FillNormal(noise);
            latents = Noised(scheduler, request.Init, inpaint?.Filled(initial, geometry, random) ?? initial, noise, begin);
            using LazyNetwork<UNet2DConditionModel>.Loan unet = _networks.Unet.Borrow(cancellationToken);
            using DenoiseRegions regions = PrepareRegions(plan, prompts, unet.Network, workedDepth, evaluations, cancellationToken);
            List<LatentHold> holds = [];
            if (inpaint is not null) holds.Add(new LatentHold(inpaint.KeptLatents(), LatentHold.ToTheEnd));
            if (layers is not null)
            {
                LayerMasks latentLayers = layers.ToLatents(plan.WorkingSize);
                for (int r = 0; r < regions.Count; r++)
                    regions[r] = regions[r] with { Weights = plan.Layers!.WeightsOf(r, latentLayers), Begin = plan.Layers.BeginOf(r, scheduler.Order) };
                holds.AddRange(plan.Layers!.Holds(latentLayers, scheduler.Order, begin));
            }
            bool isIsolated = plan.Layers is { Isolation: > 0 } && regions.Count > 1 && request.Init == InitialLatents.Image;
            LatentPreviewer? previewer = request.Previews && progress is not null
                ? LatentPreviewer.Create(_taesd, Backend, encoded, geometry.Channels, worked, plan.WorkingSize)
                : null;
            Report(GenerationStage.Denoising);
            // Picture by picture, so that one is whole before the next is begun; each draws what it would draw in a batch.
            LatentGeometry one = geometry with { Count = 1 };
            int made = 0;
            for (; made < geometry.Count && (made == 0 || !isEnough()); made++)
            {
                int picture = made;
                float[] own = PartOf(latents), ownNoise = PartOf(noise);
                if (picture > 0) scheduler = CreateScheduler();
                IRandomSource draws = geometry.Count == 1 ? random : new PictureNoise(random.Copy(), geometry.Total, picture * geometry.Size);
                DenoiseLoop loop = new(unet.Network, ops, scheduler, draws)
                {
                    Surroundings = isIsolated ? new(scheduler, encoded, ownNoise, one, begin + (int)Math.Round(plan.Layers!.Isolation * evaluations)) : null,
                };
                loop.Run(own, one, latentDepth, regions, holds.Count == 0 ? null : new(scheduler, encoded, ownNoise, one, holds), begin, (_, timestep, input, prediction) =>
                {
                    done++;
                    GenerationPreview? preview = previewer is null ? null : new(previewer, _networks.CleanLatents.Estimate(input, prediction, timestep), picture);
                    progress?.Report(new GenerationProgress(GenerationStage.Denoising, done, total) { Preview = preview });
                });
                own.CopyTo(latents, picture * geometry.Size);

                float[] PartOf(float[] batch) => batch.AsSpan(picture * geometry.Size, geometry.Size).ToArray();
            }
            geometry = geometry with { Count = made };
        }
        return new DenoisedLatents(plan, geometry, latents, inpaint?.Depth ?? depth, estimator?.Name ?? (plan.GivenDepth is null ? NoDepthName : GivenDepthName), evaluations) { Layers = layers, Inpaint = inpaint };
    }

    /// <summary>The regions with their prompts at the networks, the ControlNet's too if there is one and it steers any evaluation.</summary>
    private DenoiseRegions PrepareRegions(GenerationPlan plan, RegionPrompts prompts, UNet2DConditionModel unet, DepthMap depth, int evaluations, CancellationToken cancellationToken)
    {
        float[]? hint = null;
        if (_networks.ControlNet is not null)
        {
            ControlNetSettings control = plan.ControlNet;
            if (control.CountSteered(evaluations) > 0) hint = DepthHint.Make(depth, plan.WorkingSize);
            else plan.Warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"The ControlNet steers none of the {evaluations} evaluations (weight {control.Weight}, from {control.Start} to {control.End} of the run): depth has no effect."));
        }
        DenoiseRegions regions = [];
        try
        {
            for (int r = 0; r < plan.Regions.Count; r++)
            {
                DenoiseRegion region = new(prompts.ContextsOf(r, unet), plan.Regions[r].Settings);
                regions.Add(region);
                if (hint is not null) regions[r] = region with { Control = prompts.ControlOf(r, _networks.ControlNet!, plan.ControlNet, hint, plan.WorkingSize, cancellationToken) };
            }
            return regions;
        }
        catch
        {
            regions.Dispose();
            throw;
        }
    }

    /// <summary>The picture's latents. A session of its own: its large activations are gone before denoising begins.</summary>
    private float[] EncodePicture(Image worked, TorchCpuRandom random, CancellationToken cancellationToken)
    {
        using IOps ops = Backend.OpenSession(cancellationToken);
        return LatentCodec.Encode(_networks.Vae, ops, worked, random);
    }

    private static float[] Noised(IScheduler scheduler, InitialLatents init, float[] initial, float[] noise, int begin)
    {
        float[] latents = new float[noise.Length];
        if (init == InitialLatents.Noise)
        {
            for (int i = 0; i < latents.Length; i++) latents[i] = noise[i] * scheduler.InitNoiseSigma;
        }
        else
        {
            scheduler.AddNoise(initial, noise, begin, latents);
        }
        return latents;
    }

    /// <summary>A map at the picture's size, as its estimator would resize it; one of the user's own smoothly.</summary>
    private static DepthMap ToPictureSize(DepthMap map, IDepthEstimator? estimator, Image picture) =>
        estimator?.ResizeToPicture(map, picture.Width, picture.Height) ?? map.ResizeSmooth(picture.Width, picture.Height);

    /// <summary>One bicubic resize from the map's own size, then -1 to 1 by its own extent. With a padded picture the map is padded alike, so that it stays in its place.</summary>
    private static float[] ToLatentDepth(DepthMap depth, WorkingSize size)
    {
        DepthMap placed = size.IsPadded ? depth.ResizeTo(size.Width, size.Height).PadEdges(0, 0, size.PaddedWidth - size.Width, size.PaddedHeight - size.Height) : depth;
        return placed.ToLatentDepth(size.LatentWidth, size.LatentHeight);
    }

    private GenerationSettings Describe(GenerationPlan plan, DenoisedLatents denoised, int? decodeTiles) => new()
    {
        Version = Version,
        Prompt = plan.Request.Prompt,
        NegativePrompt = plan.Request.NegativePrompt ?? "",
        Seed = plan.Seed,
        Count = plan.Request.Count,
        Steps = plan.Steps,
        Evaluations = denoised.Evaluations,
        Strength = plan.Strength,
        Guidance = plan.Guidance,
        GuidanceRescale = plan.Regions.All(region => region.Settings.Guidance <= 1) || plan.Request.GuidanceRescale == 0 ? null : plan.Request.GuidanceRescale,
        PromptSyntax = plan.Request.PromptSyntax == PromptSyntax.Plain ? null : plan.Request.PromptSyntax,
        LongPrompt = plan.Request.LongPrompt == LongPrompt.Cut ? null : plan.Request.LongPrompt,
        RestorePromptMean = plan.Request.RestorePromptMean ? true : null,
        Style = plan.Request.Style is { } style && plan.Request.StyleStrength > 0 ? new StyleUse(style.Name, plan.Request.StyleStrength, style.Prompt, style.NegativePrompt) : null,
        GuidanceInterval = plan.Regions.All(region => region.Settings.Guidance <= 1) || plan.Denoising.GuidanceInterval == GuidanceInterval.Whole ? null : plan.Denoising.GuidanceInterval,
        ReuseFeatures = plan.Denoising.ReuseFeatures == 1 ? null : plan.Denoising.ReuseFeatures,
        Scheduler = (plan.Request.Scheduler ?? Defaults.Scheduler) is { } name ? SchedulerNames.Resolve(name) : SchedulerNames.NameOf(_networks.Scheduler),
        Karras = plan.Request.Karras,
        Init = plan.Request.Init,
        Model = Name,
        Adapters = _networks.Adapters is { Count: > 0 } adapters ? adapters : null,
        Embeddings = _networks.Embeddings is { Count: > 0 } embeddings ? embeddings : null,
        DepthModel = denoised.DepthModel,
        ControlNet = _networks.ControlNetName is { } control ? new ControlNetUse(control, plan.ControlNet.Weight, plan.ControlNet.Start, plan.ControlNet.End) : null,
        Layers = denoised.Layers is { } layers ? plan.Layers!.Describe(layers, isolated: plan.Regions.Count > 1 && plan.Request.Init == InitialLatents.Image) : null,
        DepthAdjustment = plan.Request.DepthAdjustment == DepthAdjustment.None ? null : plan.Request.DepthAdjustment,
        Inpaint = denoised.Inpaint?.Use,
        InputSize = $"{plan.Image.Width}x{plan.Image.Height}",
        WorkingSize = plan.WorkingSize.ToString(),
        DecodeTiles = decodeTiles,
        Precision = Backend.Precision,
        Backend = Backend.Description,
    };
}

/// <summary>What denoising came to.</summary>
/// <param name="Plan">The settings in use.</param>
/// <param name="Geometry">The latents' sizes.</param>
/// <param name="Latents">[n,c,h,w], in the UNet's scale.</param>
/// <param name="Depth">The depth map in use, at its own size.</param>
/// <param name="DepthModel">Who made it.</param>
/// <param name="Evaluations">UNet evaluations of each picture.</param>
internal sealed record DenoisedLatents(GenerationPlan Plan, LatentGeometry Geometry, float[] Latents, DepthMap Depth, string DepthModel, int Evaluations)
{
    /// <summary>The masks of the request's layers, at the picture's size; null if it had none.</summary>
    public LayerMasks? Layers { get; init; }
    /// <summary>What is kept of the picture and how; null if all is made anew.</summary>
    public InpaintJob? Inpaint { get; init; }
}
