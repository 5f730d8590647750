using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Imaging;

namespace Depth2Img.Server.Tests.Compat;

/// <summary>
/// The requests of known clients that work from a picture, in the order and the shapes in which they send them, and what each
/// reads of the answers. Pictures are smaller and steps fewer than theirs.
/// </summary>
public sealed class SdapiClientTests(CompatServer server) : IClassFixture<CompatServer>
{
    [Fact]
    public async Task Sdwebuiapi_of_python()
    {
        Assert.Contains(((JsonArray)(await server.GetAsync("/sdapi/v1/scripts"))!["txt2img"]!).Select(name => (string?)name), name => name!.Equals("controlnet", StringComparison.OrdinalIgnoreCase));
        JsonObject payload = new()
        {
            ["init_images"] = new JsonArray(CompatServer.DataUrl(CompatServer.Picture)),
            ["resize_mode"] = 0,
            ["denoising_strength"] = 0.75,
            ["image_cfg_scale"] = 1.5,
            ["mask_blur"] = 4,
            ["inpainting_fill"] = 0,
            ["inpaint_full_res"] = true,
            ["inpaint_full_res_padding"] = 0,
            ["inpainting_mask_invert"] = 0,
            ["initial_noise_multiplier"] = 1,
            ["prompt"] = "a red ball",
            ["styles"] = new JsonArray(),
            ["seed"] = 3,
            ["subseed"] = -1,
            ["subseed_strength"] = 0,
            ["seed_resize_from_h"] = 0,
            ["seed_resize_from_w"] = 0,
            ["sampler_name"] = "Euler a",
            ["scheduler"] = "automatic",
            ["batch_size"] = 1,
            ["n_iter"] = 2,
            ["steps"] = 2,
            ["cfg_scale"] = 7.0,
            ["width"] = 64,
            ["height"] = 64,
            ["restore_faces"] = false,
            ["tiling"] = false,
            ["do_not_save_samples"] = false,
            ["do_not_save_grid"] = false,
            ["negative_prompt"] = "",
            ["eta"] = 1.0,
            ["s_churn"] = 0,
            ["s_tmax"] = 0,
            ["s_tmin"] = 0,
            ["s_noise"] = 1,
            ["override_settings"] = new JsonObject(),
            ["override_settings_restore_afterwards"] = true,
            ["script_args"] = new JsonArray(),
            ["sampler_index"] = "Euler a",
            ["include_init_images"] = false,
            ["script_name"] = null,
            ["send_images"] = true,
            ["save_images"] = false,
            ["alwayson_scripts"] = new JsonObject
            {
                ["ControlNet"] = new JsonObject
                {
                    ["args"] = new JsonArray(new JsonObject
                    {
                        ["input_image"] = CompatServer.Base64(CompatServer.Map()),
                        ["mask"] = null,
                        ["module"] = "none",
                        ["model"] = "depth",
                        ["weight"] = 1.0,
                        ["resize_mode"] = "Resize and Fill",
                        ["lowvram"] = false,
                        ["processor_res"] = 512,
                        ["threshold_a"] = 64,
                        ["threshold_b"] = 64,
                        ["guidance"] = 1.0,
                        ["guidance_start"] = 0.0,
                        ["guidance_end"] = 1.0,
                        ["control_mode"] = new JsonArray("Balanced"),
                        ["pixel_perfect"] = false,
                        ["hr_option"] = "Both",
                    }),
                },
            },
        };
        JsonNode answer = await server.PostAsync("/sdapi/v1/img2img", payload);
        CompatServer.HasTypes(answer, ("images", JsonValueKind.Array), ("parameters", JsonValueKind.Object), ("info", JsonValueKind.String));
        Assert.Equal([(64, 64), (64, 64)], answer["images"]!.AsArray().Select(image => CompatServer.Decode(image)).Select(image => (image.Width, image.Height)));
        Assert.Equal([3, 4], CompatServer.Info(answer)["all_seeds"]!.AsArray().Select(seed => (long)seed!));

        payload["mask"] = CompatServer.DataUrl(CompatServer.Gray(64, 48, (x, _) => x < 32 ? (byte)255 : (byte)0));
        JsonNode masked = await server.PostAsync("/sdapi/v1/img2img", payload);
        Assert.Equal((64, 48), (CompatServer.Decode(masked["images"]![0]).Width, CompatServer.Decode(masked["images"]![0]).Height));

        JsonNode idle = (await server.GetAsync("/sdapi/v1/progress"))!;
        Assert.Equal((0.0, 0), ((double)idle["progress"]!, (int)idle["state"]!["job_count"]!));
    }

    [Fact]
    public async Task Ai_render_of_blender()
    {
        Assert.IsType<JsonArray>(await server.GetAsync("/sdapi/v1/upscalers"));
        string model = ((JsonArray)(await server.GetAsync("/controlnet/model_list"))!["model_list"]!).Select(name => (string)name!).First(name => name.Contains("depth", StringComparison.Ordinal));
        string module = ((JsonArray)(await server.GetAsync("/controlnet/module_list"))!["module_list"]!).Select(name => (string)name!).First(name => name.Contains("depth", StringComparison.Ordinal));
        JsonObject Request(string sampler) => new()
        {
            ["prompt"] = "a red ball",
            ["negative_prompt"] = "ugly",
            ["width"] = 64,
            ["height"] = 64,
            ["image_similarity"] = 0.4,
            ["seed"] = 9,
            ["cfg_scale"] = 7,
            ["steps"] = 2,
            ["sampler"] = sampler,
            ["denoising_strength"] = 0.6,
            ["sampler_index"] = sampler,
            ["init_images"] = new JsonArray(CompatServer.DataUrl(CompatServer.Picture)),
            ["alwayson_scripts"] = new JsonObject { ["controlnet"] = new JsonObject { ["args"] = new JsonArray(new JsonObject { ["weight"] = 1.0, ["module"] = module, ["model"] = model }) } },
        };
        JsonNode answer = await server.PostAsync("/sdapi/v1/img2img", Request("DPM++ 2M Karras"));
        Image image = CompatServer.Decode(answer["images"]![0]);
        Assert.Equal((64, 64), (image.Width, image.Height));
        Assert.Single(answer["images"]!.AsArray());
        JsonNode refused = await server.PostAsync("/sdapi/v1/img2img", Request("DPM fast"), HttpStatusCode.NotFound);
        Assert.Equal("Sampler not found", (string?)refused["detail"]);
    }

    [Fact]
    public async Task Auto_photoshop()
    {
        foreach (string list in (string[])["samplers", "upscalers", "sd-models", "loras"]) Assert.IsType<JsonArray>(await server.GetAsync($"/sdapi/v1/{list}"));
        Assert.IsType<JsonObject>(await server.GetAsync("/sdapi/v1/options"));
        CompatServer.HasTypes((await server.GetAsync("/sdapi/v1/embeddings"))!, ("loaded", JsonValueKind.Object), ("skipped", JsonValueKind.Object));
        CompatServer.HasTypes((await server.GetAsync("/controlnet/version"))!, ("version", JsonValueKind.Number));
        CompatServer.HasTypes((await server.GetAsync("/controlnet/model_list"))!, ("model_list", JsonValueKind.Array));
        CompatServer.HasTypes((await server.GetAsync("/controlnet/module_list"))!, ("module_list", JsonValueKind.Array), ("module_detail", JsonValueKind.Object));
        CompatServer.HasTypes((await server.GetAsync("/controlnet/settings"))!, ("control_net_unit_count", JsonValueKind.Number));

        Task<JsonNode> making = server.PostAsync("/sdapi/v1/img2img", CompatServer.Small(("batch_size", 2), ("sampler_index", "Euler a"), ("inpaint_full_res", 0), ("mask", ""), ("hr_scale", 2), ("controlnet_ui", new JsonObject())));
        do
        {
            JsonNode progress = (await server.GetAsync("/sdapi/v1/progress?skip_current_image=false"))!;
            CompatServer.HasTypes(progress, ("progress", JsonValueKind.Number), ("eta_relative", JsonValueKind.Number), ("state", JsonValueKind.Object));
            Assert.InRange((double)progress["progress"]!, 0, 1);
        }
        while (!making.IsCompleted);
        JsonNode answer = await making;
        Assert.Equal(2, answer["images"]!.AsArray().Count);
        foreach (JsonNode? image in answer["images"]!.AsArray())
        {
            JsonNode read = await server.PostAsync("/sdapi/v1/png-info", new JsonObject { ["image"] = "data:image/png;base64," + (string)image! });
            // As the client takes it apart.
            string[] pairs = ((string)read["info"]!).Split('\n')[^1].Split(',');
            Dictionary<string, string> parts = pairs.Select(pair => pair.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim());
            Assert.Equal(("2", "64x48"), (parts["Steps"], parts["Size"]));
            Assert.InRange(long.Parse(parts["Seed"], CultureInfo.InvariantCulture), 7, 8);
        }
        Assert.IsType<JsonObject>(await server.PostAsync("/sdapi/v1/interrupt", new JsonObject()));
        using HttpResponseMessage set = await server.Client.PostAsJsonAsync("/sdapi/v1/options", new { sd_model_checkpoint = (string?)(await server.GetAsync("/sdapi/v1/sd-models"))![0]!["title"] });
        Assert.Null(await CompatServer.ReadAsync(set, HttpStatusCode.OK));
    }

    [Fact]
    public async Task Stable_art()
    {
        Assert.NotEmpty((JsonArray)(await server.GetAsync("/sdapi/v1/sd-models"))!);
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/prompt-styles"))!, style => CompatServer.HasTypes(style!, ("name", JsonValueKind.String), ("prompt", JsonValueKind.String), ("negative_prompt", JsonValueKind.String)));
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/")).StatusCode);
        JsonNode answer = await server.PostAsync("/sdapi/v1/img2img", CompatServer.Small(("sampler_name", "Euler a"), ("n_iter", 2)));
        Assert.Equal([7, 8], CompatServer.Info(answer)["all_seeds"]!.AsArray().Select(seed => (long)seed!));
        Assert.Equal((64, 48), ((int)answer["parameters"]!["width"]!, (int)answer["parameters"]!["height"]!));

        // It ends a run by telling so, and by closing the connection.
        using CancellationTokenSource closing = new();
        Task<HttpResponseMessage> running = server.Client.PostAsJsonAsync("/sdapi/v1/img2img", CompatServer.Small(("steps", 150), ("n_iter", 16)), closing.Token);
        await CompatServer.UntilAsync(async () => (int)(await server.GetAsync("/sdapi/v1/progress"))!["state"]!["job_count"]! == 16);
        await server.PostAsync("/sdapi/v1/interrupt", new JsonObject());
        await closing.CancelAsync();
        try
        {
            (await running).Dispose();
        }
        catch (OperationCanceledException)
        {
            // The closing may come first.
        }
        await CompatServer.UntilAsync(async () => (int)(await server.GetAsync("/sdapi/v1/progress"))!["state"]!["job_count"]! == 0);
    }

    [Fact]
    public async Task Gimpfusion_of_gimp()
    {
        CompatServer.HasTypes((await server.GetAsync("/sdapi/v1/options?"))!, ("sd_model_checkpoint", JsonValueKind.String));
        Assert.All((JsonArray)(await server.GetAsync("/sdapi/v1/sd-models?"))!, model => CompatServer.HasTypes(model!, ("title", JsonValueKind.String)));
        JsonArray models = (JsonArray)(await server.GetAsync("/controlnet/model_list?"))!["model_list"]!;
        JsonObject request = new()
        {
            ["resize_mode"] = 1,
            ["init_images"] = new JsonArray(CompatServer.Base64(CompatServer.Picture)),
            ["prompt"] = "a red ball",
            ["negative_prompt"] = "",
            ["denoising_strength"] = 0.8,
            ["steps"] = 2,
            ["cfg_scale"] = 7.5,
            ["width"] = 64,
            ["height"] = 64,
            ["sampler_index"] = "LMS Karras",
            ["batch_size"] = 2,
            ["seed"] = -1,
            ["mask"] = "",
        };
        Check(await server.PostAsync("/sdapi/v1/img2img?", request));
        request["controlnet_units"] = new JsonArray(new JsonObject
        {
            ["input_image"] = CompatServer.Base64(CompatServer.Map(64, 64)),
            ["mask"] = "",
            ["module"] = "none",
            ["model"] = (string)models[0]!,
            ["weight"] = 1.0,
            ["resize_mode"] = "Scale to Fit (Inner Fit)",
            ["lowvram"] = false,
            ["processor_res"] = 64,
            ["threshold_a"] = 64,
            ["threshold_b"] = 64,
            ["guidance"] = 1.0,
            ["guidance_start"] = 0.0,
            ["guidance_end"] = 1.0,
            ["guessmode"] = true,
        });
        JsonNode answer = await server.PostAsync("/controlnet/img2img?", request);
        Check(answer);
        Assert.Equal("supplied", (string?)CompatServer.Info(answer)["extra_generation_params"]!["Depth source"]);

        static void Check(JsonNode answer)
        {
            JsonObject info = CompatServer.Info(answer);
            Assert.Equal((2, 2, 2), (info["infotexts"]!.AsArray().Count, info["all_seeds"]!.AsArray().Count, answer["images"]!.AsArray().Count));
        }
    }
}
