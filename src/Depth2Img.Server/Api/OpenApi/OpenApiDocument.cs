using System.Reflection;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Pipelines;
using Depth2Img.Schedulers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Depth2Img.Styles;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.OpenApi;

/// <summary>
/// The description of all APIs. What people wrote of them is in JSON files beside this one, which are put together; limits and
/// names are this server's. Endpoints read their bodies field by field, so nothing could be told from their signatures; those that
/// no file describes are listed with the summary that they were mapped with.
/// </summary>
internal sealed class OpenApiDocument(EndpointDataSource endpoints, ModelPool models, StyleLibrary styles, ServerOptions options)
{
    private const string ResourcePrefix = "Depth2Img.Server.OpenApi.";

    /// <summary>In a schema: which keywords have which of the server's limits.</summary>
    private const string LimitsMark = "x-limits";

    /// <summary>In a schema: which of the server's lists its values are from.</summary>
    private const string ValuesMark = "x-values";

    private readonly Lazy<JsonObject> _document = new(() => Make(endpoints, models, styles, options));

    /// <summary>The document.</summary>
    public JsonObject Json => _document.Value;

    private static JsonObject Make(EndpointDataSource endpoints, ModelPool models, StyleLibrary styles, ServerOptions options)
    {
        JsonObject document = Read("v1.json");
        foreach (string name in Resources().Where(name => name != "v1.json").Order(StringComparer.Ordinal)) Merge(document, Read(name));
        document["info"]!["version"] = DepthToImagePipeline.Version;
        document["servers"] = new JsonArray(new JsonObject { ["url"] = options.PathBase.Length == 0 ? "/" : options.PathBase });
        Dictionary<string, IReadOnlyList<string>> values = new()
        {
            ["models"] = models.Names,
            ["styles"] = [.. styles.Styles.Select(style => style.Name)],
            ["schedulers"] = SchedulerNames.All,
            ["depthModels"] = DepthEstimators.Names,
            ["colorMaps"] = JsonFields.WordsOf<ColorMap>(),
        };
        Fill(document, (JsonObject)JsonNode.Parse(ServerJson.Write(options.Limits))!, values);
        AddUndescribed(document, endpoints);
        return document;
    }

    /// <summary>Puts the server's own limits and names in.</summary>
    private static void Fill(JsonNode? node, JsonObject limits, IReadOnlyDictionary<string, IReadOnlyList<string>> values)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list) Fill(item, limits, values);
        }
        if (node is not JsonObject schema) return;
        if (schema[LimitsMark] is JsonObject marks)
        {
            schema.Remove(LimitsMark);
            foreach ((string keyword, JsonNode? limit) in marks) schema[keyword] = limits[limit!.GetValue<string>()]!.DeepClone();
        }
        if (schema[ValuesMark] is { } name)
        {
            schema.Remove(ValuesMark);
            schema["enum"] = new JsonArray([.. values[name.GetValue<string>()].Select(value => (JsonNode)value)]);
        }
        foreach ((string _, JsonNode? inner) in schema) Fill(inner, limits, values);
    }

    private static void Merge(JsonObject document, JsonObject part)
    {
        foreach ((string name, JsonNode? value) in part.ToArray())
        {
            if (document[name] is JsonObject known && value is JsonObject more) Merge(known, more);
            else if (document[name] is JsonArray list && value is JsonArray items)
            {
                foreach (JsonNode? item in items) list.Add(item?.DeepClone());
            }
            else document[name] = value?.DeepClone();
        }
    }

    private static void AddUndescribed(JsonObject document, EndpointDataSource endpoints)
    {
        JsonObject paths = (JsonObject)document["paths"]!;
        foreach ((string path, string method, RouteEndpoint endpoint) in MappedRoutes.Of(endpoints))
        {
            if (paths[path] is not JsonObject operations) paths[path] = operations = [];
            if (operations[method] is not null) continue;
            operations[method] = new JsonObject
            {
                ["tags"] = new JsonArray([.. (endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags ?? ["Other"]).Select(tag => (JsonNode)tag)]),
                ["parameters"] = new JsonArray([.. endpoint.RoutePattern.Parameters.Select(parameter => (JsonNode)new JsonObject
                {
                    ["name"] = parameter.Name,
                    ["in"] = "path",
                    ["required"] = true,
                    ["schema"] = new JsonObject { ["type"] = "string" },
                })]),
                ["summary"] = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "",
                ["responses"] = new JsonObject { ["default"] = new JsonObject { ["description"] = "The answer." } },
            };
        }
    }

    private static IEnumerable<string> Resources() => typeof(OpenApiDocument).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Select(name => name[ResourcePrefix.Length..]);

    private static JsonObject Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourcePrefix + name)!;
        return (JsonObject)JsonNode.Parse(stream)!;
    }
}
