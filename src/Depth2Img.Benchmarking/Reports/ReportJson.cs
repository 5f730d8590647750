using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>Reports as JSON, written and read again.</summary>
public static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The whole report as one object.</summary>
    public static string Write(BenchReport report) => JsonSerializer.Serialize(report, Options);

    /// <summary>The whole report as one object.</summary>
    public static string Write(OptionReport report) => JsonSerializer.Serialize(report, Options);

    /// <summary>Reads what <see cref="Write(BenchReport)"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Depth2ImgException">The file is not there, or holds no report.</exception>
    public static BenchReport Read(string path) => Read<BenchReport>(path);

    /// <summary>Reads what <see cref="Write(OptionReport)"/> wrote.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static OptionReport ReadOptions(string path) => Read<OptionReport>(path);

    private static T Read<T>(string path)
    {
        if (!File.Exists(path)) throw new Depth2ImgException($"There is no file '{path}'; what depth2img bench --json printed is expected.");
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Options)
                ?? throw new Depth2ImgException($"'{path}' holds no report of depth2img bench.");
        }
        catch (JsonException e)
        {
            throw new Depth2ImgException($"'{path}' is no report of depth2img bench: {e.Message}", e);
        }
    }
}
