using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Inpainting;
using Depth2Img.Layers;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Jobs;
using Depth2Img.Styles;

namespace Depth2Img.Server.Api.V1;

/// <summary>Makes the fields of a request of what a picture says of itself: our own settings, or the line that other programs write.</summary>
internal sealed class PictureSettings(ModelPool models, StyleLibrary styles)
{
    /// <summary>Reads a picture's texts.</summary>
    /// <exception cref="Depth2ImgException">There are no settings, or they are damaged.</exception>
    public PictureSettingsView Read(IReadOnlyDictionary<string, string> texts)
    {
        if (texts.TryGetValue(GenerationSettings.TextKey, out string? own)) return OfOurs(GenerationSettings.FromJson(own));
        if (texts.TryGetValue(GenerationSettings.ParametersKey, out string? line) && ParametersLine.Parse(line) is { } fields) return new PictureSettingsView(fields, "parameters", []);
        throw new Depth2ImgException("There are no settings in this picture: it has neither depth2img's own nor a line of parameters.");
    }

    private PictureSettingsView OfOurs(GenerationSettings settings)
    {
        JsonObject all = (JsonObject)JsonNode.Parse(ServerJson.Write(settings))!, fields = [];
        List<string> missing = [];
        string[] asTheyAre =
        [
            "prompt", "negativePrompt", "promptSyntax", "longPrompt", "restorePromptMean", "strength", "steps", "guidance", "guidanceRescale", "guidanceInterval",
            "reuseFeatures", "seed", "karras", "count", "init", "depthAdjustment",
        ];
        foreach (string name in asTheyAre)
        {
            if (all[name] is { } value) fields[name] = value.DeepClone();
        }
        if (models.Names.FirstOrDefault(name => name == settings.Model || models.DefaultsOf(name).Name == settings.Model) is { } model) fields["model"] = model;
        if (SchedulerNames.All.Contains(settings.Scheduler)) fields["scheduler"] = settings.Scheduler;
        if (WorkingSizeConverter.Parse(settings.WorkingSize) is not null) fields["size"] = settings.WorkingSize;
        if (DepthEstimators.Names.Contains(settings.DepthModel)) fields["depthModel"] = settings.DepthModel;
        if (settings.DepthModel == DepthToImagePipeline.GivenDepthName) missing.Add(GenerationInputs.DepthName);
        if (settings.Style is { } style) AddStyle(style, settings, fields);
        if (settings.Layers is { } layers) AddLayers(layers, fields, missing);
        if (settings.Inpaint is { } inpaint) AddInpaint(inpaint, fields, missing);
        return new PictureSettingsView(fields, "depth2img", missing);
    }

    /// <summary>A style by its name if it is here as it was; else its words, which are what it did.</summary>
    private void AddStyle(StyleUse style, GenerationSettings settings, JsonObject fields)
    {
        StylePreset? here = styles.Styles.FirstOrDefault(s => s.Name.Equals(style.Name, StringComparison.OrdinalIgnoreCase));
        if (here is not null && here.Prompt == style.Prompt && here.NegativePrompt == style.NegativePrompt)
        {
            fields["style"] = here.Name;
            fields["styleStrength"] = style.Strength;
            return;
        }
        fields["prompt"] = StylePreset.Fill(style.Prompt, settings.Prompt);
        fields["negativePrompt"] = StylePreset.Join(settings.NegativePrompt, style.NegativePrompt);
    }

    private static void AddLayers(LayerSettings layers, JsonObject fields, List<string> missing)
    {
        bool byMasks = layers.Cut == "masks";
        LayerParameters parameters = new()
        {
            Layers = [.. layers.Layers.Select(layer => layer.Keep
                ? DepthLayer.Kept
                : new DepthLayer { Prompt = layer.Prompt, NegativePrompt = layer.NegativePrompt, Strength = layer.Strength, Guidance = layer.Guidance })],
            // What was found is given: the same cut, whatever finds it.
            Thresholds = byMasks ? null : layers.Thresholds,
            Softness = layers.Softness,
            Isolation = layers.Isolation,
        };
        fields["layers"] = JsonNode.Parse(ServerJson.Write(parameters));
        if (byMasks) missing.AddRange(GenerationInputs.LayerMaskNames.Take(layers.Layers.Count - 1));
    }

    private static void AddInpaint(InpaintUse inpaint, JsonObject fields, List<string> missing)
    {
        InpaintParameters parameters = new()
        {
            Near = inpaint.Near,
            Feather = inpaint.Feather,
            Invert = inpaint.Invert,
            Fill = inpaint.Fill,
            OnlyMasked = inpaint.OnlyMasked,
            Padding = inpaint.Padding,
            DepthInside = inpaint.DepthInside,
        };
        fields["inpaint"] = JsonNode.Parse(ServerJson.Write(parameters));
        if (inpaint.Mask == MaskSource.Painted) missing.Add(GenerationInputs.MaskName);
        if (inpaint.DepthInside == InpaintDepth.Shape) missing.Add(GenerationInputs.ShapeName);
    }
}

/// <summary>What a picture says of itself.</summary>
/// <param name="Settings">Fields of <c>POST /api/v1/jobs</c>.</param>
/// <param name="Source">"depth2img" or "parameters".</param>
/// <param name="Missing">Files that the picture was made with beside its original, and that nothing is left of.</param>
internal sealed record PictureSettingsView(JsonObject Settings, string Source, IReadOnlyList<string> Missing);
