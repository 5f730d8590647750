using System.Text.Json;

namespace Depth2Img.Server.Tests.Fuzz;

/// <summary>A family's manner of refusing.</summary>
internal abstract class ApiShape
{
    public static ApiShape Native { get; } = new NativeShape();

    public static ApiShape Sdapi { get; } = new SdapiShape();

    public static ApiShape OpenAi { get; } = new OpenAiShape();

    /// <summary>Forms of people whose browsers run no scripts.</summary>
    public static ApiShape Page { get; } = new PageShape();

    /// <summary>What is wrong with a refusal; null for nothing.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="type">Its content type.</param>
    /// <param name="body">Its body.</param>
    public virtual string? Fault(int status, string? type, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Fault(status, type, document.RootElement) : "it is no object";
        }
        catch (JsonException)
        {
            return "it is no JSON";
        }
    }

    /// <summary>Whether a refusal is one of what a request says, and not of how it is written.</summary>
    public virtual bool IsOfContent(int status, string body) => status is 422 or 404 or 409 or 429;

    protected abstract string? Fault(int status, string? type, JsonElement answer);

    protected static bool IsText(JsonElement within, string name) => within.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private sealed class NativeShape : ApiShape
    {
        protected override string? Fault(int status, string? type, JsonElement answer)
        {
            if (type != "application/problem+json") return $"its type is {type}";
            if (!answer.TryGetProperty("status", out JsonElement told) || told.GetInt32() != status) return "its status is another";
            return ((string[])["type", "title", "detail", "traceId"]).FirstOrDefault(name => !IsText(answer, name)) is { } missing ? $"it has no {missing}" : null;
        }
    }

    private sealed class SdapiShape : ApiShape
    {
        protected override string? Fault(int status, string? type, JsonElement answer) => type != "application/json" ? $"its type is {type}" : IsText(answer, "detail") ? null : "it has no detail";
    }

    private sealed class PageShape : ApiShape
    {
        public override string? Fault(int status, string? type, string body) =>
            type != "text/html" ? $"its type is {type}" : body.Contains("<h1", StringComparison.Ordinal) && body.EndsWith("</html>\n", StringComparison.Ordinal) ? null : "it is no whole page";

        protected override string? Fault(int status, string? type, JsonElement answer) => "it is JSON";
    }

    private sealed class OpenAiShape : ApiShape
    {
        public override bool IsOfContent(int status, string body)
        {
            if (base.IsOfContent(status, body)) return true;
            // This family has one status for both; a refusal of content names its field.
            using JsonDocument document = JsonDocument.Parse(body);
            return status == 400 && IsText(document.RootElement.GetProperty("error"), "param");
        }

        protected override string? Fault(int status, string? type, JsonElement answer)
        {
            if (type != "application/json") return $"its type is {type}";
            if (!answer.TryGetProperty("error", out JsonElement error) || error.ValueKind != JsonValueKind.Object) return "it has no error";
            return IsText(error, "message") && IsText(error, "type") && error.TryGetProperty("param", out _) && error.TryGetProperty("code", out _) ? null : "its error lacks a part";
        }
    }
}
