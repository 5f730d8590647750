using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>The requests of known clients that send a prompt alone, to a server whose operator has set a depth map for them.</summary>
public sealed class Txt2ImgClientTests(DepthSetServer server) : IClassFixture<DepthSetServer>
{
    [Fact]
    public async Task SillyTavern()
    {
        using HttpRequestMessage ping = new(HttpMethod.Get, "/sdapi/v1/options");
        ping.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String("user:"u8));
        CompatServer.HasTypes((await CompatServer.ReadAsync(await server.Client.SendAsync(ping), HttpStatusCode.OK))!, ("sd_model_checkpoint", JsonValueKind.String));
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/samplers"))!, sampler => CompatServer.HasTypes(sampler!, ("name", JsonValueKind.String)));
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/schedulers"))!, schedule => CompatServer.HasTypes(schedule!, ("name", JsonValueKind.String), ("label", JsonValueKind.String)));
        JsonArray models = (JsonArray)(await server.GetAsync("/sdapi/v1/sd-models"))!;
        Assert.All(models, model => CompatServer.HasTypes(model!, ("title", JsonValueKind.String), ("model_name", JsonValueKind.String)));
        foreach (string list in (string[])["sd-vae", "sd-modules", "upscalers", "latent-upscale-modes"]) Assert.IsType<JsonArray>(await server.GetAsync($"/sdapi/v1/{list}"));

        Assert.Equal(HttpStatusCode.OK, (await server.Client.PostAsJsonAsync("/sdapi/v1/options", new { sd_model_checkpoint = (string?)models[0]!["title"] })).StatusCode);
        JsonNode idle = (await server.GetAsync("/sdapi/v1/progress"))!;
        Assert.Equal((0.0, 0), ((double)idle["progress"]!, (int)idle["state"]!["job_count"]!));

        JsonNode answer = await server.PostAsync("/sdapi/v1/txt2img", new JsonObject
        {
            ["prompt"] = "a red ball",
            ["negative_prompt"] = "",
            ["sampler_name"] = "Euler a",
            ["scheduler"] = "automatic",
            ["steps"] = 2,
            ["cfg_scale"] = 7,
            ["width"] = 64,
            ["height"] = 64,
            ["restore_faces"] = false,
            ["enable_hr"] = false,
            ["hr_upscaler"] = "Latent",
            ["hr_scale"] = 2,
            ["hr_additional_modules"] = new JsonArray(),
            ["denoising_strength"] = 0.7,
            ["hr_second_pass_steps"] = 0,
            ["seed"] = null,
            ["override_settings"] = new JsonObject { ["CLIP_stop_at_last_layers"] = 1 },
            ["override_settings_restore_afterwards"] = true,
            ["clip_skip"] = 1,
            ["save_images"] = true,
            ["send_images"] = true,
            ["do_not_save_grid"] = false,
            ["do_not_save_samples"] = false,
        });
        Assert.Equal((64, 64), Size(answer));
        // When its user goes it says so.
        Assert.IsType<JsonObject>(await server.PostAsync("/sdapi/v1/interrupt", new JsonObject()));
    }

    [Fact]
    public async Task Open_webui()
    {
        using HttpRequestMessage verify = new(HttpMethod.Get, "/sdapi/v1/options");
        verify.Headers.TryAddWithoutValidation("Authorization", "");
        Assert.Equal(HttpStatusCode.OK, (await server.Client.SendAsync(verify)).StatusCode);
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/sd-models"))!, model => CompatServer.HasTypes(model!, ("title", JsonValueKind.String), ("model_name", JsonValueKind.String)));
        JsonNode answer = await server.PostAsync("/sdapi/v1/txt2img", new JsonObject { ["prompt"] = "a red ball", ["batch_size"] = 1, ["width"] = 64, ["height"] = 64, ["steps"] = 2 });
        Assert.Equal((64, 64), Size(answer));
        Assert.Contains("own map was followed", CompatServer.Info(answer)["warnings"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task LibreChat()
    {
        JsonNode answer = await server.PostAsync("/sdapi/v1/txt2img", new JsonObject
        {
            ["prompt"] = "a red ball",
            ["negative_prompt"] = "",
            ["sampler_index"] = "DPM++ 2M Karras",
            ["cfg_scale"] = 4.5,
            ["steps"] = 22,
            ["width"] = 1024,
            ["height"] = 1024,
        });
        JsonObject info = CompatServer.Info(answer);
        CompatServer.HasTypes(info, ("seed", JsonValueKind.Number), ("width", JsonValueKind.Number), ("height", JsonValueKind.Number), ("infotexts", JsonValueKind.Array));
        Assert.Equal((1024, 1024), Size(answer));
        Assert.Contains("Schedule type: Karras, CFG scale: 4.5", (string?)info["infotexts"]![0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_generation_webui()
    {
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/sd-models"))!, model => CompatServer.HasTypes(model!, ("title", JsonValueKind.String)));
        CompatServer.HasTypes((await server.GetAsync("/sdapi/v1/options"))!, ("sd_model_checkpoint", JsonValueKind.String));
        Assert.NotEmpty((JsonArray)(await server.GetAsync("/sdapi/v1/samplers"))!);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.PostAsync("/sdapi/v1/reload-checkpoint", new StringContent(""))).StatusCode);
        JsonNode answer = await server.PostAsync("/sdapi/v1/txt2img", new JsonObject
        {
            ["prompt"] = "a red ball",
            ["seed"] = -1,
            ["sampler_name"] = "DPM++ 2M",
            ["enable_hr"] = false,
            ["hr_scale"] = 1,
            ["hr_upscaler"] = "ESRGAN_4x",
            ["denoising_strength"] = 0.6,
            ["steps"] = 2,
            ["cfg_scale"] = 7,
            ["width"] = 64,
            ["height"] = 64,
            ["restore_faces"] = false,
            ["override_settings_restore_afterwards"] = true,
            ["negative_prompt"] = "",
        });
        Assert.Equal((64, 64), Size(answer));
        Assert.Equal(HttpStatusCode.OK, (await server.Client.PostAsync("/sdapi/v1/unload-checkpoint", new StringContent(""))).StatusCode);
    }

    [Fact]
    public async Task Openai_generations_follow_the_operators_map_too()
    {
        JsonNode answer = await server.PostAsync("/v1/images/generations", new JsonObject { ["prompt"] = "a red ball", ["model"] = "demo", ["n"] = 1, ["size"] = "64x64", ["response_format"] = "b64_json", ["steps"] = 2 });
        Image image = CompatServer.Decode(answer["data"]![0]!["b64_json"]);
        Assert.Equal((64, 64), (image.Width, image.Height));
    }

    private static (int, int) Size(JsonNode answer)
    {
        Image image = CompatServer.Decode(answer["images"]![0]);
        return (image.Width, image.Height);
    }
}
