using System.Text;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>The networks of Stable Diffusion 2's depth model at full size, with weights that a formula makes: no files are needed.</summary>
internal sealed class Sd2DepthNetworks : INetworkSource
{
    /// <summary>What the command line calls it.</summary>
    public const string ModelName = "sd2-depth";

    /// <inheritdoc/>
    public string Name => ModelName;

    /// <inheritdoc/>
    public int? PictureSide => 512;

    /// <inheritdoc/>
    public bool Has(string component) => true;

    /// <inheritdoc/>
    public JsonConfig Config(string component)
    {
        string resource = $"{Stem(component)}-config.json";
        return JsonConfig.Parse(Encoding.UTF8.GetString(Resource(resource)), resource);
    }

    /// <inheritdoc/>
    public IWeightSource Weights(string component) => Formula(component);

    /// <summary>A component's weights as what they are.</summary>
    public static FormulaWeights Formula(string component)
    {
        string resource = $"{Stem(component)}-shapes.json";
        return FormulaWeights.FromShapes(resource, Resource(resource));
    }

    private static string Stem(string component) => component switch
    {
        "text_encoder" => "text",
        "depth_estimator" => "depth",
        _ => component,
    };

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(Sd2DepthNetworks).Assembly.GetManifestResourceStream($"Sd2Depth/{name}")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
