using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Server.Api.Attended;
using Depth2Img.Server.Api.Sdapi;
using Depth2Img.Server.Api.V1;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Http;

namespace Depth2Img.Server.Api.OpenAi;

/// <summary>
/// Reads requests of OpenAI's image API. Scalars may be texts, as in forms; fields that nobody knows are passed over. Beside the
/// API's own there are <c>depth</c>, <c>strength</c>, <c>steps</c>, <c>seed</c> and a few more.
/// </summary>
internal sealed class OpenAiReader(ModelPool models, OperatorDepth operatorDepth, PictureWork work, ServerOptions options)
{
    private const int MostPictures = 10, MostPartialImages = 3, LeastSide = 8;

    /// <summary>The API's names of this server's own fields.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>
    {
        ["negativePrompt"] = "negative_prompt",
        ["count"] = "n",
        ["depthModel"] = "depth_model",
        ["depthAdjustment"] = "depth_invert",
        ["size"] = "working_size",
        ["maxSize"] = "working_size",
        ["inpaint"] = "mask",
    };

    /// <summary>Reads a request.</summary>
    /// <param name="body">The request.</param>
    /// <param name="kind">Which one it is.</param>
    /// <param name="cancellationToken">The client's connection.</param>
    /// <exception cref="ProblemException">Something is wrong with it.</exception>
    public async Task<OpenAiRequest> ReadAsync(RequestBody body, OpenAiRequestKind kind, CancellationToken cancellationToken)
    {
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: true);
        string model = ReadModel(fields);
        (string prompt, string? negativePrompt) = ReadPrompts(fields, kind);
        OpenAiRequest request = new()
        {
            Parameters = new GenerationParameters
            {
                Model = model,
                Prompt = prompt,
                NegativePrompt = negativePrompt,
                PromptSyntax = PromptSyntax.Plain,
                LongPrompt = LongPrompt.Chunks,
                Strength = fields.Number("strength", 0, 1),
                // "step" is what another server of this API calls it.
                Steps = fields.Whole("steps", 1, options.Limits.Steps) ?? fields.Whole("step", 1, options.Limits.Steps),
                Guidance = fields.Number("guidance", 0, RequestValidator.MaxGuidance) ?? fields.Number("cfg_scale", 0, RequestValidator.MaxGuidance),
                Seed = SdapiReader.ReadSeed(fields.Peek("seed")),
                Scheduler = GenerationReader.ReadScheduler(fields),
                Size = ReadSize(fields, "working_size") is { } worked ? new WorkingSize(worked.Width, worked.Height) : null,
                DepthAdjustment = fields.Truth("depth_invert") == true ? DepthAdjustment.None with { Invert = true } : null,
                DepthModel = fields.Text("depth_model", 300),
                Previews = (fields.Truth("stream") ?? false) && (fields.Whole("partial_images", 0, MostPartialImages) ?? 0) > 0,
            },
            Inputs = new Dictionary<string, byte[]>(),
            Count = fields.Whole("n", 1, Math.Min(MostPictures, options.Limits.Count)) ?? 1,
            Width = 0,
            Height = 0,
            ByUrl = fields.Word("response_format", "b64_json", "url") == "url",
            Format = ReadFormat(fields),
            Quality = fields.Whole("output_compression", 0, 100) is { } quality ? Math.Max(1, quality) : null,
            Stream = fields.Truth("stream") ?? false,
            PartialImages = fields.Whole("partial_images", 0, MostPartialImages) ?? 0,
            EventPrefix = kind == OpenAiRequestKind.Generation ? "image_generation" : "image_edit",
        };
        if (fields.Word("background", "auto", "opaque", "transparent") == "transparent") fields.Add("background", "background is 'transparent'; pictures here are opaque: auto or opaque is expected.");
        (int Width, int Height)? size = ReadSize(fields, "size");
        byte[]? picture = File(body, fields, "image") ?? File(body, fields, "image[]") ?? fields.File("file") ?? First(fields, "files") ?? First(fields, "ref_images");
        byte[]? depth = File(body, fields, "depth"), mask = File(body, fields, "mask");
        if (picture is null && mask is not null) fields.Add("mask", "mask says what to repaint of a picture, and no 'image' came with it.");
        if (picture is null && request.Parameters.Strength is { } strength && strength != 1) fields.Add("strength", $"strength is {strength}, and no 'image' came whose colours it could keep; without one everything is made anew.");
        if (picture is null && kind != OpenAiRequestKind.Generation && faults.None) fields.Add("image", "image is missing; the picture to edit is expected, as a PNG or JPEG file.");
        if (picture is null && depth is null && operatorDepth.File is null && kind == OpenAiRequestKind.Generation && faults.None)
            fields.Add("depth", "This model makes pictures from depth, and the request brings none: send a depth map (white is near) as 'depth', or a picture as 'image', in base64.");
        faults.ThrowIfAny();
        return await work.RunAsync(() => picture is null ? WithDepth(request, depth ?? operatorDepth.File!, size, faults) : WithPicture(request, picture, depth, mask, size, kind, faults), cancellationToken).ConfigureAwait(false);
    }

    private string ReadModel(JsonFields fields)
    {
        if (fields.Text("model", 300) is not { } name) return models.Names[0];
        return models.Names.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw NoModel(name, models);
    }

    /// <summary>The refusal of a model that is not here.</summary>
    public static ProblemException NoModel(string name, ModelPool models) => new(new Problem(StatusCodes.Status404NotFound, "No such model",
        $"The model '{ShortText.Of(name)}' does not exist here; there is {string.Join(", ", models.Names)}.")
    { Errors = new Dictionary<string, IReadOnlyList<string>> { ["model"] = [] }, Code = "model_not_found" });

    private (string Prompt, string? NegativePrompt) ReadPrompts(JsonFields fields, OpenAiRequestKind kind)
    {
        int most = options.Limits.PromptCharacters;
        string? prompt = fields.Text("prompt", most), negative = fields.Text("negative_prompt", most);
        if (prompt is null)
        {
            if (!fields.Faults.Has("prompt")) fields.Add("prompt", "prompt is missing; what to make of the picture is expected.");
            return ("", null);
        }
        // As one server of this API writes what to keep away from.
        int bar = prompt.IndexOf('|', StringComparison.Ordinal);
        if (negative is null && bar >= 0 && kind != OpenAiRequestKind.Edit) return (prompt[..bar].Trim(), prompt[(bar + 1)..].Trim());
        return (prompt, negative);
    }

    private static ImageFormat ReadFormat(JsonFields fields)
    {
        switch (fields.Word("output_format", "png", "jpeg", "webp"))
        {
            case "jpeg":
                return ImageFormat.Jpeg;
            case "webp":
                fields.Add("output_format", "output_format is 'webp'; this server has no WebP encoder: png or jpeg is expected.");
                return ImageFormat.Png;
            default:
                return ImageFormat.Png;
        }
    }

    private (int Width, int Height)? ReadSize(JsonFields fields, string name)
    {
        if (fields.Text(name, 30) is not { } text || text == "auto") return null;
        if (SizeText.Read(text) is not { } size)
        {
            fields.Add(name, $"{name} is '{text}'; WIDTHxHEIGHT is expected, such as 512x384, or auto.");
            return null;
        }
        if (size.Width < LeastSide || size.Height < LeastSide || size.Width > options.Limits.Side || size.Height > options.Limits.Side || (long)size.Width * size.Height > options.Limits.Pixels)
        {
            fields.Add(name, $"{name} is '{text}'; both sides must be from {LeastSide} to {options.Limits.Side}, and the pixels at most {options.Limits.Pixels}.");
            return null;
        }
        return size;
    }

    private static byte[]? File(RequestBody body, JsonFields fields, string name) => body.Files.GetValueOrDefault(name) ?? (body.IsForm || name.EndsWith(']') ? null : fields.File(name));

    private static byte[]? First(JsonFields fields, string name)
    {
        if (fields.Peek(name) is not JsonArray { Count: > 0 } list) return null;
        return new JsonFields(new JsonObject { [name] = list[0]?.DeepClone() }, fields.Faults, texts: true).File(name);
    }

    private OpenAiRequest WithPicture(OpenAiRequest request, byte[] picture, byte[]? depth, byte[]? maskFile, (int Width, int Height)? size, OpenAiRequestKind kind, Faults faults)
    {
        DecodedImage? decoded = RequestPictures.Decode(picture, "image", options.Limits, faults);
        DepthMap? map = depth is null ? null : RequestPictures.DecodeDepth(depth, "depth", options.Limits, faults);
        DecodedImage? maskDecoded = maskFile is null ? null : RequestPictures.Decode(maskFile, "mask", options.Limits, faults);
        faults.ThrowIfAny();
        (int width, int height) = size ?? (decoded!.Width, decoded.Height);
        PictureFit? fit = size is null ? null : PictureFit.Of(decoded!.Width, decoded.Height, width, height, ResizeMode.Crop);
        Dictionary<string, byte[]> inputs = new() { [GenerationInputs.ImageName] = RequestPictures.Picture(picture, decoded!, fit) };
        if (map is not null) inputs[GenerationInputs.DepthName] = RequestPictures.Depth(depth!, map, decoded!, fit);
        InpaintParameters? inpaint = null;
        if (maskDecoded is not null && ReadMask(maskDecoded, kind, faults) is { } mask)
        {
            inputs[GenerationInputs.MaskName] = RequestPictures.EncodeMask(fit is null ? mask : PictureFit.Of(mask.Width, mask.Height, width, height, ResizeMode.Crop).Apply(mask));
            inpaint = new InpaintParameters();
        }
        faults.ThrowIfAny();
        return request with { Inputs = inputs, Width = width, Height = height, Parameters = request.Parameters with { Inpaint = inpaint } };
    }

    /// <summary>What is repainted: what is transparent in the API's own masks, what is white in those of servers beside it.</summary>
    /// <returns>Null if all of the picture is.</returns>
    private static Image? ReadMask(DecodedImage decoded, OpenAiRequestKind kind, Faults faults)
    {
        Image? mask = kind == OpenAiRequestKind.Inpainting ? RequestPictures.Mask(decoded, hard: true) : RequestPictures.MaskOfTransparency(decoded);
        if (mask is null || RequestPictures.IsAll(mask, 0))
        {
            faults.Add("mask", kind == OpenAiRequestKind.Inpainting
                ? "The mask is empty: no pixel of it is white, and white is what is repainted."
                : "The mask has no transparent part, and what is transparent in it is repainted.");
            return null;
        }
        return RequestPictures.IsAll(mask, byte.MaxValue) ? null : mask;
    }

    private OpenAiRequest WithDepth(OpenAiRequest request, byte[] depth, (int Width, int Height)? size, Faults faults)
    {
        DepthMap? map = RequestPictures.DecodeDepth(depth, "depth", options.Limits, faults);
        faults.ThrowIfAny();
        (int width, int height) = size ?? (map!.Width, map.Height);
        return request with
        {
            Inputs = new Dictionary<string, byte[]> { [GenerationInputs.ImageName] = RequestPictures.Blank(width, height), [GenerationInputs.DepthName] = depth },
            Width = width,
            Height = height,
            Parameters = request.Parameters with { Strength = 1, Init = InitialLatents.Noise },
        };
    }
}
