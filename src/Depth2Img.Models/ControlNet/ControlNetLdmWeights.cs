using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.ControlNet;

/// <summary>A ControlNet in its authors' own form, in one file, under diffusers' keys. Owns the file.</summary>
public sealed class ControlNetLdmWeights : IWeightSource, IDisposable
{
    private const string Root = "control_model.";
    private const string Mark = "input_hint_block.0.weight";

    private readonly IWeightSource _source;
    private readonly Dictionary<string, string> _names = [];

    /// <summary>Takes a file over; keys that no ControlNet has keep their names.</summary>
    /// <param name="source">The file, closed with this object.</param>
    /// <exception cref="Depth2ImgException">It holds no ControlNet, or one of another family.</exception>
    public ControlNetLdmWeights(IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string prefix = source.Contains(Root + Mark) ? Root : source.Contains(Mark) ? "" : throw NoControlNet(source);
        _source = source;
        Config = new ControlNetLdmShapes(source, prefix).Read();
        ControlNetLdmKeys keys = new(Config);
        foreach (string name in source.Names)
        {
            string? known = name.StartsWith(prefix, StringComparison.Ordinal) ? keys.ToDiffusers(name[prefix.Length..]) : null;
            _names[known ?? name] = name;
        }
    }

    /// <summary>The sizes, found in the tensors' shapes.</summary>
    public ControlNetConfig Config { get; }

    /// <inheritdoc/>
    public string Description => _source.Description;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <inheritdoc/>
    public WeightTensor this[string name]
    {
        get
        {
            WeightTensor tensor = _source[_names[name]];
            return new WeightTensor(name, tensor.Type, tensor.Dimensions, tensor.Data);
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => _names.ContainsKey(name);

    /// <summary>Closes the file.</summary>
    public void Dispose() => (_source as IDisposable)?.Dispose();

    private static Depth2ImgException NoControlNet(IWeightSource source)
    {
        string found = source.Contains("controlnet_cond_embedding.conv_in.weight") ? "it has diffusers' keys, whose config.json is needed: give the folder that holds both"
            : source.Names.Any(name => name.Contains("lora_", StringComparison.Ordinal)) ? "it is a LoRA"
            : source.Names.Any(name => name.StartsWith("adapter.", StringComparison.Ordinal) || name.StartsWith("body.", StringComparison.Ordinal)) ? "it looks like a T2I-Adapter, which is another kind of guide"
            : $"it has no {Root}{Mark}";
        return new Depth2ImgException($"'{source.Description}' holds no ControlNet: {found}.");
    }
}
