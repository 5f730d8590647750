using System.Globalization;
using Depth2Img.IO;
using Depth2Img.Models.Ldm;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Depth2Img.Checkpoints.SingleFile;

/// <summary>Reads the configuration (.yaml) that Stability's and CompVis' releases put beside a one-file checkpoint.</summary>
internal static class LdmYaml
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>The configuration beside a checkpoint: the same name with .yaml or .yml, or null if there is none.</summary>
    public static string? FindBeside(string checkpoint) =>
        ((string[])[".yaml", ".yml"]).Select(extension => Path.ChangeExtension(checkpoint, extension)).FirstOrDefault(File.Exists);

    /// <summary>Reads what a checkpoint's tensors do not show.</summary>
    /// <param name="path">The .yaml file.</param>
    /// <exception cref="Depth2ImgException">It cannot be read, is no YAML, or asks for what is not supported.</exception>
    public static LdmSettings Read(string path)
    {
        byte[] bytes = InputFile.ReadAllBytes(path, "a checkpoint's .yaml", MaxFileBytes);
        YamlStream yaml = [];
        try
        {
            using StreamReader reader = new(new MemoryStream(bytes));
            yaml.Load(reader);
        }
        catch (YamlException e)
        {
            throw new Depth2ImgException($"'{path}' is no valid YAML: line {e.Start.Line}, column {e.Start.Column}.", e);
        }
        Section model = new Section(path, yaml.Documents.Count > 0 ? yaml.Documents[0].RootNode as YamlMappingNode : null, "").Child("model").Child("params");
        Section unet = model.Child("unet_config").Child("params");
        Section text = model.Child("cond_stage_config");
        if (unet.Text("num_classes") is { } classes)
            throw new Depth2ImgException($"'{path}' has num_classes \"{classes}\": this is an unCLIP or upscaler model, whose UNet takes more than text; depth-to-image needs Stable Diffusion 2's depth model.");
        int? heads = unet.Whole("num_heads"), perHead = unet.Whole("num_head_channels");
        return new LdmSettings
        {
            PredictionType = model.Text("parameterization") switch
            {
                null => null,
                "eps" => "epsilon",
                "v" => "v_prediction",
                { } other => throw new Depth2ImgException($"'{path}' has the parameterization \"{other}\", which is not supported; \"eps\" and \"v\" are."),
            },
            Heads = heads > 0 ? heads : null,
            HeadChannels = perHead > 0 ? perHead : null,
            ScaleFactor = model.Number("scale_factor"),
            LinearStart = model.Number("linear_start"),
            LinearEnd = model.Number("linear_end"),
            Timesteps = model.Whole("timesteps"),
            InChannels = unet.Whole("in_channels"),
            UsesLastTextLayer = text.Child("params").Text("layer") switch
            {
                null or "penultimate" => null,
                "last" => true,
                { } other => throw new Depth2ImgException($"'{path}' asks for the text encoder's layer \"{other}\", which is not supported; \"penultimate\" and \"last\" are."),
            },
        };
    }

    /// <summary>A mapping in the file, or nothing.</summary>
    private readonly struct Section(string path, YamlMappingNode? node, string name)
    {
        public Section Child(string key) => new(path, Find(key) as YamlMappingNode, $"{name}{key}.");

        public string? Text(string key) => Find(key) is YamlScalarNode { Value: { Length: > 0 } value } && value != "null" && value != "~" ? value : null;

        public int? Whole(string key)
        {
            if (Text(key) is not { } text) return null;
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : throw Refuse(key, text, "a whole number");
        }

        public double? Number(string key)
        {
            if (Text(key) is not { } text) return null;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw Refuse(key, text, "a number");
        }

        private YamlNode? Find(string key) => node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

        private Depth2ImgException Refuse(string key, string text, string expected) => new($"'{path}' has {name}{key} \"{text}\"; {expected} was expected.");
    }
}
