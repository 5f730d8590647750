using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Depth2Img.Adapters;
using Depth2Img.Embeddings;

namespace Depth2Img.Pipelines;

/// <summary>
/// Everything that made a picture, with defaults filled in: enough to make it again. Written into PNG files as JSON
/// under <see cref="TextKey"/>, and read back from there.
/// </summary>
public sealed record GenerationSettings
{
    /// <summary>The PNG text key of the JSON form.</summary>
    public const string TextKey = "depth2img";

    /// <summary>The PNG text key of the line that other programs of the field read.</summary>
    public const string ParametersKey = "parameters";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The prompt as it was given.</summary>
    public required string Prompt { get; init; }

    /// <summary>The negative prompt; empty if none was given.</summary>
    public required string NegativePrompt { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Which picture of the request's count this is, from 0.</summary>
    public int Index { get; init; }

    /// <summary>How many pictures the request was for.</summary>
    public required int Count { get; init; }

    /// <summary>Steps of the full schedule.</summary>
    public required int Steps { get; init; }

    /// <summary>UNet evaluations that ran for each picture.</summary>
    public required int Evaluations { get; init; }

    /// <summary>The strength.</summary>
    public required double Strength { get; init; }

    /// <summary>The guidance.</summary>
    public required double Guidance { get; init; }

    /// <summary>The part of the run that was guided; null if all of it was.</summary>
    public GuidanceInterval? GuidanceInterval { get; init; }

    /// <summary>Every how many evaluations the UNet ran whole; null if it always did.</summary>
    public int? ReuseFeatures { get; init; }

    /// <summary>The scheduler's name.</summary>
    public required string Scheduler { get; init; }

    /// <summary>Whether noise levels were spaced as Karras et al. do.</summary>
    public required bool Karras { get; init; }

    /// <summary>What the first latents were made of.</summary>
    public required InitialLatents Init { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The adapters in the model's weights; null if none.</summary>
    public IReadOnlyList<AdapterUse>? Adapters { get; init; }

    /// <summary>The textual inversions that prompts could name; null if none.</summary>
    public IReadOnlyList<EmbeddingUse>? Embeddings { get; init; }

    /// <summary>Who estimated depth: a depth network's folder by its last name; "given" for a map of the user's own; "none" in plain image-to-image.</summary>
    public required string DepthModel { get; init; }

    /// <summary>The ControlNet that followed the depth; null if the UNet did itself.</summary>
    public ControlNetUse? ControlNet { get; init; }

    /// <summary>Corrections of the depth map; null if none.</summary>
    public Depth.DepthAdjustment? DepthAdjustment { get; init; }

    /// <summary>The input's size, "640x480".</summary>
    public required string InputSize { get; init; }

    /// <summary>The size worked at.</summary>
    public required string WorkingSize { get; init; }

    /// <summary>How many tiles the picture was decoded in; null if it was decoded whole.</summary>
    public int? DecodeTiles { get; init; }

    /// <summary>The shortest number type of the networks' products: "float32", or "bfloat16", with sums in single precision.</summary>
    public required string Precision { get; init; }

    /// <summary>What ran them: "cpu avx512, 2 threads", the tier of kernels included.</summary>
    public required string Backend { get; init; }

    /// <summary>The JSON form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="Depth2ImgException">The text is no such JSON.</exception>
    public static GenerationSettings FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<GenerationSettings>(json, Json)
                ?? throw new Depth2ImgException("The settings are empty.");
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"The settings are not readable: {e.Message}", e);
        }
    }

    /// <summary>The line form that other programs of the field write and read.</summary>
    public string ToParametersLine()
    {
        StringBuilder line = new();
        line.Append(Prompt);
        foreach (AdapterUse adapter in Adapters ?? []) line.Append(' ').Append(adapter.ToTag());
        line.Append('\n');
        if (NegativePrompt.Length > 0) line.Append("Negative prompt: ").Append(NegativePrompt).Append('\n');
        line.Append(CultureInfo.InvariantCulture,
            $"Steps: {Steps}, Sampler: {Scheduler}{(Karras ? " Karras" : "")}, CFG scale: {Guidance}, Seed: {Seed}, Size: {WorkingSize}, Model: {Model}, Denoising strength: {Strength}");
        if (GuidanceInterval is { } interval) line.Append(CultureInfo.InvariantCulture, $", CFG interval: {interval}");
        if (ReuseFeatures is { } every) line.Append(CultureInfo.InvariantCulture, $", Feature reuse: {every}");
        if (ControlNet is { } control) line.Append(", ").Append(control.ToParameters());
        if (Adapters is { Count: > 0 }) line.Append(CultureInfo.InvariantCulture, $", Lora hashes: \"{string.Join(", ", Adapters.Select(a => $"{a.Name}: {a.Hash}"))}\"");
        if (Embeddings is { Count: > 0 }) line.Append(CultureInfo.InvariantCulture, $", TI hashes: \"{string.Join(", ", Embeddings.Select(e => $"{e.Name}: {e.Hash}"))}\"");
        line.Append(CultureInfo.InvariantCulture, $", Version: depth2img {Version}");
        return line.ToString();
    }

    /// <summary>The texts to write into a PNG file.</summary>
    public IReadOnlyDictionary<string, string> ToPngText() => new Dictionary<string, string>
    {
        [TextKey] = ToJson(),
        [ParametersKey] = ToParametersLine(),
    };
}
