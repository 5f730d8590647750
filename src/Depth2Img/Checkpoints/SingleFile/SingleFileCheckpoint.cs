using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Models;
using Depth2Img.Models.Ldm;
using Depth2Img.Prompts;
using Depth2Img.Prompts.Clip;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints.SingleFile;

/// <summary>
/// A checkpoint of Stable Diffusion 1 or 2 in one file (the layout of Stability's and CompVis' releases), with or without the
/// depth network. The family is told by keys and shapes; a .yaml of the same name beside it is obeyed.
/// </summary>
public sealed class SingleFileCheckpoint : Checkpoint
{
    private const int DepthChannels = 5, UpscalerChannels = 7, Pix2PixChannels = 8, InpaintingChannels = 9;

    /// <summary>The text encoder's width in Stable Diffusion 2, of which there are models of both prediction types.</summary>
    private const int Sd2TextWidth = 1024;

    /// <summary>Layers of its text encoder that are run, of the 24 that files hold.</summary>
    private const int Sd2TextLayers = 23;

    /// <summary>Beside the networks a training checkpoint holds its noise schedule and averages.</summary>
    private static readonly HashSet<string> OfNoUse =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1",
        "posterior_mean_coef2", "scale_factor", "logvar",
    ];

    private readonly Dictionary<string, Network> _networks;
    private readonly LdmSettings _settings;
    private readonly string? _predictionType;
    private readonly bool _isOpenClip;

    private SingleFileCheckpoint(string path, IWeightSource file, LdmSettings settings, CheckpointOptions options) : base(path, ModelDefaults.ReadBeside(path))
    {
        SingleFileKind.RequireCheckpoint(file.Names, path);
        _settings = settings;
        List<string> unknown = [];
        LdmConfigs configs = new(file, settings);
        IReadOnlyCollection<string> names = file.Names;

        LdmKeyMap unet = LdmUnetKeys.Map(names, LdmUnetKeys.Prefix, unknown);
        int channels = InChannelsOf(unet, file);
        int? width = configs.ContextWidth(unet);
        _predictionType = PredictionTypeOf(file, options, channels, width);
        _networks = new()
        {
            ["unet"] = new Network("UNet2DConditionModel", unet, configs.Unet(unet, _predictionType == "v_prediction" ? 96 : 64)),
        };
        if (options.UseEma) _networks["unet"] = _networks["unet"] with { Keys = Averaged(unet, names) };

        string? vaePrefix = LdmVaeKeys.Prefixes.FirstOrDefault(prefix => names.Any(n => n.StartsWith(prefix + "decoder.", StringComparison.Ordinal)))
            ?? throw new Depth2ImgException($"'{path}' has no autoencoder: none of its tensors begins with {LdmVaeKeys.Prefixes[0]}.");
        LdmKeyMap vae = LdmVaeKeys.Map(names, vaePrefix, unknown);
        _networks.Add("vae", new Network("AutoencoderKL", vae, configs.Vae(vae)));

        int layers = OpenClipKeys.CountLayers(names);
        _isOpenClip = layers > 0;
        LdmKeyMap text = _isOpenClip ? OpenClipKeys.Map(names, TextLayers(layers), unknown) : ClipKeys.Map(names);
        if (text.IsEmpty)
            throw new Depth2ImgException($"'{path}' has no text encoder: none of its tensors begins with {OpenClipKeys.Prefix} or {ClipKeys.Prefix}.");
        _networks.Add("text_encoder", new Network("CLIPTextModel", text, configs.Text(text, _isOpenClip)));

        LdmKeyMap depth = names.Any(n => n.StartsWith(MidasKeys.Prefix, StringComparison.Ordinal)) ? MidasKeys.Map(names, MidasKeys.Prefix, unknown) : new LdmKeyMap();
        if (!depth.IsEmpty) _networks.Add("depth_estimator", new Network("DPTForDepthEstimation", depth, configs.Depth(depth)));

        unknown.AddRange(names.Where(IsOutsideNetworks));
        if (unknown.Count > 0)
            Notes = [$"The checkpoint holds {unknown.Count} {(unknown.Count == 1 ? "tensor" : "tensors")} that nothing uses, such as {unknown[0]}."];

        bool IsOutsideNetworks(string name) =>
            !OfNoUse.Contains(name)
            && !((string[])[LdmUnetKeys.Prefix, vaePrefix, OpenClipKeys.Prefix, ClipKeys.Prefix, MidasKeys.Prefix, "model_ema."]).Any(p => name.StartsWith(p, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public override string Name => Defaults.Name ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes { get; } = [];

    /// <inheritdoc/>
    public override string PipelineClass => _networks["unet"].Config["in_channels"]!.GetValue<int>() switch
    {
        DepthChannels => "StableDiffusionDepth2ImgPipeline",
        UpscalerChannels => "StableDiffusionUpscalePipeline",
        Pix2PixChannels => "StableDiffusionInstructPix2PixPipeline",
        InpaintingChannels => "StableDiffusionInpaintPipeline",
        _ => "StableDiffusionPipeline",
    };

    /// <inheritdoc/>
    public override IReadOnlyCollection<CheckpointComponent> Components =>
    [
        .. _networks.Select(n => new CheckpointComponent(n.Key, n.Key is "unet" or "vae" ? "diffusers" : "transformers", n.Value.ClassName)),
        new CheckpointComponent("tokenizer", "transformers", "CLIPTokenizer"),
        new CheckpointComponent("scheduler", "diffusers", "PNDMScheduler"),
        .. Has("depth_estimator") ? (CheckpointComponent[])[new("feature_extractor", "transformers", "DPTImageProcessor")] : [],
    ];

    /// <summary>Opens a file and finds out what it holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not tell.</param>
    /// <exception cref="Depth2ImgException">It is no checkpoint of Stable Diffusion 1 or 2, or a part of it is missing; the message says what it is.</exception>
    public static new SingleFileCheckpoint Open(string path, CheckpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LdmSettings settings = LdmYaml.FindBeside(path) is { } yaml ? LdmYaml.Read(yaml) : new LdmSettings();
        using IWeightFile file = WeightFiles.Open(path);
        return new SingleFileCheckpoint(path, file, settings, options);
    }

    /// <inheritdoc/>
    public override bool Has(string component) => _networks.ContainsKey(component) || component is "tokenizer" or "scheduler" || (component == "feature_extractor" && _networks.ContainsKey("depth_estimator"));

    /// <inheritdoc/>
    public override JsonConfig OpenConfig(string component) => JsonConfig.Parse(Find(component).Config.ToJsonString(), $"{Path}, {component}");

    /// <inheritdoc/>
    public override IWeightSource OpenWeights(string component) => Find(component).Keys.Open(WeightFiles.Open(Path));

    /// <inheritdoc/>
    public override SchedulerConfig OpenScheduler() => SchedulerConfig.Parse(SchedulerJson().ToJsonString(), $"{Path}, scheduler");

    /// <inheritdoc/>
    public override ClipTokenizer LoadTokenizer()
    {
        int rows = Find("text_encoder").Config["vocab_size"]!.GetValue<int>();
        return rows == PublishedVocabulary.Count
            ? ClipTokenizer.CreatePublished(padWithEnd: !_isOpenClip)
            : throw new Depth2ImgException($"The text encoder of '{Path}' knows {rows} tokens and CLIP's vocabulary has {PublishedVocabulary.Count}: a checkpoint with words of its own is needed as a folder, with its tokenizer.");
    }

    /// <inheritdoc/>
    internal override DptPreprocessorConfig OpenPreprocessor() => DptPreprocessorConfig.Parse(Encoding.UTF8.GetBytes(PreprocessorJson().ToJsonString()), $"{Path}, feature_extractor");

    /// <summary>As in the folder of Stable Diffusion 2's depth model: squashed to a square, bilinear.</summary>
    private JsonObject PreprocessorJson()
    {
        int side = Find("depth_estimator").Config["image_size"]!.GetValue<int>();
        return new JsonObject
        {
            ["image_processor_type"] = "DPTImageProcessor",
            ["do_resize"] = true,
            ["size"] = new JsonObject { ["height"] = side, ["width"] = side },
            ["keep_aspect_ratio"] = false,
            ["ensure_multiple_of"] = 1,
            ["resample"] = 2,
            ["do_rescale"] = true,
            ["rescale_factor"] = 1 / 255.0,
            ["do_normalize"] = true,
            ["image_mean"] = new JsonArray(0.5, 0.5, 0.5),
            ["image_std"] = new JsonArray(0.5, 0.5, 0.5),
        };
    }

    private JsonObject SchedulerJson() => new()
    {
        ["_class_name"] = "PNDMScheduler",
        ["beta_schedule"] = "scaled_linear",
        ["beta_start"] = _settings.LinearStart ?? 0.00085,
        ["beta_end"] = _settings.LinearEnd ?? 0.012,
        ["num_train_timesteps"] = _settings.Timesteps ?? 1000,
        ["clip_sample"] = false,
        ["set_alpha_to_one"] = false,
        ["skip_prk_steps"] = true,
        ["steps_offset"] = 1,
        ["trained_betas"] = null,
        ["prediction_type"] = _predictionType
            ?? throw new Depth2ImgException($"'{Path}' does not tell whether its UNet predicts noise or velocity: give --prediction-type epsilon (Stable Diffusion 2 for 512 pixels) or v (for 768), or put its .yaml beside it."),
    };

    private Network Find(string component) => _networks.TryGetValue(component, out Network? network)
        ? network
        : throw new Depth2ImgException($"'{Path}' has no {component}; it has {string.Join(", ", _networks.Keys)}.");

    private int InChannelsOf(LdmKeyMap unet, IWeightSource file)
    {
        if (!unet.Keys.TryGetValue("conv_in.weight", out LdmKey key) || file[key.Name].Dimensions is not [_, int channels, _, _])
            throw new Depth2ImgException($"'{Path}' is no whole checkpoint: {LdmUnetKeys.Prefix}input_blocks.0.0.weight [out, in, 3, 3] is missing.");
        if (_settings.InChannels is int told && told != channels)
            throw new Depth2ImgException($"The .yaml beside '{Path}' says that its UNet takes {told} channels, and it takes {channels}: the two do not belong together.");
        return channels;
    }

    private int TextLayers(int layers)
    {
        if (_settings.UsesLastTextLayer == true) return layers;
        // Files that were made from diffusers' folders lack the last layer already.
        return layers == Sd2TextLayers ? layers : Math.Max(1, layers - 1);
    }

    private string? PredictionTypeOf(IWeightSource file, CheckpointOptions options, int channels, int? width)
    {
        if (options.PredictionType is { } asked) return PredictionTypes.NameOf(asked);
        if (_settings.PredictionType is { } told) return told;
        if ((file as SafetensorsFile)?.Metadata.GetValueOrDefault("modelspec.prediction_type") is { } header)
        {
            if (header is "v" or "v_prediction") return "v_prediction";
            if (header is "epsilon" or "eps") return "epsilon";
        }
        if (channels == UpscalerChannels) return "v_prediction";
        return channels is DepthChannels or InpaintingChannels || width != Sd2TextWidth ? "epsilon" : null;
    }

    /// <summary>Averages go by the UNet's keys without the first segment and without dots.</summary>
    private LdmKeyMap Averaged(LdmKeyMap unet, IReadOnlyCollection<string> names)
    {
        LdmKeyMap averaged = unet.Renamed(key => "model_ema." + key["model.".Length..].Replace(".", "", StringComparison.Ordinal));
        int missing = averaged.Keys.Values.Count(key => !names.Contains(key.Name));
        return missing == 0
            ? averaged
            : throw new Depth2ImgException(string.Create(CultureInfo.InvariantCulture, $"'{Path}' has no averaged weights for {missing} of the UNet's {averaged.Keys.Count} tensors (model_ema.*); use the plain ones."));
    }

    /// <summary>A network in the file.</summary>
    private sealed record Network(string ClassName, LdmKeyMap Keys, JsonObject Config);
}
