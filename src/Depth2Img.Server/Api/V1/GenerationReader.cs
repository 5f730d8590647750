using System.Globalization;
using Depth2Img.Depth;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Api.V1;

/// <summary>Reads generations as API v1 has them: the fields of <see cref="DepthToImageRequest"/>, and pictures in base64 or as files of a form.</summary>
internal static class GenerationReader
{
    /// <summary>Reads a generation and notes what is wrong with its form; ranges are the library's to check.</summary>
    /// <param name="body">The request.</param>
    /// <param name="models">The server's models.</param>
    /// <param name="limits">What requests may be.</param>
    /// <param name="faults">Receives the faults.</param>
    public static (GenerationParameters Parameters, Dictionary<string, byte[]> Inputs) Read(RequestBody body, ModelPool models, ServerLimits limits, Faults faults)
    {
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = ReadInputs(body, fields);
        int most = limits.PromptCharacters;
        GenerationParameters parameters = new()
        {
            Model = fields.Text("model", 300) ?? models.Names[0],
            Prompt = fields.Text("prompt", most) ?? "",
            NegativePrompt = fields.Text("negativePrompt", most),
            Strength = fields.Number("strength"),
            Steps = fields.Whole("steps", 1, int.MaxValue),
            Guidance = fields.Number("guidance"),
            GuidanceInterval = ReadInterval(fields),
            ReuseFeatures = fields.Whole("reuseFeatures", 1, int.MaxValue),
            Fast = fields.Truth("fast") ?? false,
            Seed = fields.Whole("seed") ?? System.Random.Shared.NextInt64(1L << 32),
            Scheduler = ReadScheduler(fields),
            Karras = fields.Truth("karras") ?? false,
            Count = fields.Whole("count", 1, int.MaxValue) ?? 1,
            Size = ReadSize(fields),
            MaxSize = fields.Whole("maxSize", 1, int.MaxValue),
            DepthAdjustment = ReadAdjustment(fields),
            DepthModel = fields.Text("depthModel", 300),
            Init = fields.Word("init", "image", "noise") == "noise" ? InitialLatents.Noise : InitialLatents.Image,
            Format = fields.Word("format", "png", "jpeg") ?? "png",
            Metadata = fields.Truth("metadata") ?? true,
            Previews = fields.Truth("previews") ?? true,
        };
        fields.RefuseUnknown();
        return (parameters, inputs);
    }

    /// <summary>The pictures: a form's files, or fields in base64.</summary>
    public static Dictionary<string, byte[]> ReadInputs(RequestBody body, JsonFields fields)
    {
        Dictionary<string, byte[]> inputs = [];
        foreach (string name in (string[])[GenerationInputs.ImageName, GenerationInputs.DepthName])
        {
            byte[]? inFields = fields.File(name);
            byte[]? content = body.Files.GetValueOrDefault(name) ?? inFields;
            if (content is not null) inputs[name] = content;
        }
        foreach (string name in body.Files.Keys.Where(name => !inputs.ContainsKey(name)))
            fields.Add(name, $"There is no file '{ShortText.Of(name)}' here; there is {GenerationInputs.ImageName} and {GenerationInputs.DepthName}.");
        return inputs;
    }

    /// <summary>Corrections of the depth map: {"invert", "far", "near", "gamma"}.</summary>
    public static DepthAdjustment? ReadAdjustment(JsonFields fields)
    {
        if (fields.Object("depthAdjustment") is not { } inner) return null;
        DepthAdjustment adjustment = new(inner.Truth("invert") ?? false, inner.Number("far") ?? 0, inner.Number("near") ?? 1, inner.Number("gamma") ?? 1);
        inner.RefuseUnknown();
        return adjustment;
    }

    private static GuidanceInterval? ReadInterval(JsonFields fields)
    {
        if (fields.Object("guidanceInterval") is not { } inner) return null;
        GuidanceInterval interval = new(inner.Number("from") ?? 0, inner.Number("to") ?? 1);
        inner.RefuseUnknown();
        return interval;
    }

    private static string? ReadScheduler(JsonFields fields)
    {
        if (fields.Text("scheduler", 100) is not { } name) return null;
        try
        {
            return SchedulerNames.Resolve(name);
        }
        catch (Depth2ImgException e)
        {
            fields.Add("scheduler", e.Message);
            return null;
        }
    }

    private static WorkingSize? ReadSize(JsonFields fields)
    {
        if (fields.Text("size", 30) is not { } text) return null;
        string[] sides = text.Split('x', 'X');
        if (sides.Length == 2 && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height))
            return new WorkingSize(width, height);
        fields.Add("size", $"size is '{text}'; WIDTHxHEIGHT is expected, such as 512x384.");
        return null;
    }
}
