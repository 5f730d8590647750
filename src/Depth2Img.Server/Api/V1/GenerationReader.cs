using Depth2Img.Composition;
using Depth2Img.Depth;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Depth2Img.Styles;

namespace Depth2Img.Server.Api.V1;

/// <summary>
/// Reads generations as API v1 has them: the fields of <see cref="DepthToImageRequest"/>, and pictures in base64 or as files of
/// a form. Faults of form are noted here; ranges are the library's to check, but for those of parts, which it does not name.
/// </summary>
internal sealed class GenerationReader(ModelPool models, StyleLibrary styles, ServerOptions options)
{
    /// <summary>Reads a generation.</summary>
    /// <param name="body">The request.</param>
    /// <param name="faults">Receives the faults.</param>
    public (GenerationParameters Parameters, Dictionary<string, byte[]> Inputs) Read(RequestBody body, Faults faults)
    {
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = ReadInputs(body, fields, GenerationInputs.Names);
        GenerationParameters parameters = ReadShared(fields) with
        {
            Strength = fields.Number("strength"),
            Count = fields.Whole("count", 1, int.MaxValue) ?? 1,
            Init = fields.Word<InitialLatents>("init") ?? InitialLatents.Image,
            Layers = ReadLayers(fields),
            // A mask says what it is for.
            Inpaint = ReadInpaint(fields) ?? (inputs.ContainsKey(GenerationInputs.MaskName) ? new InpaintParameters() : null),
        };
        fields.RefuseUnknown();
        return (parameters, inputs);
    }

    /// <summary>Reads a comparison.</summary>
    /// <param name="body">The request.</param>
    /// <param name="faults">Receives the faults.</param>
    public (GenerationParameters Parameters, Dictionary<string, byte[]> Inputs) ReadComparison(RequestBody body, Faults faults)
    {
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = ReadInputs(body, fields, [GenerationInputs.ImageName, GenerationInputs.DepthName]);
        GenerationParameters parameters = ReadShared(fields) with
        {
            Comparison = new ComparisonParameters
            {
                Strengths = fields.Numbers("strengths", CompositionComparisonRequest.MaxStrengths),
                ScoreDepthModel = fields.Text("scoreDepthModel", 300),
            },
        };
        fields.RefuseUnknown();
        return (parameters, inputs);
    }

    /// <summary>The pictures: a form's files, or fields in base64.</summary>
    /// <param name="body">The request.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="names">What they may be called.</param>
    public static Dictionary<string, byte[]> ReadInputs(RequestBody body, JsonFields fields, IReadOnlyList<string> names)
    {
        Dictionary<string, byte[]> inputs = [];
        foreach (string name in names)
        {
            byte[]? inFields = fields.File(name);
            byte[]? content = body.Files.GetValueOrDefault(name) ?? inFields;
            if (content is not null) inputs[name] = content;
        }
        foreach (string name in body.Files.Keys.Where(name => !inputs.ContainsKey(name)))
            fields.Add(ShortText.Of(name), $"There is no file '{ShortText.Of(name)}' here; there is {string.Join(", ", names)}.");
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

    /// <summary>Notes what is wrong with corrections, where no request checks them.</summary>
    public static void CheckAdjustment(DepthAdjustment adjustment, Faults faults)
    {
        try
        {
            adjustment.Validate();
        }
        catch (Depth2ImgException e)
        {
            faults.Add("depthAdjustment", e.Message);
        }
    }

    /// <summary>What generations and comparisons have in common.</summary>
    private GenerationParameters ReadShared(JsonFields fields)
    {
        int most = options.Limits.PromptCharacters;
        return new GenerationParameters
        {
            Model = fields.Text("model", 300) ?? models.Names[0],
            Prompt = fields.Text("prompt", most) ?? "",
            NegativePrompt = fields.Text("negativePrompt", most),
            PromptSyntax = fields.Word<PromptSyntax>("promptSyntax") ?? PromptSyntax.Plain,
            LongPrompt = fields.Word<LongPrompt>("longPrompt") ?? LongPrompt.Cut,
            RestorePromptMean = fields.Truth("restorePromptMean") ?? false,
            Style = ReadStyle(fields),
            StyleStrength = fields.Number("styleStrength") ?? 1,
            Steps = fields.Whole("steps", 1, int.MaxValue),
            Guidance = fields.Number("guidance"),
            GuidanceRescale = fields.Number("guidanceRescale") ?? 0,
            GuidanceInterval = ReadInterval(fields),
            ReuseFeatures = fields.Whole("reuseFeatures", 1, int.MaxValue),
            Fast = fields.Truth("fast") ?? false,
            Seed = fields.Whole("seed") ?? System.Random.Shared.NextInt64(1L << 32),
            Scheduler = ReadScheduler(fields),
            Karras = fields.Truth("karras") ?? false,
            Size = ReadSize(fields),
            MaxSize = fields.Whole("maxSize", 1, int.MaxValue),
            DepthAdjustment = ReadAdjustment(fields),
            DepthModel = fields.Text("depthModel", 300),
            Format = fields.Word("format", "png", "jpeg") ?? "png",
            Metadata = fields.Truth("metadata") ?? true,
            Previews = fields.Truth("previews") ?? true,
        };
    }

    private StylePreset? ReadStyle(JsonFields fields)
    {
        if (fields.Text("style", 100) is not { } name) return null;
        // By name alone: the library's own search would open a file that a client names.
        StylePreset? style = styles.Styles.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (style is null) fields.Add("style", $"There is no style '{ShortText.Of(name)}' here; there is {string.Join(", ", styles.Styles.Select(s => s.Name))}.");
        return style;
    }

    private LayerParameters? ReadLayers(JsonFields fields)
    {
        if (fields.Object("layers") is not { } inner) return null;
        List<DepthLayer> layers = [];
        foreach (JsonFields layer in inner.Objects("layers", DepthLayers.MaxCount) ?? [])
        {
            layers.Add(new DepthLayer
            {
                Prompt = layer.Text("prompt", options.Limits.PromptCharacters),
                NegativePrompt = layer.Text("negativePrompt", options.Limits.PromptCharacters),
                Strength = layer.Number("strength", 0, 1),
                Guidance = layer.Number("guidance", 0, RequestValidator.MaxGuidance),
                Keep = layer.Truth("keep") ?? false,
            });
            layer.RefuseUnknown();
        }
        LayerParameters read = new()
        {
            Layers = layers,
            Count = inner.Whole("count", 2, DepthLayers.MaxCount),
            Thresholds = ReadThresholds(inner),
            Softness = inner.Number("softness", 0, LayerValidator.MaxSoftness),
            Isolation = inner.Number("isolation", 0, 1),
        };
        inner.RefuseUnknown();
        return read;
    }

    /// <summary>Where depth is cut into layers.</summary>
    public static IReadOnlyList<double>? ReadThresholds(JsonFields fields) => fields.Numbers("thresholds", DepthLayers.MaxCount - 1);

    private static InpaintParameters? ReadInpaint(JsonFields fields)
    {
        if (fields.Object("inpaint") is not { } inner) return null;
        InpaintParameters read = new()
        {
            Near = ReadRange(inner),
            Feather = inner.Whole("feather", 0, InpaintSettings.MaxPixels),
            Invert = inner.Truth("invert") ?? false,
            Fill = inner.Word<InpaintFill>("fill") ?? InpaintFill.Original,
            OnlyMasked = inner.Truth("onlyMasked") ?? false,
            Padding = inner.Whole("padding", 0, InpaintSettings.MaxPixels),
            DepthInside = inner.Word<InpaintDepth>("depthInside") ?? InpaintDepth.Keep,
        };
        inner.RefuseUnknown();
        return read;
    }

    private static DepthRange? ReadRange(JsonFields fields)
    {
        if (fields.Object("near") is not { } inner) return null;
        DepthRange range = new(inner.Number("from") ?? 0, inner.Number("to") ?? 1);
        inner.RefuseUnknown();
        if (range.IsValid) return range;
        fields.Add("near", $"near is {range}; 0 <= from < to <= 1 is needed.");
        return null;
    }

    private static GuidanceInterval? ReadInterval(JsonFields fields)
    {
        if (fields.Object("guidanceInterval") is not { } inner) return null;
        GuidanceInterval interval = new(inner.Number("from") ?? 0, inner.Number("to") ?? 1);
        inner.RefuseUnknown();
        return interval;
    }

    /// <summary>A scheduler by one of its names.</summary>
    public static string? ReadScheduler(JsonFields fields)
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
        WorkingSize? size = WorkingSizeConverter.Parse(text);
        if (size is null) fields.Add("size", $"size is '{text}'; WIDTHxHEIGHT is expected, such as 512x384.");
        return size;
    }
}
