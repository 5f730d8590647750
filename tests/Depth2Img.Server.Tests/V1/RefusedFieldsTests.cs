using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Tests.V1;

/// <summary>Every field says what is wrong with it under its own name.</summary>
public sealed class RefusedFieldsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Half = Convert.ToBase64String(SharedServer.HalfMask()), Map = Convert.ToBase64String(SharedServer.DepthFile());

    [Theory]
    [InlineData("promptSyntax", "\"fancy\"", "promptSyntax")]
    [InlineData("promptSyntax", "3", "promptSyntax")]
    [InlineData("longPrompt", "\"split\"", "longPrompt")]
    [InlineData("restorePromptMean", "\"yes\"", "restorePromptMean")]
    [InlineData("restorePromptMean", "true", "restorePromptMean")]
    [InlineData("guidanceRescale", "1.5", "guidanceRescale")]
    [InlineData("guidanceRescale", "\"a\"", "guidanceRescale")]
    [InlineData("guidance", "-1", "guidance")]
    [InlineData("guidanceInterval", "{\"from\":0.8,\"to\":0.2}", "guidanceInterval")]
    [InlineData("guidanceInterval", "{\"begin\":0.8}", "guidanceInterval.begin")]
    [InlineData("style", "\"no-such-style\"", "style")]
    [InlineData("style", "\"/etc/passwd.json\"", "style")]
    [InlineData("styleStrength", "0.5", "styleStrength")]
    [InlineData("styleStrength", "2", "styleStrength")]
    [InlineData("strength", "1.5", "strength")]
    [InlineData("steps", "0", "steps")]
    [InlineData("steps", "151", "steps")]
    [InlineData("reuseFeatures", "11", "reuseFeatures")]
    [InlineData("seed", "1.5", "seed")]
    [InlineData("scheduler", "\"eulr\"", "scheduler")]
    [InlineData("karras", "1", "karras")]
    [InlineData("count", "17", "count")]
    [InlineData("size", "\"64\"", "size")]
    [InlineData("size", "\"2048x2048\"", "size")]
    [InlineData("maxSize", "4", "maxSize")]
    [InlineData("depthModel", "\"../model\"", "depthModel")]
    [InlineData("depthAdjustment", "{\"gamma\":0}", "depthAdjustment")]
    [InlineData("depthAdjustment", "{\"nearer\":0}", "depthAdjustment.nearer")]
    [InlineData("depthAdjustment", "[1]", "depthAdjustment")]
    [InlineData("init", "\"noise\"", "init")]
    [InlineData("init", "\"zeros\"", "init")]
    [InlineData("format", "\"webp\"", "format")]
    [InlineData("metadata", "\"no\"", "metadata")]
    [InlineData("model", "\"/models/demo\"", "model")]
    [InlineData("negativePrompt", "[]", "negativePrompt")]
    [InlineData("depth", "\"AAAA\"", "depth")]
    [InlineData("depth", "\"https://example.org/depth.png\"", "depth")]
    [InlineData("mask", "\"AAAA\"", "mask")]
    [InlineData("shape", "\"AAAA\"", "shape")]
    [InlineData("layerMask1", "\"AAAA\"", "layerMask1")]
    [InlineData("sheduler", "\"euler\"", "sheduler")]
    [InlineData("layers", "[]", "layers")]
    [InlineData("layers", "{}", "layers")]
    [InlineData("layers", "{\"layers\":[]}", "layers")]
    [InlineData("layers", "{\"layers\":[1]}", "layers.layers[0]")]
    [InlineData("layers", "{\"layers\":[{\"prompt\":5}]}", "layers.layers[0].prompt")]
    [InlineData("layers", "{\"layers\":[{},{\"strength\":2}]}", "layers.layers[1].strength")]
    [InlineData("layers", "{\"layers\":[{\"guidance\":101}]}", "layers.layers[0].guidance")]
    [InlineData("layers", "{\"layers\":[{\"keep\":\"yes\"}]}", "layers.layers[0].keep")]
    [InlineData("layers", "{\"layers\":[{\"keep\":true,\"prompt\":\"a\"}]}", "layers")]
    [InlineData("layers", "{\"layers\":[{\"colour\":1}]}", "layers.layers[0].colour")]
    [InlineData("layers", "{\"layers\":[{},{},{},{},{}]}", "layers.layers")]
    [InlineData("layers", "{\"layers\":[{\"keep\":true},{\"keep\":true}]}", "layers")]
    [InlineData("layers", "{\"layers\":[{}],\"count\":5}", "layers.count")]
    [InlineData("layers", "{\"layers\":[{}],\"thresholds\":[0.6,0.3]}", "layers")]
    [InlineData("layers", "{\"layers\":[{}],\"thresholds\":[\"a\"]}", "layers.thresholds[0]")]
    [InlineData("layers", "{\"layers\":[{}],\"thresholds\":[null]}", "layers.thresholds[0]")]
    [InlineData("layers", "{\"layers\":[{}],\"thresholds\":[0.1,0.2,0.3,0.4]}", "layers.thresholds")]
    [InlineData("layers", "{\"layers\":[{}],\"thresholds\":[0.5],\"count\":2}", "layers.count")]
    [InlineData("layers", "{\"layers\":[{}],\"softness\":0.6}", "layers.softness")]
    [InlineData("layers", "{\"layers\":[{}],\"isolation\":-1}", "layers.isolation")]
    [InlineData("layers", "{\"layers\":[{}],\"cut\":\"auto\"}", "layers.cut")]
    [InlineData("inpaint", "5", "inpaint")]
    [InlineData("inpaint", "{}", "inpaint")]
    [InlineData("inpaint", "{\"near\":{\"from\":0.8,\"to\":0.2}}", "inpaint.near")]
    [InlineData("inpaint", "{\"near\":{\"nearest\":1}}", "inpaint.near.nearest")]
    [InlineData("inpaint", "{\"near\":0.5}", "inpaint.near")]
    [InlineData("inpaint", "{\"feather\":-1}", "inpaint.feather")]
    [InlineData("inpaint", "{\"feather\":1025}", "inpaint.feather")]
    [InlineData("inpaint", "{\"invert\":\"yes\"}", "inpaint.invert")]
    [InlineData("inpaint", "{\"fill\":\"blur\"}", "inpaint.fill")]
    [InlineData("inpaint", "{\"onlyMasked\":3}", "inpaint.onlyMasked")]
    [InlineData("inpaint", "{\"padding\":1.5}", "inpaint.padding")]
    [InlineData("inpaint", "{\"depthInside\":\"flat\"}", "inpaint.depthInside")]
    [InlineData("inpaint", "{\"near\":{\"from\":0.5},\"depthInside\":\"shape\"}", "shape")]
    [InlineData("inpaint", "{\"blur\":4}", "inpaint.blur")]
    public async Task A_wrong_field_is_named(string field, string value, string named)
    {
        JsonObject body = new() { ["image"] = SharedServer.Base64, ["prompt"] = "a red ball", [field] = JsonNode.Parse(value) };
        JsonObject errors = await shared.RefusedAsync("/api/v1/jobs", body);
        Assert.Equal([named], errors.Select(error => error.Key));
        string message = (string)errors[named]![0]!;
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_and_settings_that_belong_together_are_asked_for_together()
    {
        await RequireAsync(new { mask = Half, inpaint = new { near = new { from = 0.5 } } }, "inpaint.near");
        await RequireAsync(new { mask = Half, shape = Map }, "shape");
        await RequireAsync(new { shape = Map }, "shape");
        await RequireAsync(new { layerMask1 = Half }, "layerMask1");
        await RequireAsync(new { layerMask2 = Half, layers = new { layers = new[] { new { prompt = "a" } } } }, "layerMask2");
        await RequireAsync(new { layerMask1 = Half, layers = new { layers = new[] { new { prompt = "a" } }, thresholds = new[] { 0.5 } } }, "layers.thresholds");
        await RequireAsync(new { layerMask1 = Half, layers = new { layers = new[] { new { prompt = "a" } }, count = 2 } }, "layers.count");
        await RequireAsync(new { mask = Half, layers = new { layers = new[] { new { prompt = "a" } } } }, "inpaint");
        string other = Convert.ToBase64String(SharedServer.Encode(40, 40, (x, _) => x < 20 ? (byte)0 : (byte)255)), black = Convert.ToBase64String(SharedServer.Encode(64, 48, (_, _) => 0));
        await RequireAsync(new { mask = other }, "inpaint");
        await RequireAsync(new { mask = black }, "inpaint");
        await RequireAsync(new { layerMask1 = other, layers = new { layers = new[] { new { prompt = "a" } } } }, "layers");
        await RequireAsync(new { layerMask1 = black, layers = new { layers = new[] { new { prompt = "a" } } } }, "layers");
    }

    [Fact]
    public async Task All_of_it_is_told_at_once_even_without_a_picture()
    {
        JsonObject errors = await shared.RefusedAsync("/api/v1/jobs", new
        {
            strength = 2,
            guidance = 500,
            style = "none",
            layers = new { layers = new object[] { new { strength = 3 }, new { shade = 1 } }, softness = 9 },
            inpaint = new { feather = 5000, near = new { from = 2 } },
            promptSyntax = "odd",
        });
        Assert.Equal(
            ["guidance", "image", "inpaint.feather", "inpaint.near", "layers.layers[0].strength", "layers.layers[1].shade", "layers.softness", "promptSyntax", "strength", "style"],
            errors.Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_mask_above_the_limits_is_refused_from_its_header()
    {
        byte[] header = [.. SharedServer.HalfMask()];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(16), 100_000);
        uint crc = Crc(header.AsSpan(12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(29), crc);
        JsonObject errors = await shared.RefusedAsync("/api/v1/jobs", new { image = SharedServer.Base64, mask = Convert.ToBase64String(header) });
        Assert.Equal(["mask"], errors.Select(error => error.Key));
        Assert.Contains("100000", (string?)errors["mask"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_s_json_is_read_no_deeper_than_fields_go_and_no_property_counts_twice()
    {
        await RefusedFormAsync("layers", string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40)), "layers");
        await RefusedFormAsync("inpaint", """{"feather":1,"feather":2}""", "inpaint");
        await RefusedFormAsync("inpaint", """{"fill":"\ud800"}""", "inpaint");
        await RefusedFormAsync("layers", "{", "layers");
    }

    private async Task RefusedFormAsync(string field, string value, string named)
    {
        using MultipartFormDataContent form = new() { { new ByteArrayContent(SharedServer.Picture), "image", "photo.png" }, { new StringContent(value), field } };
        HttpResponseMessage answer = await shared.Client.PostAsync("/api/v1/jobs", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        JsonNode problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal([named], ((JsonObject)problem["errors"]!).Select(error => error.Key));
    }

    private async Task RequireAsync(object fields, string named)
    {
        JsonObject body = (JsonObject)JsonSerializer.SerializeToNode(fields)!;
        body["image"] = SharedServer.Base64;
        Assert.Equal([named], (await shared.RefusedAsync("/api/v1/jobs", body)).Select(error => error.Key));
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
