using System.Text.Json;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Server.Web;

namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>All addresses that take a body, with a sound value for each of their fields.</summary>
internal sealed class FuzzCatalog
{
    /// <summary>Makes it.</summary>
    public FuzzCatalog()
    {
        byte[] photo = Samples.SmallPicture();
        DecodedImage decoded = ImageFile.Decode(photo, "photo");
        Pictures = [photo, Encode(decoded.ToRgb(), ImageFormat.Jpeg), Gray(), WithSettings(decoded)];
        string image = Quote(Convert.ToBase64String(photo)), depth = Quote(Convert.ToBase64String(Pictures[2]));
        Dictionary<string, string> shared = new()
        {
            ["model"] = "\"demo\"",
            ["negativePrompt"] = "\"grey\"",
            ["promptSyntax"] = "\"weighted\"",
            ["longPrompt"] = "\"chunks\"",
            ["restorePromptMean"] = "true",
            ["style"] = "\"watercolour\"",
            ["styleStrength"] = "0.5",
            ["steps"] = "3",
            ["guidance"] = "5.5",
            ["guidanceRescale"] = "0.3",
            ["guidanceInterval"] = """{"from":0.1,"to":0.8}""",
            ["reuseFeatures"] = "2",
            ["fast"] = "false",
            ["seed"] = "7",
            ["scheduler"] = "\"euler\"",
            ["karras"] = "true",
            ["size"] = "\"64x64\"",
            ["maxSize"] = "64",
            ["depth"] = depth,
            ["depthAdjustment"] = """{"invert":true,"far":0.1,"near":0.9,"gamma":1.2}""",
            ["depthModel"] = "\"checkpoint\"",
            ["format"] = "\"jpeg\"",
            ["metadata"] = "false",
            ["previews"] = "false",
        };
        Targets =
        [
            new FuzzTarget("/api/v1/jobs", ApiShape.Native, new Dictionary<string, string> { ["image"] = image, ["prompt"] = "\"a (red:1.2) ball\"" },
                new Dictionary<string, string>(shared)
                {
                    ["strength"] = "0.7",
                    ["count"] = "2",
                    ["init"] = "\"noise\"",
                    ["layers"] = """{"layers":[{"prompt":"near","strength":0.5},{"prompt":"far","keep":true}],"count":2,"softness":0.1,"isolation":0.5}""",
                    ["layerMask1"] = depth,
                    ["layerMask2"] = depth,
                    ["layerMask3"] = depth,
                    ["inpaint"] = """{"near":{"from":0.5,"to":1},"feather":4,"invert":false,"fill":"noise","onlyMasked":true,"padding":8,"depthInside":"fill"}""",
                    ["mask"] = depth,
                    ["shape"] = depth,
                }, ["image", "depth", "mask", "shape", "layerMask1"], IsJob) { TakesForm = true },
            new FuzzTarget("/api/v1/compare", ApiShape.Native, new Dictionary<string, string> { ["image"] = image, ["prompt"] = "\"a red ball\"" },
                new Dictionary<string, string>(shared) { ["strengths"] = "[0.4,0.8]", ["scoreDepthModel"] = "\"checkpoint\"" }, ["image", "depth"], IsJob) { TakesForm = true },
            new FuzzTarget("/api/v1/depth", ApiShape.Native, new Dictionary<string, string> { ["depth"] = depth },
                new Dictionary<string, string>
                {
                    ["image"] = image,
                    ["model"] = "\"demo\"",
                    ["depthModel"] = "\"checkpoint\"",
                    ["depthAdjustment"] = """{"invert":true,"far":0.1,"near":0.9,"gamma":1.2}""",
                    ["bits"] = "8",
                    ["colorMap"] = "\"turbo\"",
                }, ["depth", "image"], IsPicture) { TakesForm = true },
            new FuzzTarget("/api/v1/layers", ApiShape.Native, new Dictionary<string, string> { ["depth"] = depth },
                new Dictionary<string, string>
                {
                    ["image"] = image,
                    ["model"] = "\"demo\"",
                    ["depthModel"] = "\"checkpoint\"",
                    ["depthAdjustment"] = """{"invert":true,"far":0.1,"near":0.9,"gamma":1.2}""",
                    ["count"] = "3",
                    ["thresholds"] = "[0.4,0.7]",
                    ["softness"] = "0.1",
                    ["layerMask1"] = depth,
                    ["layerMask2"] = depth,
                    ["layerMask3"] = depth,
                }, ["depth", "layerMask1"], IsJson) { TakesForm = true },
            new FuzzTarget("/api/v1/tokens", ApiShape.Native, new Dictionary<string, string> { ["prompt"] = "\"a (red:1.2) ball\"" },
                new Dictionary<string, string> { ["model"] = "\"demo\"", ["promptSyntax"] = "\"weighted\"", ["longPrompt"] = "\"chunks\"" }, [], IsJson) { TakesForm = true },
            new FuzzTarget("/api/v1/settings", ApiShape.Native, new Dictionary<string, string> { ["image"] = Quote(Convert.ToBase64String(WithSettings(decoded))) }, new Dictionary<string, string>(), ["image"], IsJson) { TakesForm = true },
            new FuzzTarget("/jobs", ApiShape.Page, new Dictionary<string, string> { ["image"] = image, ["prompt"] = "\"a (red:1.2) ball\"", [FormToken.FieldName] = Quote(Token) },
                new Dictionary<string, string>(shared) { ["strength"] = "0.7", ["count"] = "2" }, ["image", "depth"], IsPage) { TakesForm = true, OnlyForm = true, Cookie = $"{FormToken.CookieName}={Token}" },
            .. ForOtherPrograms(image, depth),
        ];
    }

    /// <summary>What a browser has in its cookie and in its form.</summary>
    private static string Token { get; } = new('a', 32);

    public IReadOnlyList<FuzzTarget> Targets { get; }

    /// <summary>Sound pictures, to be damaged: PNG, JPEG, and a depth map.</summary>
    public IReadOnlyList<byte[]> Pictures { get; }

    /// <summary>Addresses that take no body; {id} is a job's name, {file} one of its files.</summary>
    public static IReadOnlyList<(string Method, string Path)> Others { get; } =
    [
        ("GET", "/api/v1/jobs/{id}"), ("GET", "/api/v1/jobs/{id}/events"), ("GET", "/api/v1/jobs/{id}/files/{file}"), ("GET", "/api/v1/jobs/{id}/inputs/image"), ("DELETE", "/api/v1/jobs/{id}"),
        ("GET", "/api/v1/history"), ("DELETE", "/api/v1/history/{id}"), ("GET", "/api/v1/models"), ("GET", "/api/v1/styles"), ("GET", "/openapi/v1.json"), ("GET", "/docs"), ("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/metrics"),
        ("GET", "/sdapi/v1/progress"), ("GET", "/sdapi/v1/options"), ("GET", "/sdapi/v1/samplers"), ("GET", "/sdapi/v1/sd-models"), ("POST", "/sdapi/v1/interrupt"), ("POST", "/sdapi/v1/skip"),
        ("GET", "/controlnet/version"), ("GET", "/controlnet/module_list"), ("GET", "/internal/ping"), ("GET", "/v1/models"), ("GET", "/v1/models/demo"), ("GET", "/v1/images/files/0123456789abcdef.png"), ("GET", "/"),
        ("GET", "/jobs/{id}"), ("POST", "/jobs/{id}/cancel"),
    ];

    private static IEnumerable<FuzzTarget> ForOtherPrograms(string image, string depth)
    {
        Dictionary<string, string> sdapi = new()
        {
            ["negative_prompt"] = "\"grey\"",
            ["styles"] = "[\"watercolour\"]",
            ["seed"] = "7",
            ["subseed"] = "-1",
            ["subseed_strength"] = "0",
            ["sampler_name"] = "\"Euler a\"",
            ["sampler_index"] = "\"Euler\"",
            ["scheduler"] = "\"Karras\"",
            ["batch_size"] = "1",
            ["n_iter"] = "1",
            ["steps"] = "3",
            ["cfg_scale"] = "7.0",
            ["width"] = "64",
            ["height"] = "48",
            ["restore_faces"] = "false",
            ["tiling"] = "false",
            ["working_size"] = "\"64x64\"",
            ["depth_invert"] = "true",
            ["depth_model"] = "\"checkpoint\"",
            ["override_settings"] = """{"sd_model_checkpoint":"demo","samples_format":"jpg"}""",
            ["send_images"] = "true",
            ["save_images"] = "false",
            ["send_depth"] = "true",
            ["script_name"] = "\"\"",
            ["alwayson_scripts"] = $$$"""{"controlnet":{"args":[{"enabled":true,"module":"none","model":"depth","image":{{{depth}}},"weight":1,"guidance_start":0,"guidance_end":1}]}}""",
            ["controlnet_units"] = $$"""[{"module":"none","model":"depth","image":{{depth}}}]""",
            ["seed_resize_from_w"] = "0",
            ["seed_resize_from_h"] = "0",
        };
        yield return new FuzzTarget("/sdapi/v1/img2img", ApiShape.Sdapi, new Dictionary<string, string> { ["init_images"] = $"[{image}]", ["prompt"] = "\"a ball\"", ["depth_image"] = depth, ["width"] = "64", ["height"] = "48" },
            new Dictionary<string, string>(sdapi)
            {
                ["denoising_strength"] = "0.7",
                ["resize_mode"] = "1",
                ["mask"] = depth,
                ["mask_blur"] = "4",
                ["mask_blur_x"] = "4",
                ["mask_blur_y"] = "4",
                ["mask_round"] = "true",
                ["inpainting_fill"] = "1",
                ["inpaint_full_res"] = "true",
                ["inpaint_full_res_padding"] = "8",
                ["inpainting_mask_invert"] = "0",
            }, ["init_images", "depth_image", "mask"], IsSdapiPictures);
        yield return new FuzzTarget("/sdapi/v1/txt2img", ApiShape.Sdapi, new Dictionary<string, string> { ["prompt"] = "\"a ball\"", ["depth_image"] = depth, ["width"] = "64", ["height"] = "48" },
            new Dictionary<string, string>(sdapi) { ["enable_hr"] = "false" }, ["depth_image"], IsSdapiPictures);
        yield return new FuzzTarget("/sdapi/v1/options", ApiShape.Sdapi, new Dictionary<string, string> { ["sd_model_checkpoint"] = "\"demo\"" }, new Dictionary<string, string> { ["samples_format"] = "\"jpg\"" }, [], IsJson);
        yield return new FuzzTarget("/sdapi/v1/png-info", ApiShape.Sdapi, new Dictionary<string, string> { ["image"] = image }, new Dictionary<string, string>(), ["image"], IsJson);
        yield return new FuzzTarget("/controlnet/detect", ApiShape.Sdapi, new Dictionary<string, string> { ["controlnet_input_images"] = "[]", ["controlnet_module"] = "\"depth\"" }, new Dictionary<string, string>(), [], IsJson);
        Dictionary<string, string> openAi = new()
        {
            ["model"] = "\"demo\"",
            ["negative_prompt"] = "\"grey\"",
            ["steps"] = "3",
            ["step"] = "3",
            ["guidance"] = "5",
            ["cfg_scale"] = "5",
            ["seed"] = "7",
            ["scheduler"] = "\"euler\"",
            ["working_size"] = "\"64x64\"",
            ["depth_invert"] = "true",
            ["depth_model"] = "\"checkpoint\"",
            ["n"] = "2",
            ["size"] = "\"64x48\"",
            ["response_format"] = "\"b64_json\"",
            ["output_format"] = "\"jpeg\"",
            ["output_compression"] = "80",
            ["background"] = "\"opaque\"",
            ["stream"] = "false",
            ["partial_images"] = "0",
            ["user"] = "\"somebody\"",
        };
        yield return new FuzzTarget("/v1/images/edits", ApiShape.OpenAi, new Dictionary<string, string> { ["image"] = image, ["prompt"] = "\"a ball\"", ["depth"] = depth },
            new Dictionary<string, string>(openAi) { ["strength"] = "0.7", ["mask"] = depth }, ["image", "depth", "mask"], IsOpenAiPictures)
        { TakesForm = true };
        yield return new FuzzTarget("/v1/images/generations", ApiShape.OpenAi, new Dictionary<string, string> { ["depth"] = depth, ["prompt"] = "\"a ball\"" },
            new Dictionary<string, string>(openAi) { ["image"] = image, ["files"] = $"[{image}]", ["ref_images"] = $"[{image}]" }, ["depth", "image"], IsOpenAiPictures);
        yield return new FuzzTarget("/v1/images/inpainting", ApiShape.OpenAi, new Dictionary<string, string> { ["image"] = image, ["mask"] = depth, ["prompt"] = "\"a ball\"", ["depth"] = depth },
            new Dictionary<string, string>(openAi) { ["strength"] = "0.7" }, ["image", "depth", "mask"], IsOpenAiPictures)
        { TakesForm = true };
    }

    private static string? IsSdapiPictures(FuzzAnswer answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer.Body);
        foreach (JsonElement image in document.RootElement.GetProperty("images").EnumerateArray()) ImageFile.Decode(Convert.FromBase64String(image.GetString()!), "answer");
        using JsonDocument info = JsonDocument.Parse(document.RootElement.GetProperty("info").GetString()!);
        return document.RootElement.GetProperty("parameters").ValueKind == JsonValueKind.Object && info.RootElement.ValueKind == JsonValueKind.Object ? null : "it lacks a part";
    }

    private static string? IsOpenAiPictures(FuzzAnswer answer)
    {
        // Events tell of one thing each, faults too.
        if (answer.Type == "text/event-stream") return answer.Text.Contains("data: ", StringComparison.Ordinal) ? null : "it has no events";
        using JsonDocument document = JsonDocument.Parse(answer.Body);
        foreach (JsonElement image in document.RootElement.GetProperty("data").EnumerateArray())
        {
            if (image.TryGetProperty("b64_json", out JsonElement text)) ImageFile.Decode(Convert.FromBase64String(text.GetString()!), "answer");
            else if (!image.TryGetProperty("url", out _)) return "a picture of it is neither";
        }
        return document.RootElement.GetProperty("created").GetInt64() > 0 ? null : "it has no time";
    }

    private static string? IsJson(FuzzAnswer answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer.Body);
        return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? null : "it is no object";
    }

    /// <summary>A job's page, to which a form leads.</summary>
    private static string? IsPage(FuzzAnswer answer) => answer.Type == "text/html" && answer.Text.Contains("<h1", StringComparison.Ordinal) ? null : "it is no page";

    private static string? IsJob(FuzzAnswer answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer.Body);
        JsonElement job = document.RootElement;
        if (answer.Status != 202) return "it is not 202";
        return job.GetProperty("id").GetString() is { Length: 32 } id && id.All(char.IsAsciiHexDigitLower) && job.GetProperty("state").GetString() is "queued" or "running" or "done" or "failed" ? null : "it is no job";
    }

    private static string? IsPicture(FuzzAnswer answer)
    {
        DecodedImage map = ImageFile.Decode(answer.Body, "answer");
        return map.Width > 0 && map.Height > 0 ? null : "it is no picture";
    }

    private static string Quote(string text) => $"\"{text}\"";

    private static byte[] Encode(Image image, ImageFormat format)
    {
        using MemoryStream stream = new();
        ImageFile.Encode(stream, image, format);
        return stream.ToArray();
    }

    /// <summary>A picture with settings inside, of both kinds.</summary>
    private static byte[] WithSettings(DecodedImage picture)
    {
        using MemoryStream stream = new();
        ImageFile.Encode(stream, picture.ToRgb(), ImageFormat.Png, new ImageSaveOptions { Text = new Dictionary<string, string> { ["parameters"] = "a red ball\nNegative prompt: grey\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3, Size: 64x48, Denoising strength: 0.7" } });
        return stream.ToArray();
    }

    private static byte[] Gray()
    {
        float[] values = new float[64 * 48];
        for (int n = 0; n < values.Length; n++) values[n] = n % 64 / 63f;
        using MemoryStream stream = new();
        DepthMapFile.EncodePng(stream, new DepthMap(64, 48, values));
        return stream.ToArray();
    }
}
