using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>OpenAI's image API in the shapes of its Python client, of Open WebUI and of LocalAI's users.</summary>
public sealed class OpenAiTests(CompatServer server) : IClassFixture<CompatServer>
{
    private const string Edits = "/v1/images/edits", Generations = "/v1/images/generations";

    [Fact]
    public async Task Edits_in_a_form_whose_scalars_are_texts_give_the_librarys_picture()
    {
        JsonNode answer = await FormAsync(Edits, [("image", CompatServer.Picture), ("depth", CompatServer.Map())],
            ("prompt", "a red ball"), ("model", "demo"), ("n", "2"), ("size", "auto"), ("quality", "high"), ("input_fidelity", "low"), ("background", "auto"), ("user", "me"), ("strength", "0.6"), ("steps", "3"), ("seed", "11"), ("negative_prompt", "blue"), ("working_size", "64x48"));
        CompatServer.HasTypes(answer, ("created", JsonValueKind.Number), ("data", JsonValueKind.Array), ("size", JsonValueKind.String), ("output_format", JsonValueKind.String));
        Assert.Equal(2, answer["data"]!.AsArray().Count);
        DepthToImageRequest request = new()
        {
            Image = Image.Load(CompatServer.Picture),
            Depth = DepthMapFile.Decode(CompatServer.Map(), "map"),
            Prompt = "a red ball",
            NegativePrompt = "blue",
            LongPrompt = LongPrompt.Chunks,
            Strength = 0.6,
            Steps = 3,
            Seed = 12,
            Size = new WorkingSize(64, 48),
        };
        Assert.Equal(await MakeAsync(request), CompatServer.Decode(answer["data"]![1]!["b64_json"]).Pixels);
    }

    [Fact]
    public async Task What_is_transparent_in_the_mask_is_repainted_and_the_rest_stays()
    {
        byte[] mask = CompatServer.Paint(64, 48, (x, _) => (0, 0, 0, x < 24 ? (byte)0 : (byte)255));
        JsonNode answer = await FormAsync(Edits, [("image[]", CompatServer.Picture), ("mask", mask)], ("prompt", "a red ball"), ("steps", "2"), ("seed", "1"), ("strength", "1"), ("working_size", "64x48"));
        byte[] original = Image.Load(CompatServer.Picture).Pixels, made = CompatServer.Decode(answer["data"]![0]!["b64_json"]).Pixels;
        // Beyond three times the softness of the mask's edge.
        for (int n = 0; n < 64 * 48; n++)
        {
            if (n % 64 >= 24 + 13) Assert.Equal(original[3 * n], made[3 * n]);
        }
        Assert.NotEqual(original, made);
        JsonNode white = await FormAsync("/v1/images/inpainting", [("image", CompatServer.Picture), ("mask", CompatServer.Gray(64, 48, (x, _) => x < 24 ? (byte)255 : (byte)0))], ("prompt", "a red ball"), ("steps", "2"), ("seed", "1"), ("strength", "1"), ("working_size", "64x48"));
        Assert.Equal(made, CompatServer.Decode(white["data"]![0]!["b64_json"]).Pixels);
    }

    [Fact]
    public async Task Open_webui_edits_with_one_picture_and_takes_base64_or_an_address()
    {
        foreach (string field in (string[])["image", "image[]"])
        {
            JsonNode answer = await FormAsync(Edits, [(field, CompatServer.Picture)], ("model", "demo"), ("prompt", "a red ball"), ("n", "1"), ("size", "48x64"), ("steps", "2"), ("working_size", "48x64"));
            Assert.Equal((48, 64), Size(answer["data"]![0]!["b64_json"]));
        }
        JsonNode byUrl = await FormAsync(Edits, [("image", CompatServer.Picture)], ("prompt", "a red ball"), ("steps", "2"), ("response_format", "url"), ("output_format", "jpeg"), ("output_compression", "60"), ("working_size", "64x48"));
        using HttpResponseMessage fetched = await server.Client.GetAsync((string)byUrl["data"]![0]!["url"]!);
        Assert.Equal("image/jpeg", fetched.Content.Headers.ContentType!.MediaType);
        Assert.Equal(ImageFormat.Jpeg, ImageFile.Identify(await fetched.Content.ReadAsByteArrayAsync(), "answer").Format);
    }

    [Fact]
    public async Task Localai_generates_from_a_file_with_what_to_avoid_behind_a_bar()
    {
        JsonNode answer = await server.PostAsync(Generations, new JsonObject { ["file"] = CompatServer.Base64(CompatServer.Picture), ["prompt"] = "a red ball | blue", ["step"] = 2, ["seed"] = 3, ["size"] = "64x48", ["model"] = "demo", ["working_size"] = "64x48" });
        GenerationSettings settings = SettingsOf(answer);
        Assert.Equal(("a red ball", "blue", 2, 3L, "tiefenrausch"), (settings.Prompt, settings.NegativePrompt, settings.Steps, settings.Seed, settings.DepthModel));
        JsonNode listed = await server.PostAsync(Generations, new JsonObject { ["ref_images"] = new JsonArray(CompatServer.DataUrl(CompatServer.Picture)), ["prompt"] = "a red ball", ["step"] = 2, ["working_size"] = "64x48" });
        Assert.Equal((64, 48), Size(listed["data"]![0]!["b64_json"]));
    }

    [Fact]
    public async Task Generations_from_depth_alone_begin_with_noise_and_have_the_maps_size()
    {
        JsonNode answer = await server.PostAsync(Generations, new JsonObject { ["prompt"] = "a red ball", ["depth"] = CompatServer.Base64(CompatServer.Map(48, 64)), ["steps"] = 2, ["working_size"] = "48x64", ["style"] = "vivid", ["moderation"] = "low" });
        Assert.Equal((48, 64), Size(answer["data"]![0]!["b64_json"]));
        Assert.Equal((InitialLatents.Noise, 1.0, "given"), (SettingsOf(answer).Init, SettingsOf(answer).Strength, SettingsOf(answer).DepthModel));
    }

    [Fact]
    public async Task A_stream_sends_previews_and_then_the_picture()
    {
        using MultipartFormDataContent form = Form([("image", CompatServer.Picture)], ("prompt", "a red ball"), ("steps", "150"), ("strength", "1"), ("seed", "5"), ("stream", "true"), ("partial_images", "2"), ("working_size", "64x48"), ("n", "1"));
        using HttpResponseMessage answer = await server.Client.PostAsync(Edits, form);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        List<(string Event, JsonNode Data)> events = [];
        string? name = null;
        foreach (string line in (await answer.Content.ReadAsStringAsync()).Split('\n'))
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) events.Add((name!, JsonNode.Parse(line[6..])!));
        }
        Assert.All(events, e => Assert.Equal(e.Event, (string?)e.Data["type"]));
        Assert.All(events, e => Assert.Equal((64, 48), Size(e.Data["b64_json"])));
        Assert.Equal("image_edit.completed", events[^1].Event);
        Assert.Equal(Enumerable.Range(0, events.Count - 1), events.SkipLast(1).Select(e => (int)e.Data["partial_image_index"]!));
        Assert.InRange(events.Count, 1, 3);
    }

    [Fact]
    public async Task Models_are_listed_and_a_model_that_is_not_there_is_named()
    {
        JsonNode models = (await server.GetAsync("/v1/models"))!;
        Assert.Equal(("list", "demo", "model"), ((string?)models["object"], (string?)models["data"]![0]!["id"], (string?)models["data"]![0]!["object"]));
        Assert.Equal("demo", (string?)(await server.GetAsync("/v1/models/demo"))!["id"]);
        foreach (JsonNode refused in (JsonNode[])[(await server.GetAsync("/v1/models/dall-e-2", HttpStatusCode.NotFound))!, await server.PostAsync(Generations, new JsonObject { ["model"] = "dall-e-2", ["prompt"] = "x" }, HttpStatusCode.NotFound)])
            Assert.Equal(("model_not_found", "model", "invalid_request_error"), ((string?)refused["error"]!["code"], (string?)refused["error"]!["param"], (string?)refused["error"]!["type"]));
    }

    [Theory]
    [InlineData("""{"prompt": "x"}""", "depth")]
    [InlineData("""{"image": "AAAA", "prompt": "x"}""", "image")]
    [InlineData("""{"depth": "AAAA"}""", "prompt")]
    [InlineData("""{"prompt": "x", "output_format": "webp"}""", "output_format")]
    [InlineData("""{"prompt": "x", "background": "transparent"}""", "background")]
    [InlineData("""{"prompt": "x", "n": 11}""", "n")]
    [InlineData("""{"prompt": "x", "size": "big"}""", "size")]
    [InlineData("""{"prompt": "x", "image": "http://127.0.0.1/x.png"}""", "image")]
    public async Task A_refusal_is_an_error_that_names_its_parameter(string request, string parameter)
    {
        JsonNode refused = await server.PostAsync(Generations, JsonNode.Parse(request), HttpStatusCode.BadRequest);
        JsonObject error = (JsonObject)refused["error"]!;
        Assert.Equal(["code", "message", "param", "type"], error.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal((parameter, "invalid_request_error"), ((string?)error["param"], (string?)error["type"]));
    }

    [Fact]
    public async Task A_mask_must_have_something_transparent_and_edits_need_a_picture()
    {
        Assert.Equal("mask", (string?)(await FormAsync(Edits, [("image", CompatServer.Picture), ("mask", CompatServer.Picture)], HttpStatusCode.BadRequest, ("prompt", "x")))["error"]!["param"]);
        Assert.Equal("image", (string?)(await FormAsync(Edits, [], HttpStatusCode.BadRequest, ("prompt", "x")))["error"]!["param"]);
    }

    private static (int, int) Size(JsonNode? base64)
    {
        Image image = CompatServer.Decode(base64);
        return (image.Width, image.Height);
    }

    private static GenerationSettings SettingsOf(JsonNode answer) =>
        GenerationSettings.FromJson(ImageFile.Decode(Convert.FromBase64String((string)answer["data"]![0]!["b64_json"]!), "answer").Text[GenerationSettings.TextKey]);

    private static async Task<byte[]> MakeAsync(DepthToImageRequest request)
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        return (await pipeline.GenerateAsync(request)).Images[0].Pixels;
    }

    private Task<JsonNode> FormAsync(string path, (string Name, byte[] Content)[] files, params (string Name, string Value)[] fields) => FormAsync(path, files, HttpStatusCode.OK, fields);

    private async Task<JsonNode> FormAsync(string path, (string Name, byte[] Content)[] files, HttpStatusCode expected, params (string Name, string Value)[] fields)
    {
        using MultipartFormDataContent form = Form(files, fields);
        using HttpResponseMessage answer = await server.Client.PostAsync(path, form);
        return (await CompatServer.ReadAsync(answer, expected))!;
    }

    private static MultipartFormDataContent Form((string Name, byte[] Content)[] files, params (string Name, string Value)[] fields)
    {
        MultipartFormDataContent form = [];
        foreach ((string name, byte[] content) in files)
        {
            ByteArrayContent part = new(content);
            part.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            form.Add(part, name, name.TrimEnd('[', ']') + ".png");
        }
        foreach ((string name, string value) in fields) form.Add(new StringContent(value, Encoding.UTF8), name);
        return form;
    }
}
