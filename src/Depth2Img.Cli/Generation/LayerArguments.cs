using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Depth2Img.Imaging;
using Depth2Img.Layers;

namespace Depth2Img.Cli.Generation;

/// <summary>The options that cut a picture into layers and say what becomes of each.</summary>
/// <param name="optional">Whether a command line may have none of them; then layers are cut by depth alone, since --mask says what is repainted.</param>
internal sealed class LayerArguments(bool optional = false)
{
    private const string Keep = "keep", Automatic = "auto";
    private const int FewestLayers = 2;

    private readonly Option<DepthLayer[]> _layers = new("--layer", "-l")
    {
        Description = "A layer, the nearest first: its prompt, and after semicolons its own strength=, guidance=, negative=; or keep. Once for each layer; layers that are not named follow --prompt.",
        HelpName = "PROMPT[;strength=S;…]",
        Required = !optional,
        CustomParser = result => [.. result.Tokens.Select(token => ParseLayer(token.Value, result))],
    };

    private readonly Option<LayerCut?> _cut = new("--cut")
    {
        Description = "Where to cut: auto, auto:3 for so many layers, or depths such as 0.4,0.7 (0 is farthest, 1 nearest). Default: auto.",
        HelpName = "auto[:N]|F,F",
        CustomParser = ParseCut,
    };

    private readonly Option<string[]> _masks = new("--mask")
    {
        Description = "Take a layer from a painted mask instead, white is the layer; once for each layer but the last, which is the rest.",
        HelpName = "FILE",
    };

    private readonly Option<double?> _softness = CommonOptions.Number("--softness", "How wide layers run into each other, as a part of the longer side, 0 to 0.5. Default: 0.03.", "S");

    private readonly Option<double?> _isolation = CommonOptions.Number("--isolation", "The part of the run in which layers do not see each other, 0 to 1: less lets them grow together, more keeps prompts to their layers. Default: 0.9.", "F");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_layers, _cut, _softness, _isolation]) command.Add(option);
        if (!optional) command.Add(_masks);
        command.Validators.Add(result =>
        {
            if (optional)
            {
                Option? alone = ((Option[])[_cut, _softness, _isolation]).FirstOrDefault(option => result.GetResult(option) is not null);
                if (alone is not null && result.GetResult(_layers) is null) result.AddError($"{alone.Name} is about layers, and no --layer says what becomes of one.");
                return;
            }
            if (result.GetResult(_cut) is not null && result.GetResult(_masks) is not null)
                result.AddError("--cut and --mask are both given; only one of them can cut the picture.");
        });
    }

    /// <summary>Whether layers are asked for.</summary>
    public bool AreGiven(ParseResult arguments) => arguments.GetValue(_layers) is { Length: > 0 };

    /// <summary>The layers. Reads the masks, if any are named.</summary>
    public DepthLayers Read(ParseResult arguments)
    {
        string[] masks = optional ? [] : arguments.GetValue(_masks) ?? [];
        LayerCut? cut = masks.Length > 0 ? LayerCut.By([.. masks.Select(file => ImageFile.Load(file).ToRgb())]) : arguments.GetValue(_cut);
        return new DepthLayers
        {
            Layers = arguments.GetValue(_layers) ?? [],
            Cut = cut ?? LayerCut.Automatic(),
            Softness = arguments.GetValue(_softness) ?? DepthLayers.DefaultSoftness,
            Isolation = arguments.GetValue(_isolation) ?? DepthLayers.DefaultIsolation,
        };
    }

    private static DepthLayer ParseLayer(string text, ArgumentResult result)
    {
        string[] parts = text.Split(';', StringSplitOptions.TrimEntries);
        if (parts is [Keep]) return DepthLayer.Kept;
        DepthLayer layer = new() { Keep = parts[0] == Keep, Prompt = parts[0] == Keep ? null : parts[0] };
        foreach (string part in parts.Skip(1))
        {
            string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            switch (pair)
            {
                case ["negative", string negative]:
                    layer = layer with { NegativePrompt = negative };
                    break;
                case ["strength", string number] when TryParse(number, out double strength):
                    layer = layer with { Strength = strength };
                    break;
                case ["guidance", string number] when TryParse(number, out double guidance):
                    layer = layer with { Guidance = guidance };
                    break;
                default:
                    result.AddError($"--layer has '{part}' after its prompt; strength=NUMBER, guidance=NUMBER or negative=TEXT is expected.");
                    return layer;
            }
        }
        return layer;
    }

    private static LayerCut? ParseCut(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == Automatic) return LayerCut.Automatic();
        if (text.StartsWith($"{Automatic}:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(Automatic.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            if (count is >= FewestLayers and <= DepthLayers.MaxCount) return LayerCut.Automatic(count);
            result.AddError($"--cut is '{text}'; {FewestLayers} to {DepthLayers.MaxCount} layers can be cut.");
            return null;
        }
        List<double> thresholds = [];
        foreach (string number in text.Split(','))
        {
            if (TryParse(number, out double threshold))
            {
                thresholds.Add(threshold);
                continue;
            }
            result.AddError($"--cut is '{text}'; auto, auto:3, or depths such as 0.4,0.7 are expected.");
            return null;
        }
        return LayerCut.At(thresholds);
    }

    private static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
