using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Api.OpenApi;

/// <summary>The APIs' description as a page without scripts, which nothing is fetched for.</summary>
internal static class DocsPage
{
    /// <summary>Longer texts of examples (pictures) are cut.</summary>
    private const int MostCharacters = 60;

    private const string Style = """
        :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --quiet: color-mix(in srgb, currentColor 65%, transparent) }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
        h2 { margin-top: 2.5rem } h3 { margin: 0; font: inherit }
        details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem }
        summary { cursor: pointer } summary h3 { display: inline }
        code, pre { font: .9em ui-monospace, monospace } pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); border-radius: .4rem }
        .method { display: inline-block; min-width: 4.5rem; font-weight: 700 } .quiet { color: var(--quiet) }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line) }
        .scroll { overflow-x: auto }
        """;

    private static readonly JsonSerializerOptions Indented = new(Jobs.ServerJson.Options) { WriteIndented = true };

    /// <summary>The page's Content-Security-Policy: its own style, and nothing else.</summary>
    public static string SecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Makes the page.</summary>
    /// <param name="document">The description.</param>
    /// <param name="root">What paths begin with, behind a proxy.</param>
    public static string Render(JsonObject document, string root)
    {
        StringBuilder html = new();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Depth2Img: the API</title><style>{Style}</style></head>
            <body><main><h1>{Text(document["info"]!["title"])} <span class="quiet">{Text(document["info"]!["version"])}</span></h1>
            <p>{Text(document["info"]!["description"])}</p>
            <p><a href="{Escape(root)}/openapi/v1.json">The same for programs (OpenAPI 3.1)</a></p>

            """);
        Operation[] operations = [.. OperationsOf(document)];
        Dictionary<string, string> tags = ((JsonArray)document["tags"]!).ToDictionary(tag => tag!["name"]!.GetValue<string>(), tag => tag!["description"]?.GetValue<string>() ?? "");
        foreach (string tag in tags.Keys.Concat(operations.Select(o => o.Tag)).Distinct())
        {
            if (!operations.Any(o => o.Tag == tag)) continue;
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(tag)}</h2><p>{Escape(tags.GetValueOrDefault(tag, ""))}</p>\n");
            foreach (Operation operation in operations.Where(o => o.Tag == tag)) Append(html, document, operation);
        }
        html.Append("<h2>Parts</h2>\n");
        foreach ((string name, JsonNode? schema) in (JsonObject)document["components"]!["schemas"]!)
        {
            html.Append(CultureInfo.InvariantCulture, $"<details id=\"{Escape(name)}\"><summary><h3><code>{Escape(name)}</code> {Text(schema!["description"])}</h3></summary>");
            AppendProperties(html, (JsonObject)schema!);
            html.Append("</details>\n");
        }
        return html.Append("</main></body></html>\n").ToString();
    }

    private static IEnumerable<Operation> OperationsOf(JsonObject document) =>
        from path in (JsonObject)document["paths"]!
        from operation in (JsonObject)path.Value!
        where operation.Key != "parameters"
        select new Operation(path.Key, operation.Key, operation.Value!["tags"]?[0]?.GetValue<string>() ?? "Other", (JsonObject)operation.Value!, path.Value!["parameters"] as JsonArray);

    private static void Append(StringBuilder html, JsonObject document, Operation operation)
    {
        JsonObject node = operation.Node;
        html.Append(CultureInfo.InvariantCulture, $"<details><summary><h3><span class=\"method\">{operation.Method.ToUpperInvariant()}</span> <code>{Escape(operation.Path)}</code> <span class=\"quiet\">{Text(node["summary"])}</span></h3></summary>");
        if (node["description"] is { } description) html.Append(CultureInfo.InvariantCulture, $"<p>{Text(description)}</p>");
        JsonNode?[] parameters = [.. operation.Shared ?? [], .. node["parameters"] as JsonArray ?? []];
        if (parameters.Length > 0)
        {
            html.Append("<div class=\"scroll\"><table><tr><th>parameter</th><th>in</th><th>what</th></tr>");
            foreach (JsonNode? parameter in parameters)
                html.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Text(parameter!["name"])}</code></td><td>{Text(parameter["in"])}</td><td>{Text(parameter["description"])} <span class=\"quiet\">{Escape(KindOf(parameter["schema"]))}</span></td></tr>");
            html.Append("</table></div>");
        }
        if (node["requestBody"]?["content"] is JsonObject content)
        {
            foreach ((string type, JsonNode? body) in content)
            {
                html.Append(CultureInfo.InvariantCulture, $"<p>Body, <code>{Escape(type)}</code>: {Kind(body!["schema"])}</p>");
                foreach ((string _, JsonNode? example) in body["examples"] as JsonObject ?? [])
                    html.Append(CultureInfo.InvariantCulture, $"<p>{Text(example!["summary"])}:</p><pre>{Escape(Shortened(example["value"]!).ToJsonString(Indented))}</pre>");
            }
        }
        html.Append("<div class=\"scroll\"><table><tr><th>answer</th><th>what</th></tr>");
        foreach ((string status, JsonNode? answer) in node["responses"] as JsonObject ?? [])
        {
            JsonNode resolved = answer!["$ref"] is { } reference ? document["components"]!["responses"]![NameOf(reference)]! : answer;
            string kinds = string.Join(", ", (resolved["content"] as JsonObject ?? []).Select(c => $"<code>{Escape(c.Key)}</code> {Kind(c.Value?["schema"])}"));
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(status)}</td><td>{Text(resolved["description"])} {kinds}</td></tr>");
        }
        html.Append("</table></div></details>\n");
    }

    private static void AppendProperties(StringBuilder html, JsonObject schema)
    {
        if (schema["properties"] is not JsonObject properties) return;
        string[] required = [.. (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>())];
        html.Append("<div class=\"scroll\"><table><tr><th>field</th><th>what</th></tr>");
        foreach ((string name, JsonNode? property) in properties)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Escape(name)}</code>{(required.Contains(name) ? " <span class=\"quiet\">always</span>" : "")}</td><td>{Text(property!["description"])} <span class=\"quiet\">{Kind(property)}</span>");
            JsonNode inner = property["items"] ?? property;
            if (inner is JsonObject { } own && own["properties"] is not null) AppendProperties(html, own);
            html.Append("</td></tr>");
        }
        html.Append("</table></div>");
    }

    /// <summary>A schema in words, as HTML: a link where it has a name.</summary>
    private static string Kind(JsonNode? schema)
    {
        JsonNode? named = schema?["$ref"] ?? schema?["items"]?["$ref"];
        if (named is null) return Escape(KindOf(schema));
        string name = NameOf(named);
        return $"{(schema!["items"] is null ? "" : "list of ")}<a href=\"#{Escape(name)}\"><code>{Escape(name)}</code></a>";
    }

    private static string KindOf(JsonNode? schema)
    {
        if (schema is not JsonObject kind) return "";
        List<string> words = [];
        if (kind["enum"] is JsonArray values) words.Add(string.Join(", ", values.Select(Plain)));
        else if (kind["type"] is { } type) words.Add(type is JsonArray types ? string.Join(" or ", types.Select(Plain)) : Plain(type));
        (string Keyword, string Words)[] bounds =
        [
            ("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"), ("exclusiveMaximum", "below"), ("minItems", "entries from"), ("maxItems", "entries to"), ("maxLength", "characters to"), ("default", "default"),
        ];
        foreach ((string keyword, string said) in bounds)
        {
            if (kind[keyword] is { } value) words.Add($"{said} {Plain(value)}");
        }
        return string.Join(", ", words);
    }

    /// <summary>An example with its long texts cut.</summary>
    private static JsonNode Shortened(JsonNode value)
    {
        JsonNode copy = value.DeepClone();
        if (copy is not JsonObject fields) return copy;
        foreach ((string name, JsonNode? field) in fields.ToArray())
        {
            if (field is JsonValue v && v.GetValueKind() == JsonValueKind.String && v.GetValue<string>() is { Length: > MostCharacters } text) fields[name] = text[..(MostCharacters / 2)] + "…";
        }
        return copy;
    }

    private static string NameOf(JsonNode reference) => reference.GetValue<string>().Split('/')[^1];

    private static string Plain(JsonNode? value) => value is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : value?.ToJsonString() ?? "null";

    private static string Text(JsonNode? text) => Escape(text?.GetValue<string>() ?? "");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>An operation of the document.</summary>
    private sealed record Operation(string Path, string Method, string Tag, JsonObject Node, JsonArray? Shared);
}
