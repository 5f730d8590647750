using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Depth2Img.Pipelines;

namespace Depth2Img.Server.Jobs;

/// <summary>Working sizes as requests have them: "512x384".</summary>
internal sealed class WorkingSizeConverter : JsonConverter<WorkingSize>
{
    /// <summary>Reads a size; null if the text is none.</summary>
    public static WorkingSize? Parse(string text)
    {
        string[] sides = text.Split('x', 'X');
        return sides.Length == 2 && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            ? new WorkingSize(width, height)
            : null;
    }

    public override WorkingSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? "") ?? throw new JsonException("A size such as 512x384 was expected.");

    public override void Write(Utf8JsonWriter writer, WorkingSize value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
