using System.Text.Json;
using System.Text.Json.Serialization;

namespace Depth2Img.Cli.Output;

/// <summary>Results for scripts: one JSON object on standard output.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly JsonSerializerOptions LineOptions = new(Options) { WriteIndented = false };

    public static void Write<T>(TextWriter output, T value) => output.WriteLine(JsonSerializer.Serialize(value, Options));

    /// <summary>An object in one line, for those who read a stream of them.</summary>
    public static void WriteLine<T>(TextWriter output, T value) => output.WriteLine(JsonSerializer.Serialize(value, LineOptions));

    /// <summary>An object's text as <see cref="Write"/> writes it.</summary>
    public static string ToText<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static void WriteError(TextWriter output, string message, int exitCode) => Write(output, new { error = message, exitCode });
}
