using System.Globalization;
using Depth2Img.Checkpoints;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.IO;
using Depth2Img.Pipelines;

namespace Depth2Img.Adapters;

/// <summary>
/// The adapters of a pipeline, matched against its networks. Networks are built from their own weights through
/// <see cref="Apply"/>; nothing of the files is changed, so that a pipeline without the adapters has the weights as
/// they were, bit by bit.
/// </summary>
internal sealed class AdapterSet : IDisposable
{
    private const double LargestStrength = 100;

    private readonly List<AdapterFile> _files = [];
    private readonly List<AdapterUse> _uses = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, List<WeightChange>> _unet = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<WeightChange>> _textEncoder = new(StringComparer.Ordinal);

    private AdapterSet() { }

    /// <summary>The adapters with their strengths, for a picture's settings.</summary>
    public IReadOnlyList<AdapterUse> Uses => _uses;

    /// <summary>What a person would want to know: keys that match nothing.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Opens adapters for a checkpoint.</summary>
    /// <exception cref="Depth2ImgException">A file is missing, damaged, no adapter, or for another model.</exception>
    public static AdapterSet Open(IReadOnlyList<AdapterOptions> adapters, Checkpoint checkpoint)
    {
        if (adapters.Count == 0) return new AdapterSet();
        IWeightSource unet = checkpoint.OpenWeights("unet");
        using IDisposable? unetFile = unet as IDisposable;
        IWeightSource textEncoder = checkpoint.OpenWeights("text_encoder");
        using IDisposable? textFile = textEncoder as IDisposable;
        return Open(adapters, AdapterModel.Of(checkpoint.Name, unet, textEncoder));
    }

    /// <summary>Opens adapters for two networks.</summary>
    /// <exception cref="Depth2ImgException">As above.</exception>
    public static AdapterSet Open(IReadOnlyList<AdapterOptions> adapters, AdapterModel model)
    {
        AdapterSet set = new();
        try
        {
            foreach (AdapterOptions adapter in adapters) set.Add(adapter, model);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>A network's weights with the adapters in them.</summary>
    /// <param name="component">"unet" or "text_encoder"; others have no adapters.</param>
    /// <param name="source">The network's own weights, which the caller keeps open as long as the result is in use.</param>
    public IWeightSource Apply(string component, IWeightSource source)
    {
        Dictionary<string, List<WeightChange>>? changes = component switch
        {
            "unet" => _unet,
            "text_encoder" => _textEncoder,
            _ => null,
        };
        if (changes is not { Count: > 0 }) return source;
        return new AdaptedWeights(source, changes.ToDictionary(c => c.Key, c => (IReadOnlyList<WeightChange>)c.Value, StringComparer.Ordinal),
            $"{source.Description} with {string.Join(", ", _uses.Select(u => u.Name))}");
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (AdapterFile file in _files) file.Dispose();
    }

    private void Add(AdapterOptions options, AdapterModel model)
    {
        RequireStrength(options, options.UNetStrength);
        RequireStrength(options, options.TextEncoderStrength);
        IReadOnlyList<(string Path, AdapterNetwork Network)> parts = AdapterFiles.Find(options.Path);
        foreach ((string path, AdapterNetwork network) in parts)
        {
            AdapterFile file = AdapterFile.Open(path, network);
            _files.Add(file);
            List<(ModuleTable Table, string Key, AdapterModule Module)> matches = AdapterMatch.Match(file, model, out string? note);
            if (note is not null) _notes.Add(note);
            foreach ((ModuleTable table, string key, AdapterModule module) in matches)
            {
                bool isUnet = ReferenceEquals(table, model.UNet);
                float strength = (float)(isUnet ? options.UNetStrength : options.TextEncoderStrength);
                if (strength != 0) Add(isUnet ? _unet : _textEncoder, key, new WeightChange(module, strength));
            }
        }
        _uses.Add(new AdapterUse(AdapterFiles.NameOf(options.Path), options.UNetStrength, options.TextEncoderStrength, FileHash.Short([.. parts.Select(p => p.Path)])));
    }

    private static void Add(Dictionary<string, List<WeightChange>> changes, string key, WeightChange change)
    {
        if (!changes.TryGetValue(key, out List<WeightChange>? list)) changes.Add(key, list = []);
        list.Add(change);
    }

    private static void RequireStrength(AdapterOptions options, double strength)
    {
        if (!(Math.Abs(strength) <= LargestStrength))
            throw new InvalidRequestException([new RequestFault(nameof(PipelineOptions.Adapters), string.Create(CultureInfo.InvariantCulture,
                $"The strength of '{options.Path}' is {strength}; a number from -{LargestStrength} to {LargestStrength} was expected."))]);
    }
}
