using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.Tiefenrausch;

/// <summary>
/// The range that every convolution's results are clamped to. The published network computed in 8 bits, whose range
/// did the work of its ReLUs; the ranges lie in the weight file's metadata, as JSON from a convolution's key to a pair.
/// </summary>
internal sealed class TiefenrauschClips
{
    private const string MetadataKey = "clip";

    private readonly JsonConfig _ranges;

    private TiefenrauschClips(JsonConfig ranges) => _ranges = ranges;

    /// <exception cref="Depth2ImgException">The file has no such metadata.</exception>
    public static TiefenrauschClips Read(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
            throw new Depth2ImgException($"'{file.Description}' has no metadata \"{MetadataKey}\", the ranges that Tiefenrausch's values are clamped to.");
        return Parse(json, $"{file.Description}, metadata {MetadataKey}");
    }

    /// <exception cref="Depth2ImgException">The text is no JSON object.</exception>
    public static TiefenrauschClips Parse(string json, string source) => new(JsonConfig.Parse(json, source));

    /// <summary>The clamp that follows a convolution.</summary>
    /// <exception cref="Depth2ImgException">There is none, or it is no range.</exception>
    public Activation After(string convolution)
    {
        IReadOnlyList<double> range = _ranges.Numbers(convolution);
        if (range.Count != 2 || range[0] >= range[1])
            throw _ranges.Error(convolution, $"is [{string.Join(", ", range)}]; two ascending numbers were expected");
        return Activation.Clamp((float)range[0], (float)range[1]);
    }
}
