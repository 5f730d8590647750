using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Server.Api.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Depth2Img.Server.Tests.V1;

/// <summary>The description is held to the server: its routes, its examples, its answers, its limits.</summary>
public sealed class OpenApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private async Task<JsonObject> DocumentAsync() => (JsonObject)(await shared.Client.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!;

    [Fact]
    public async Task Every_route_is_described_and_every_description_has_a_route()
    {
        JsonObject document = await DocumentAsync();
        string[] mapped = [.. MappedRoutes.Of(shared.Server.Services.GetRequiredService<EndpointDataSource>()).Select(route => $"{route.Method} {route.Path}").Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(mapped, Operations(document).Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal));
        Assert.NotEmpty(mapped);
        // Of this program's own API each is described by hand: what it takes, what it answers.
        Assert.All(Operations(document).Where(operation => operation.Path.StartsWith("/api/v1/", StringComparison.Ordinal)), operation => Assert.NotNull(operation.Node["operationId"]));
        Assert.All(Operations(document), operation => Assert.NotEqual("", (string?)operation.Node["summary"]));
    }

    [Fact]
    public async Task Every_reference_has_its_target_and_no_mark_is_left()
    {
        JsonObject document = await DocumentAsync();
        foreach ((string name, JsonNode? value) in All(document))
        {
            if (name == "$ref") Assert.NotNull(Resolve(document, (string)value!));
            Assert.False(name.StartsWith("x-", StringComparison.Ordinal), name);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Every_example_is_accepted()
    {
        JsonObject document = await DocumentAsync();
        int run = 0;
        foreach ((string path, string method, JsonObject node) in Operations(document))
        {
            foreach ((string name, JsonNode? example) in node["requestBody"]?["content"]?["application/json"]?["examples"] as JsonObject ?? [])
            {
                Assert.Equal("post", method);
                HttpResponseMessage answer = await shared.Client.PostAsJsonAsync(path, example!["value"]);
                Assert.True(answer.IsSuccessStatusCode, $"{path} {name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                await RequireDescribedAsync(document, node, answer, $"{path} {name}");
                run++;
                if (answer.StatusCode != HttpStatusCode.Accepted) continue;
                // What was accepted is also done.
                JsonNode job = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
                JsonNode done = await shared.FinishAsync((string)job["links"]!["self"]!);
                RequireSchema(document, done, new JsonObject { ["$ref"] = "#/components/schemas/Job" }, $"{path} {name}, done");
            }
        }
        Assert.True(run >= 18, $"{run} examples were run.");
    }

    [Fact]
    public async Task Answers_are_as_they_are_described()
    {
        JsonObject document = await DocumentAsync();
        JsonNode job = await shared.RunAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = "a red ball", steps = 1, size = "64x48" });
        string id = (string)job["id"]!;
        foreach ((string path, string method, JsonObject node) in Operations(document).Where(operation => operation.Node["operationId"] is not null && operation.Method != "post").OrderBy(operation => operation.Method == "delete"))
        {
            string file = path.Contains("/inputs/", StringComparison.Ordinal) ? "image" : "result-0.png";
            using HttpRequestMessage request = new(new HttpMethod(method), path.Replace("{id}", id, StringComparison.Ordinal).Replace("{name}", file, StringComparison.Ordinal));
            await RequireDescribedAsync(document, node, await shared.Client.SendAsync(request), $"{method} {path}");
            if (!path.Contains("{id}", StringComparison.Ordinal)) continue;
            using HttpRequestMessage unknown = new(new HttpMethod(method), path.Replace("{id}", new string('0', 32), StringComparison.Ordinal).Replace("{name}", file, StringComparison.Ordinal));
            await RequireDescribedAsync(document, node, await shared.Client.SendAsync(unknown), $"{method} {path} of none");
        }
        // Refusals too.
        foreach ((string path, string method, JsonObject node) in Operations(document).Where(operation => operation.Node["operationId"] is not null && operation.Method == "post"))
        {
            await RequireDescribedAsync(document, node, await shared.Client.PostAsJsonAsync(path, new { nothing = 1 }), $"{path}, unknown field");
            await RequireDescribedAsync(document, node, await shared.Client.PostAsync(path, new StringContent("{", null, "application/json")), $"{path}, malformed");
            await RequireDescribedAsync(document, node, await shared.Client.PostAsync(path, new StringContent("a")), $"{path}, text");
        }
    }

    [Fact]
    public async Task Described_fields_are_the_fields_that_requests_may_have()
    {
        JsonObject document = await DocumentAsync();
        foreach ((string path, string _, JsonObject node) in Operations(document))
        {
            if (node["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema || !path.StartsWith("/api/v1/", StringComparison.Ordinal)) continue;
            string[] described = [.. ((JsonObject)Resolve(document, (string)schema["$ref"]!)!["properties"]!).Select(property => property.Key).Order(StringComparer.Ordinal)];
            string refusal = (string)(await shared.RefusedAsync(path, new { nothing = 1 }))["nothing"]![0]!;
            string[] known = refusal[(refusal.IndexOf("there is ", StringComparison.Ordinal) + "there is ".Length)..].TrimEnd('.').Split(", ");
            Assert.Equal(known.Order(StringComparer.Ordinal), described);
        }
    }

    [Fact]
    public async Task Described_limits_are_this_server_s()
    {
        JsonObject document = await DocumentAsync();
        JsonNode fields = document["components"]!["schemas"]!["GenerateRequest"]!["properties"]!;
        int steps = (int)fields["steps"]!["maximum"]!, count = (int)fields["count"]!["maximum"]!, characters = (int)fields["prompt"]!["maxLength"]!;
        Assert.Equal((150, 16, 4000), (steps, count, characters));
        JsonObject errors = await shared.RefusedAsync("/api/v1/jobs", new { image = SharedServer.Base64, prompt = new string('a', characters + 1), steps = steps + 1, count = count + 1, scheduler = "none" });
        Assert.Equal(["count", "prompt", "scheduler", "steps"], errors.Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Contains("oil-painting", ((JsonArray)fields["style"]!["enum"]!).Select(style => (string)style!));
    }

    [Fact]
    public async Task The_page_has_every_operation_and_nothing_that_is_fetched_or_run()
    {
        HttpResponseMessage answer = await shared.Client.GetAsync("/docs");
        string html = await answer.Content.ReadAsStringAsync();
        foreach ((string path, string _, JsonObject _) in Operations(await DocumentAsync())) Assert.Contains($"<code>{path}</code>", html, StringComparison.Ordinal);
        foreach (string word in (string[])["<script", "<link", "<img", " onclick", "@import", "url("]) Assert.DoesNotContain(word, html, StringComparison.OrdinalIgnoreCase);
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        int start = html.IndexOf("<style>", StringComparison.Ordinal) + 7, end = html.IndexOf("</style>", StringComparison.Ordinal);
        string digest = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(html[start..end])));
        Assert.Contains($"'sha256-{digest}'", policy, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, string Method, JsonObject Node)> Operations(JsonObject document) =>
        from path in (JsonObject)document["paths"]!
        from operation in (JsonObject)path.Value!
        where operation.Key != "parameters"
        select (path.Key, operation.Key, (JsonObject)operation.Value!);

    /// <summary>Fails unless an answer's status, type and JSON are as described.</summary>
    private static async Task RequireDescribedAsync(JsonObject document, JsonObject operation, HttpResponseMessage answer, string where)
    {
        int status = (int)answer.StatusCode;
        string text = await answer.Content.ReadAsStringAsync();
        JsonNode? described = operation["responses"]![$"{status}"];
        Assert.True(described is not null, $"{where}: {status} is not described: {text}");
        if (described["$ref"] is { } reference) described = Resolve(document, (string)reference!)!;
        if (described["content"] is not JsonObject content)
        {
            Assert.Equal("", text);
            return;
        }
        string type = answer.Content.Headers.ContentType!.MediaType!;
        Assert.True(content.ContainsKey(type), $"{where}: {type} is not described.");
        if (type.EndsWith("json", StringComparison.Ordinal) && content[type]!["schema"] is { } schema) RequireSchema(document, JsonNode.Parse(text), schema, where);
    }

    /// <summary>Fails unless a value is of a schema, as far as the description uses JSON Schema.</summary>
    private static void RequireSchema(JsonObject document, JsonNode? value, JsonNode schema, string where)
    {
        if (schema["$ref"] is { } reference) schema = Resolve(document, (string)reference!)!;
        string kind = value?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "integer" : "number",
            _ => "boolean",
        };
        if (schema["type"] is { } type)
        {
            string[] types = type is JsonArray several ? [.. several.Select(t => (string)t!)] : [(string)type!];
            Assert.True(types.Contains(kind) || (kind == "integer" && types.Contains("number")), $"{where} is {kind}, and described as {string.Join(" or ", types)}.");
        }
        if (schema["enum"] is JsonArray values && value is not null) Assert.True(values.Any(v => JsonNode.DeepEquals(v, value)), $"{where} is {value.ToJsonString()}, which is none of {values.ToJsonString()}.");
        if (value is JsonArray list && schema["items"] is { } items)
        {
            for (int n = 0; n < list.Count; n++) RequireSchema(document, list[n], items, $"{where}[{n}]");
        }
        if (value is not JsonObject fields) return;
        foreach (JsonNode? name in schema["required"] as JsonArray ?? []) Assert.True(fields.ContainsKey((string)name!), $"{where} has no {name}.");
        foreach ((string name, JsonNode? field) in fields)
        {
            if (schema["properties"]?[name] is { } property) RequireSchema(document, field, property, $"{where}.{name}");
            else if (schema["additionalProperties"] is JsonObject others) RequireSchema(document, field, others, $"{where}.{name}");
            else Assert.False(schema["additionalProperties"] is JsonValue, $"{where}.{name} is not described.");
        }
    }

    private static JsonNode? Resolve(JsonObject document, string reference) =>
        reference[2..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]);

    private static IEnumerable<(string Name, JsonNode? Value)> All(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => All(field.Value).Prepend((field.Key, field.Value))),
        JsonArray list => list.SelectMany(All),
        _ => [],
    };
}
