using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Depth2Img.Styles;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>
/// Reads requests of AUTOMATIC1111's API: every field may be missing or null, and numbers may be written as texts; fields that
/// nobody knows are passed over, because its clients send many. What has no effect here is noted for the answer.
/// </summary>
internal sealed class SdapiReader(
    ModelPool models, CheckpointNames checkpoints, ClientOptionsStore clients, StyleLibrary styles, DepthService depths, OperatorDepth operatorDepth, PictureWork work, ServerOptions options)
{
    private const double DefaultStrength = 0.75, DefaultGuidance = 7.0;
    private const int DefaultSteps = 50, DefaultSide = 512, DefaultBlur = 4, LeastSide = 8, MostUnits = 16;

    /// <summary>The API's draws of a seed: below 2^32 - 2.</summary>
    private const long SeedEnd = 4294967294;

    /// <summary>The API's names of this server's own fields.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["image"] = "init_images",
        ["depth"] = "depth_image",
        ["depthModel"] = "depth_model",
        ["depthAdjustment"] = "depth_invert",
        ["negativePrompt"] = "negative_prompt",
        ["strength"] = "denoising_strength",
        ["guidance"] = "cfg_scale",
        ["scheduler"] = "sampler_name",
        ["count"] = "n_iter",
        ["size"] = "working_size",
        ["maxSize"] = "working_size",
        ["inpaint"] = "mask",
    };

    /// <summary>Reads a request.</summary>
    /// <param name="body">Its JSON.</param>
    /// <param name="isImageToImage">Whether it is img2img; else txt2img.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="cancellationToken">The client's connection.</param>
    /// <exception cref="ProblemException">Something is wrong with it.</exception>
    public async Task<SdapiRequest> ReadAsync(JsonObject body, bool isImageToImage, Caller caller, CancellationToken cancellationToken)
    {
        Faults faults = new();
        JsonFields fields = new(body, faults, texts: true);
        List<string> notes = [];
        SamplerChoice sampler = ReadSampler(fields);
        if (sampler.Note is not null) notes.Add(sampler.Note);
        (string model, string format) = ReadSettings(fields, clients.Of(caller.Client), notes);
        (string prompt, string negativePrompt, IReadOnlyList<string> styleNames) = ReadPrompts(fields, notes);
        ControlNetUnit? unit = ReadScripts(fields, notes);
        string? depthModel = fields.Text("depth_model", 300) ?? unit?.DepthModel;
        int batchSize = fields.Whole("batch_size", 1, options.Limits.Count) ?? 1, batches = fields.Whole("n_iter", 1, options.Limits.Count) ?? 1;
        if (batchSize * batches > options.Limits.Count) fields.Add("n_iter", $"batch_size x n_iter is {batchSize * batches}; this server makes at most {options.Limits.Count} pictures a request.");
        int width = fields.Whole("width", LeastSide, options.Limits.Side) ?? DefaultSide, height = fields.Whole("height", LeastSide, options.Limits.Side) ?? DefaultSide;
        if ((long)width * height > options.Limits.Pixels) fields.Add("width", $"width x height is {(long)width * height} pixels; this server takes at most {options.Limits.Pixels}.");
        GenerationParameters parameters = new()
        {
            Model = model,
            Prompt = prompt,
            NegativePrompt = negativePrompt,
            PromptSyntax = PromptSyntax.Weighted,
            LongPrompt = LongPrompt.Chunks,
            RestorePromptMean = true,
            Strength = isImageToImage ? fields.Number("denoising_strength", 0, 1) ?? DefaultStrength : 1,
            Steps = fields.Whole("steps", 1, options.Limits.Steps) ?? DefaultSteps,
            Guidance = fields.Number("cfg_scale", 0, RequestValidator.MaxGuidance) ?? DefaultGuidance,
            Seed = ReadSeed(fields.Peek("seed")),
            Scheduler = sampler.Sampler.Scheduler,
            Karras = sampler.Karras,
            Size = ReadWorkingSize(fields),
            DepthAdjustment = fields.Truth("depth_invert") == true ? DepthAdjustment.None with { Invert = true } : null,
            DepthModel = depthModel,
            Init = isImageToImage ? InitialLatents.Image : InitialLatents.Noise,
            Format = format == ClientOptions.Jpg ? "jpeg" : "png",
        };
        double subseedStrength = fields.Number("subseed_strength") ?? 0;
        if (subseedStrength != 0) notes.Add("subseed_strength has no effect: there are no variations of a seed here.");
        NoteIneffective(fields, isImageToImage, notes);
        SdapiRequest request = new()
        {
            Echo = SdapiEcho.Of(body, isImageToImage),
            Parameters = parameters,
            Inputs = new Dictionary<string, byte[]>(),
            Count = batchSize * batches,
            BatchSize = batchSize,
            Width = width,
            Height = height,
            IsImageToImage = isImageToImage,
            Sampler = sampler,
            Styles = styleNames,
            Subseed = ReadSeed(fields.Peek("subseed")),
            SubseedStrength = subseedStrength,
            SendImages = fields.Truth("send_images") ?? true,
            SaveImages = fields.Truth("save_images") ?? false,
            SendDepth = (fields.Truth("send_depth") ?? false) || unit is { ReturnsMap: true },
            DepthSource = "estimated",
            Notes = notes,
        };
        byte[]? given = fields.File("depth_image"), picture = isImageToImage ? ReadPicture(fields) : null, mask = isImageToImage ? fields.File("mask") : null;
        PictureOptions pictureOptions = ReadPictureOptions(fields, notes);
        faults.ThrowIfAny();

        byte[]? depth = given ?? (unit is { Picture: { } own } ? unit.IsMap ? own : await EstimateAsync(caller, own, model, depthModel, cancellationToken).ConfigureAwait(false) : null);
        return await work.RunAsync(
            () => isImageToImage ? WithPicture(request, picture!, depth, mask, pictureOptions, notes, faults) : WithDepth(request, depth, unit, notes, faults), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A seed as clients write it: -1, nothing, an empty text or no number at all stand for a random one.</summary>
    public static long ReadSeed(JsonNode? seed)
    {
        string text = seed is JsonValue value ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : "";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            bool isWhole = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && real == Math.Floor(real) && Math.Abs(real) < 1e15;
            number = isWhole ? (long)real : -1;
        }
        return number == -1 ? System.Random.Shared.NextInt64(SeedEnd) : number;
    }

    private static SamplerChoice ReadSampler(JsonFields fields)
    {
        string name = fields.Text("sampler_name", 100) ?? fields.Text("sampler_index", 100) ?? SamplerNames.Default;
        string? schedule = null;
        if (fields.Text("scheduler", 100) is { } asked)
        {
            schedule = SamplerNames.FindSchedule(asked);
            if (schedule is null) fields.Add("scheduler", $"There is no schedule '{ShortText.Of(asked)}' here; there is {string.Join(", ", SamplerNames.Schedules.Select(known => known.Label))}.");
        }
        // The very words that clients look for.
        return SamplerNames.Find(name, schedule) ?? throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "Sampler not found", "Sampler not found"));
    }

    private (string Model, string Format) ReadSettings(JsonFields fields, ClientOptions client, List<string> notes)
    {
        string model = client.Model ?? models.Names[0], format = client.SamplesFormat;
        if (fields.Object("override_settings") is { } settings)
        {
            if (settings.Text("sd_model_checkpoint", 300) is { } title)
            {
                if (checkpoints.Find(title) is { } named) model = named;
                else notes.Add($"There is no checkpoint '{ShortText.Of(title)}' here; {model} was used.");
            }
            if (settings.Text("samples_format", 20) is { } asked)
            {
                if (ClientOptions.FindFormat(asked) is { } known) format = known;
                else notes.Add($"Pictures are not written as {ShortText.Of(asked)}; they are {format}.");
            }
        }
        return (model, format);
    }

    private (string Prompt, string NegativePrompt, IReadOnlyList<string> Styles) ReadPrompts(JsonFields fields, List<string> notes)
    {
        int most = options.Limits.PromptCharacters;
        string prompt = fields.Text("prompt", most) ?? "", negative = fields.Text("negative_prompt", most) ?? "";
        List<string> names = [];
        foreach (JsonNode? item in fields.List("styles") ?? [])
        {
            if (names.Count == options.Limits.Count || item is not JsonValue value || value.GetValueKind() != JsonValueKind.String) continue;
            string name = value.GetValue<string>();
            names.Add(name);
            StylePreset? style = styles.Styles.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (style is null)
            {
                if (name is not ("" or "None")) notes.Add($"There is no style '{ShortText.Of(name)}' here.");
                continue;
            }
            (prompt, negative) = (style.ApplyTo(prompt), style.ApplyToNegative(negative));
        }
        if (prompt.Length > 2 * most || negative.Length > 2 * most) fields.Add("styles", $"The prompts with their styles are longer than {2 * most} characters.");
        return (prompt, negative, names);
    }

    private static ControlNetUnit? ReadScripts(JsonFields fields, List<string> notes)
    {
        if (fields.Text("script_name", 200) is { } script && !script.Equals("None", StringComparison.OrdinalIgnoreCase)) fields.Add("script_name", $"Script '{ShortText.Of(script)}' not found; there are none to select here.");
        List<ControlNetUnit> units = [];
        if (fields.Object("alwayson_scripts") is { } scripts)
        {
            foreach (string name in scripts.FieldNames)
            {
                if (!name.Equals(ControlNetUnit.ScriptName, StringComparison.OrdinalIgnoreCase))
                    scripts.Add(ShortText.Of(name), $"Always-on script '{ShortText.Of(name)}' not found; there is {ControlNetUnit.ScriptName}.");
                else if (scripts.Object(name) is { } controlNet) ReadUnits(controlNet.Objects("args", MostUnits));
            }
        }
        ReadUnits(fields.Objects("controlnet_units", MostUnits));
        if (units.Count > 1) notes.Add("Of several ControlNet units the first was followed: a picture has one depth.");
        return units.FirstOrDefault();

        void ReadUnits(IReadOnlyList<JsonFields>? found)
        {
            foreach (JsonFields unit in found ?? [])
            {
                if (ControlNetUnit.Read(unit, notes) is { } read) units.Add(read);
            }
        }
    }

    private static WorkingSize? ReadWorkingSize(JsonFields fields)
    {
        if (fields.Text("working_size", 30) is not { } text) return null;
        if (SizeText.Read(text) is { } size) return new WorkingSize(size.Width, size.Height);
        fields.Add("working_size", $"working_size is '{text}'; WIDTHxHEIGHT is expected, such as 512x384.");
        return null;
    }

    private static byte[] ReadPicture(JsonFields fields)
    {
        // Some clients send one picture instead of a list of one.
        JsonNode? first = fields.Peek("init_images") is JsonArray list ? list.FirstOrDefault() : fields.Peek("init_images");
        if (first is null || (first is JsonValue { } value && value.GetValueKind() == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetValue<string>())))
            throw new ProblemException(new Problem(StatusCodes.Status404NotFound, "Init image not found", "Init image not found"));
        try
        {
            if (first is JsonValue text && text.GetValueKind() == JsonValueKind.String) return Base64Files.Decode(text.GetValue<string>());
            fields.Add("init_images", "init_images holds no text; a picture in base64 is expected.");
        }
        catch (FormatException e)
        {
            fields.Add("init_images", $"Invalid encoded image in init_images: {e.Message}");
        }
        return [];
    }

    private static PictureOptions ReadPictureOptions(JsonFields fields, List<string> notes)
    {
        int mode = fields.Whole("resize_mode", 0, 3) ?? 0;
        if (mode == 3) notes.Add("resize_mode 3 resizes as 0 does: the picture, not its latents.");
        double? blur = fields.Number("mask_blur", 0, InpaintSettings.MaxPixels);
        double blurX = blur ?? fields.Number("mask_blur_x", 0, InpaintSettings.MaxPixels) ?? DefaultBlur, blurY = blur ?? fields.Number("mask_blur_y", 0, InpaintSettings.MaxPixels) ?? DefaultBlur;
        if (blurX != blurY) notes.Add("mask_blur_x and mask_blur_y differ; the larger one blurs in both directions.");
        return new PictureOptions(
            mode switch { 1 => ResizeMode.Crop, 2 => ResizeMode.Fill, _ => ResizeMode.Stretch },
            (int)Math.Round(Math.Max(blurX, blurY)),
            fields.Truth("mask_round") ?? true,
            (fields.Whole("inpainting_fill", 0, 3) ?? 0) switch { 1 => InpaintFill.Original, 2 => InpaintFill.Noise, 3 => InpaintFill.Nothing, _ => InpaintFill.Fill },
            fields.Truth("inpaint_full_res") ?? true,
            fields.Whole("inpaint_full_res_padding", 0, InpaintSettings.MaxPixels) ?? 0,
            fields.Truth("inpainting_mask_invert") ?? false);
    }

    private static void NoteIneffective(JsonFields fields, bool isImageToImage, List<string> notes)
    {
        foreach (string name in (string[])["restore_faces", "tiling", .. isImageToImage ? [] : (string[])["enable_hr"]])
        {
            if (fields.Truth(name) == true) notes.Add($"{name} has no effect here.");
        }
        foreach (string name in (string[])["seed_resize_from_w", "seed_resize_from_h"])
        {
            if (fields.Number(name) > 0) notes.Add($"{name} has no effect here.");
        }
        if (isImageToImage && fields.Peek("init_images") is JsonArray { Count: > 1 }) notes.Add("Of several init_images the first was used.");
    }

    private async Task<byte[]> EstimateAsync(Caller caller, byte[] picture, string model, string? depthModel, CancellationToken cancellationToken)
    {
        Dictionary<string, byte[]> inputs = new() { [GenerationInputs.ImageName] = picture };
        (DepthMap map, _) = await depths.EstimateAsync(caller, model, inputs, depthModel, cancellationToken).ConfigureAwait(false);
        return RequestPictures.Encode(map);
    }

    private SdapiRequest WithPicture(SdapiRequest request, byte[] picture, byte[]? depth, byte[]? maskFile, PictureOptions how, List<string> notes, Faults faults)
    {
        DecodedImage? decoded = RequestPictures.Decode(picture, "init_images", options.Limits, faults);
        DecodedImage? maskDecoded = maskFile is null ? null : RequestPictures.Decode(maskFile, "mask", options.Limits, faults);
        DepthMap? map = depth is null ? null : RequestPictures.DecodeDepth(depth, "depth_image", options.Limits, faults);
        faults.ThrowIfAny();
        Image? mask = maskDecoded is null ? null : RequestPictures.Mask(maskDecoded, how.HardMask);
        if (mask is not null && RequestPictures.IsAll(mask, how.Invert ? byte.MaxValue : (byte)0))
        {
            faults.Add("mask", how.Invert ? "The mask, turned round, is empty: there is nothing to repaint." : "The mask is empty: no pixel of it is white, and white is what is repainted.");
            faults.ThrowIfAny();
        }
        if (mask is not null && RequestPictures.IsAll(mask, how.Invert ? (byte)0 : byte.MaxValue))
        {
            notes.Add("The mask covers the whole picture, which was made anew as without one.");
            mask = null;
        }
        GenerationParameters parameters = request.Parameters;
        // A part that is cut out is worked on at the size that was asked for, and the picture keeps its own.
        bool keepsSize = mask is not null && how.OnlyMasked;
        (int width, int height) = keepsSize ? (decoded!.Width, decoded.Height) : (request.Width, request.Height);
        PictureFit? fit = keepsSize ? null : PictureFit.Of(decoded!.Width, decoded.Height, width, height, how.Mode);
        Dictionary<string, byte[]> inputs = new() { [GenerationInputs.ImageName] = RequestPictures.Picture(picture, decoded!, fit) };
        if (map is not null) inputs[GenerationInputs.DepthName] = RequestPictures.Depth(depth!, map, decoded!, fit);
        if (mask is not null)
        {
            Image placed = fit is null ? mask : PictureFit.Of(mask.Width, mask.Height, width, height, how.Mode).Apply(mask);
            inputs[GenerationInputs.MaskName] = RequestPictures.EncodeMask(placed);
            parameters = parameters with
            {
                Inpaint = new InpaintParameters { Feather = how.Blur, Fill = how.Fill, OnlyMasked = how.OnlyMasked, Padding = how.Padding, Invert = how.Invert },
                Size = parameters.Size ?? (keepsSize ? GenerationPlan.NaturalSize(request.Width, request.Height, models.DefaultsOf(parameters.Model), models.SampleSizeOf(parameters.Model)) : null),
            };
        }
        return request with
        {
            Parameters = parameters,
            Inputs = inputs,
            Width = width,
            Height = height,
            DepthSource = map is null ? "estimated" : "supplied",
            DepthHash = HashOf(depth),
        };
    }

    private SdapiRequest WithDepth(SdapiRequest request, byte[]? depth, ControlNetUnit? unit, List<string> notes, Faults faults)
    {
        if (depth is null && unit is not null) faults.Add("alwayson_scripts", "The ControlNet unit has no image to estimate depth from; txt2img has no other: send the unit an image, or a depth map as 'depth_image'.");
        else if (depth is null && operatorDepth.File is { } set)
        {
            depth = set;
            notes.Add("The request brought no depth; the server's own map was followed.");
        }
        else if (depth is null)
        {
            faults.Add("depth_image", "This model makes pictures from depth, and the request brings none: send a depth map (white is near) as 'depth_image', or a ControlNet unit of depth with an image in 'alwayson_scripts', or a picture to img2img.");
        }
        faults.ThrowIfAny();
        return request with
        {
            Inputs = new Dictionary<string, byte[]> { [GenerationInputs.ImageName] = RequestPictures.Blank(request.Width, request.Height), [GenerationInputs.DepthName] = depth! },
            DepthSource = "supplied",
            DepthHash = HashOf(depth),
        };
    }

    private static string? HashOf(byte[]? file) => file is null ? null : Convert.ToHexStringLower(SHA256.HashData(file))[..10];

    /// <summary>What is done to the picture before the job.</summary>
    private sealed record PictureOptions(ResizeMode Mode, int Blur, bool HardMask, InpaintFill Fill, bool OnlyMasked, int Padding, bool Invert);
}
