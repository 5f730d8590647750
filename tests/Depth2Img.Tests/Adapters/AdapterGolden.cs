using System.Text.Json;
using Depth2Img.Adapters;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.TestSupport;

namespace Depth2Img.Tests.Adapters;

/// <summary>The small networks of the reference vectors, and adapters put into them.</summary>
internal sealed class AdapterGolden : IDisposable
{
    private readonly SafetensorsFile _base = SafetensorsFile.Open(File("base.safetensors"));
    private readonly JsonDocument _facts = JsonDocument.Parse(System.IO.File.ReadAllBytes(File("lora-merged.json")));

    public AdapterGolden(bool widened = true)
    {
        StoredUnet = new PrefixedWeights(_base, "unet.");
        StoredTextEncoder = new PrefixedWeights(_base, "text_encoder.");
        Unet = widened ? new WidenedWeights(StoredUnet) : StoredUnet;
        TextEncoder = widened ? new WidenedWeights(StoredTextEncoder) : StoredTextEncoder;
    }

    /// <summary>The UNet's weights; in single precision unless asked for as stored.</summary>
    public IWeightSource Unet { get; }

    public IWeightSource TextEncoder { get; }

    public IWeightSource StoredUnet { get; }

    public IWeightSource StoredTextEncoder { get; }

    public JsonElement Facts => _facts.RootElement;

    /// <summary>The strength at which the reference merged.</summary>
    public double Strength => Facts.GetProperty("scale").GetDouble();

    public AdapterModel Model => AdapterModel.Of("small model", Unet, TextEncoder);

    public static string File(string name) => Repository.Golden(Path.Combine("lora", name));

    /// <summary>Opens adapters for the small networks, at the reference's strength.</summary>
    public AdapterSet Open(params string[] files) => AdapterSet.Open([.. files.Select(f => new AdapterOptions(Path.IsPathRooted(f) ? f : File(f), Strength, Strength))], Model);

    /// <summary>A tensor by its name in the reference: "unet.KEY" or "text_encoder.KEY".</summary>
    public WeightTensor Merged(AdapterSet adapters, string name) => name.StartsWith("unet.", StringComparison.Ordinal)
        ? adapters.Apply("unet", Unet)[name["unet.".Length..]]
        : adapters.Apply("text_encoder", TextEncoder)[name["text_encoder.".Length..]];

    public void Dispose()
    {
        _facts.Dispose();
        _base.Dispose();
    }
}
