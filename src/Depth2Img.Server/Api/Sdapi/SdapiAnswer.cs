using System.Globalization;
using System.Text.Json.Nodes;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>The answer to a request of AUTOMATIC1111's API: pictures in bare base64, the request's echo, and all that is known of them as JSON in a text.</summary>
internal sealed class SdapiAnswer
{
    private readonly SdapiRequest _request;
    private readonly IReadOnlyList<AttendedPicture> _pictures;
    private readonly CheckpointNames _checkpoints;
    private readonly GenerationSettings? _settings;
    private readonly DateTimeOffset _time;
    private readonly List<string> _infoTexts;

    /// <summary>Puts an answer together.</summary>
    /// <param name="request">The request.</param>
    /// <param name="pictures">What was made.</param>
    /// <param name="checkpoints">The models' names.</param>
    /// <param name="time">When the job was begun.</param>
    public SdapiAnswer(SdapiRequest request, IReadOnlyList<AttendedPicture> pictures, CheckpointNames checkpoints, DateTimeOffset time)
    {
        (_request, _pictures, _checkpoints, _time) = (request, pictures, checkpoints, time);
        _settings = pictures.Select(picture => picture.Result?.Settings).FirstOrDefault(settings => settings is not null);
        _infoTexts = [.. pictures.Select(picture => InfoText.Write(Parameters.Prompt, Parameters.NegativePrompt ?? "", Pairs(picture)))];
    }

    private GenerationParameters Parameters => _request.Parameters;

    private string Model => Parameters.Model;

    /// <summary>The answer's body.</summary>
    public string ToJson() => new JsonObject
    {
        ["images"] = new JsonArray([.. Images()]),
        ["parameters"] = _request.Echo.DeepClone(),
        ["info"] = Info().ToJsonString(ServerJson.Options),
    }.ToJsonString(ServerJson.Options);

    private IEnumerable<JsonNode> Images()
    {
        if (!_request.SendImages) yield break;
        for (int n = 0; n < _pictures.Count; n++)
        {
            byte[] file = Parameters.Format == "png" ? PngTexts.Replace(_pictures[n].File, GenerationSettings.ParametersKey, _infoTexts[n]) : _pictures[n].File;
            yield return Convert.ToBase64String(file);
        }
        // Last, where clients look for what is no picture of the batch.
        if (_request.SendDepth && _pictures.LastOrDefault(picture => picture.Depth is not null) is { Depth: { } depth }) yield return Convert.ToBase64String(depth);
    }

    private JsonObject Info()
    {
        int count = _pictures.Count;
        long seed = Parameters.Seed;
        return new JsonObject
        {
            ["prompt"] = Parameters.Prompt,
            ["all_prompts"] = Repeat(Parameters.Prompt, count),
            ["negative_prompt"] = Parameters.NegativePrompt,
            ["all_negative_prompts"] = Repeat(Parameters.NegativePrompt ?? "", count),
            ["seed"] = seed,
            ["all_seeds"] = new JsonArray([.. _pictures.Select(picture => (JsonNode)picture.Seed)]),
            ["subseed"] = _request.Subseed,
            ["all_subseeds"] = new JsonArray([.. _pictures.Select(picture => (JsonNode)unchecked(_request.Subseed + (picture.Seed - seed)))]),
            ["subseed_strength"] = _request.SubseedStrength,
            ["width"] = _request.Width,
            ["height"] = _request.Height,
            ["sampler_name"] = _request.Sampler.Sampler.Name,
            ["cfg_scale"] = Parameters.Guidance,
            ["steps"] = Parameters.Steps,
            ["batch_size"] = _request.BatchSize,
            ["restore_faces"] = false,
            ["face_restoration_model"] = null,
            ["sd_model_name"] = Model,
            ["sd_model_hash"] = _checkpoints.HashOf(Model),
            ["sd_vae_name"] = null,
            ["sd_vae_hash"] = null,
            ["seed_resize_from_w"] = -1,
            ["seed_resize_from_h"] = -1,
            ["denoising_strength"] = _request.IsImageToImage ? Parameters.Strength : null,
            ["extra_generation_params"] = new JsonObject(Extras().Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToString(pair.Value, CultureInfo.InvariantCulture)))),
            ["index_of_first_image"] = 0,
            ["infotexts"] = new JsonArray([.. _infoTexts.Select(text => (JsonNode)text)]),
            ["styles"] = new JsonArray([.. _request.Styles.Select(style => (JsonNode)style)]),
            ["job_timestamp"] = _time.ToLocalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
            ["clip_skip"] = 1,
            ["is_using_inpainting_conditioning"] = false,
            ["version"] = VersionText,
            // This server's own: what was done otherwise than it was asked for.
            ["warnings"] = new JsonArray([.. _request.Notes.Concat(_pictures.SelectMany(picture => picture.Result?.Warnings ?? [])).Distinct().Select(warning => (JsonNode)warning)]),
        };
    }

    private static string VersionText => $"depth2img {DepthToImagePipeline.Version}";

    private IEnumerable<KeyValuePair<string, object?>> Pairs(AttendedPicture picture) =>
    [
        new("Steps", Parameters.Steps),
        new("Sampler", _request.Sampler.Sampler.Name),
        new("Schedule type", _request.Sampler.Schedule),
        new("CFG scale", Parameters.Guidance),
        new("Seed", picture.Seed),
        new("Size", $"{_request.Width}x{_request.Height}"),
        new("Model hash", _checkpoints.HashOf(Model)),
        new("Model", Model),
        new("Denoising strength", _request.IsImageToImage ? Parameters.Strength : null),
        new("RNG", "CPU"),
        .. Extras(),
        new("Interrupted", picture.Result is null ? "yes" : null),
        new("Version", VersionText),
    ];

    private IEnumerable<KeyValuePair<string, object?>> Extras()
    {
        if (Parameters.Inpaint is { } inpaint)
        {
            yield return new("Mask blur", inpaint.Feather);
            yield return new("Mask mode", inpaint.Invert ? "Inpaint not masked" : null);
            yield return new("Inpaint area", inpaint.OnlyMasked ? "Only masked" : "Whole picture");
            yield return new("Masked area padding", inpaint.OnlyMasked ? inpaint.Padding : null);
            yield return new("Masked content", inpaint.Fill switch { InpaintFill.Fill => "fill", InpaintFill.Noise => "latent noise", InpaintFill.Nothing => "latent nothing", _ => "original" });
        }
        yield return new("Depth model", _settings?.DepthModel is { } name && name != DepthToImagePipeline.GivenDepthName ? name : null);
        yield return new("Depth source", _request.DepthSource);
        yield return new("Depth hash", _request.DepthHash);
        yield return new("Depth invert", Parameters.DepthAdjustment is { Invert: true } ? "True" : null);
        yield return new("Working size", _settings?.WorkingSize is { } size && size != $"{_request.Width}x{_request.Height}" ? size : null);
    }

    private static JsonArray Repeat(string text, int count) => new([.. Enumerable.Repeat(text, count).Select(one => (JsonNode)one)]);
}
