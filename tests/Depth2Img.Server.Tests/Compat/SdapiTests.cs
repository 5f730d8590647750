using System.Net;
using System.Text.Json.Nodes;
using Depth2Img.Checkpoints;
using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Inpainting;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Server.Api.Sdapi;
using Depth2Img.Styles;

namespace Depth2Img.Server.Tests.Compat;

public sealed class SdapiTests(CompatServer server) : IClassFixture<CompatServer>
{
    private const string ImageToImage = "/sdapi/v1/img2img", TextToImage = "/sdapi/v1/txt2img";

    [Fact]
    public async Task A_picture_is_the_librarys_of_the_mapped_request_bit_for_bit()
    {
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("prompt", "a (red:1.3) ball"), ("negative_prompt", "blue"), ("denoising_strength", 0.6), ("steps", 5), ("cfg_scale", 5.5), ("sampler_name", "DPM++ 2M"), ("scheduler", "karras")));
        DepthToImageRequest request = Mapped() with { Prompt = "a (red:1.3) ball", NegativePrompt = "blue", Strength = 0.6, Steps = 5, Guidance = 5.5, Scheduler = "dpm++2m", Karras = true };
        Assert.Equal(await MakeAsync(request), CompatServer.Decode(answer["images"]![0]).Pixels);
    }

    [Fact]
    public async Task What_is_not_said_is_the_apis_default()
    {
        JsonNode answer = await server.PostAsync(ImageToImage, new JsonObject { ["init_images"] = new JsonArray(CompatServer.DataUrl(CompatServer.Picture)), ["steps"] = null, ["working_size"] = "64x64", ["unheard_of"] = new JsonArray(1, 2) });
        JsonObject info = CompatServer.Info(answer);
        Assert.Equal((50, 7.0, 0.75, 512, 512, "Euler"), ((int)info["steps"]!, (double)info["cfg_scale"]!, (double)info["denoising_strength"]!, (int)info["width"]!, (int)info["height"]!, (string?)info["sampler_name"]));
        JsonNode echo = answer["parameters"]!;
        Assert.Equal((50, 0.75, 7.0, 512, 0, true, 0), ((int)echo["steps"]!, (double)echo["denoising_strength"]!, (double)echo["cfg_scale"]!, (int)echo["width"]!, (int)echo["inpainting_fill"]!, (bool)echo["inpaint_full_res"]!, (int)echo["inpaint_full_res_padding"]!));
        Assert.Null(echo["init_images"]);
        Assert.False(echo.AsObject().ContainsKey("unheard_of"));
        Image picture = CompatServer.Decode(answer["images"]![0]);
        Assert.Equal((512, 512), (picture.Width, picture.Height));
        Assert.InRange((long)info["seed"]!, 0, 4294967293);
    }

    [Fact]
    public async Task Picture_i_has_the_seed_plus_i_and_is_what_that_seed_gives_alone()
    {
        JsonNode all = await server.PostAsync(ImageToImage, CompatServer.Small(("batch_size", 2), ("n_iter", 2), ("seed", 40)));
        JsonObject info = CompatServer.Info(all);
        Assert.Equal([40, 41, 42, 43], info["all_seeds"]!.AsArray().Select(seed => (long)seed!));
        Assert.Equal((4, 4, 4), (all["images"]!.AsArray().Count, info["infotexts"]!.AsArray().Count, info["all_subseeds"]!.AsArray().Count));
        JsonNode third = await server.PostAsync(ImageToImage, CompatServer.Small(("seed", 42)));
        Assert.Equal(CompatServer.Decode(third["images"]![0]).Pixels, CompatServer.Decode(all["images"]![2]).Pixels);
        Assert.Contains("Seed: 42", (string?)info["infotexts"]![2], StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_that_are_none_are_drawn()
    {
        foreach (JsonNode? seed in (JsonNode?[])[null, -1, "", "-1", "hello", true, 1.5]) Assert.InRange(SdapiReader.ReadSeed(seed), 0, 4294967293);
        Assert.Equal([5, 5, 5, -3], ((JsonNode[])[5, "5", 5.0, -3]).Select(SdapiReader.ReadSeed));
    }

    [Fact]
    public async Task Info_is_json_in_a_text_with_every_key_that_clients_know()
    {
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("styles", new JsonArray("no such style")), ("subseed_strength", 0.5), ("restore_faces", true)));
        JsonObject info = CompatServer.Info(answer);
        string[] expected = ["prompt", "all_prompts", "negative_prompt", "all_negative_prompts", "seed", "all_seeds", "subseed", "all_subseeds", "subseed_strength", "width", "height", "sampler_name", "cfg_scale", "steps",
            "batch_size", "restore_faces", "face_restoration_model", "sd_model_name", "sd_model_hash", "sd_vae_name", "sd_vae_hash", "seed_resize_from_w", "seed_resize_from_h", "denoising_strength",
            "extra_generation_params", "index_of_first_image", "infotexts", "styles", "job_timestamp", "clip_skip", "is_using_inpainting_conditioning", "version"];
        Assert.Empty(expected.Except(info.Select(field => field.Key)));
        Assert.Equal(10, ((string)info["sd_model_hash"]!).Length);
        string warnings = info["warnings"]!.ToJsonString();
        foreach (string told in (string[])["no such style", "subseed_strength", "restore_faces"]) Assert.Contains(told, warnings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_into_a_picture_is_read_back_from_it()
    {
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("prompt", "a red ball, on grass\nunder a \"blue\" sky"), ("negative_prompt", "fog: none"), ("sampler_name", "DPM++ 2M Karras"), ("denoising_strength", 0.5)));
        JsonNode read = await server.PostAsync("/sdapi/v1/png-info", new JsonObject { ["image"] = "data:image/png;base64," + (string)answer["images"]![0]! });
        Assert.Equal((string?)CompatServer.Info(answer)["infotexts"]![0], (string?)read["info"]);
        JsonNode parameters = read["parameters"]!;
        Assert.Equal(("a red ball, on grass\nunder a \"blue\" sky", "fog: none", "2", "DPM++ 2M", "Karras", "7", "7", "64", "48", "0.5", "CPU", "tiefenrausch", "estimated"),
            ((string?)parameters["Prompt"], (string?)parameters["Negative prompt"], (string?)parameters["Steps"], (string?)parameters["Sampler"], (string?)parameters["Schedule type"], (string?)parameters["CFG scale"], (string?)parameters["Seed"],
            (string?)parameters["Size-1"], (string?)parameters["Size-2"], (string?)parameters["Denoising strength"], (string?)parameters["RNG"], (string?)parameters["Depth model"], (string?)parameters["Depth source"]));
        // The settings that only this program writes are still there, and make the same picture.
        Assert.Equal(7, GenerationSettings.FromJson((string)read["items"]![GenerationSettings.TextKey]!).Seed);
    }

    [Fact]
    public async Task A_picture_without_settings_has_none_and_what_is_no_picture_is_refused()
    {
        JsonNode read = await server.PostAsync("/sdapi/v1/png-info", new JsonObject { ["image"] = CompatServer.Base64(CompatServer.Picture) });
        Assert.Equal(("", 0), ((string?)read["info"], read["parameters"]!.AsObject().Count));
        foreach (string? image in (string?[])[null, "", "!!!", Convert.ToBase64String("no picture"u8)])
            CompatServer.HasTypes(await server.PostAsync("/sdapi/v1/png-info", new JsonObject { ["image"] = image }, HttpStatusCode.UnprocessableEntity), ("detail", System.Text.Json.JsonValueKind.String));
    }

    [Fact]
    public async Task Styles_are_put_around_the_prompts()
    {
        StylePreset style = new StyleLibrary().Styles[0];
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("negative_prompt", "blue"), ("styles", new JsonArray(style.Name))));
        JsonObject info = CompatServer.Info(answer);
        Assert.Equal((style.ApplyTo("a red ball"), style.ApplyToNegative("blue"), style.Name), ((string?)info["prompt"], (string?)info["negative_prompt"], (string?)info["styles"]![0]));
        JsonArray known = (await server.GetAsync("/sdapi/v1/prompt-styles"))!.AsArray();
        Assert.Contains(known, entry => (string?)entry!["name"] == style.Name && (string?)entry["prompt"] == style.Prompt);
    }

    [Fact]
    public async Task Every_listed_sampler_works_by_all_its_names_and_no_other_does()
    {
        JsonArray samplers = (await server.GetAsync("/sdapi/v1/samplers"))!.AsArray();
        Assert.Contains(samplers, sampler => (string?)sampler!["name"] == "DPM++ 2M" && (string?)sampler["options"]!["scheduler"] == "karras");
        foreach (JsonNode? sampler in samplers)
        {
            foreach (string name in sampler!["aliases"]!.AsArray().Select(alias => (string)alias!).Prepend((string)sampler["name"]!))
                Assert.Equal((string?)sampler["name"], SamplerNames.Find(name, null)!.Sampler.Name);
            Assert.Equal((string?)sampler["name"], (string?)CompatServer.Info(await server.PostAsync(ImageToImage, CompatServer.Small(("sampler_index", (string)sampler["name"]!))))["sampler_name"]);
        }
        Assert.Equal("Sampler not found", (string?)(await server.PostAsync(ImageToImage, CompatServer.Small(("sampler_name", "DPM adaptive")), HttpStatusCode.NotFound))["detail"]);
    }

    [Theory]
    [InlineData("DPM++ 2M", null, true)]
    [InlineData("DPM++ 2M", "automatic", true)]
    [InlineData("DPM++ 2M", "Uniform", false)]
    [InlineData("DPM++ 2M Karras", null, true)]
    [InlineData("dpm++ 2m karras", "Automatic", true)]
    [InlineData("LMS Karras", null, true)]
    [InlineData("LMS", null, false)]
    [InlineData("Euler", "karras", true)]
    [InlineData("DDIM", "karras", false)]
    public void Automatic_takes_the_samplers_own_schedule_and_old_names_end_in_theirs(string name, string? schedule, bool karras) =>
        Assert.Equal(karras, SamplerNames.Find(name, schedule is null ? null : SamplerNames.FindSchedule(schedule))!.Karras);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_resize_mode_makes_the_size_that_was_asked_for_of_the_picture_that_it_says(int mode)
    {
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("resize_mode", mode), ("width", 48), ("height", 64), ("working_size", "48x64"), ("denoising_strength", 0)));
        Image fitted = Api.Attended.PictureFit.Of(64, 48, 48, 64, (Api.Attended.ResizeMode)mode).Apply(Image.Load(CompatServer.Picture));
        Assert.Equal(await MakeAsync(Mapped() with { Image = fitted, Strength = 0, Size = new WorkingSize(48, 64) }), CompatServer.Decode(answer["images"]![0]).Pixels);
    }

    [Fact]
    public async Task Outside_a_mask_the_picture_stays_and_inside_it_changes()
    {
        byte[] white = CompatServer.Gray(64, 48, (x, _) => x < 24 ? (byte)255 : (byte)0);
        byte[] alpha = CompatServer.Paint(64, 48, (x, _) => (0, 0, 0, x < 24 ? (byte)255 : (byte)0));
        byte[] turned = CompatServer.Gray(64, 48, (x, _) => x < 24 ? (byte)0 : (byte)255);
        JsonNode first = await server.PostAsync(ImageToImage, Masked(white));
        byte[] original = Image.Load(CompatServer.Picture).Pixels, made = CompatServer.Decode(first["images"]![0]).Pixels;
        bool Kept(int x) => Enumerable.Range(0, 48).All(y => original.AsSpan(3 * (64 * y + x), 3).SequenceEqual(made.AsSpan(3 * (64 * y + x), 3)));
        Assert.All(Enumerable.Range(24, 40), x => Assert.True(Kept(x)));
        Assert.DoesNotContain(Enumerable.Range(0, 24), Kept);
        Assert.Equal(made, CompatServer.Decode((await server.PostAsync(ImageToImage, Masked(alpha)))["images"]![0]).Pixels);
        Assert.Equal(made, CompatServer.Decode((await server.PostAsync(ImageToImage, Masked(turned, ("inpainting_mask_invert", 1))))["images"]![0]).Pixels);

        DepthToImageRequest request = Mapped() with
        {
            Inpaint = new InpaintSettings { Mask = InpaintMask.FromPicture(ImageFile.Decode(white, "mask")), Feather = 0, Fill = InpaintFill.Original, Padding = 0 },
        };
        Assert.Equal(await MakeAsync(request), made);

        static JsonObject Masked(byte[] mask, params (string, JsonNode?)[] more) =>
            CompatServer.Small([("mask", CompatServer.DataUrl(mask)), ("mask_blur", 0), ("inpainting_fill", 1), ("inpaint_full_res", false), .. more]);
    }

    [Fact]
    public async Task Only_the_masked_part_is_worked_on_by_default_and_the_picture_keeps_its_size()
    {
        byte[] mask = CompatServer.Gray(64, 48, (x, y) => x is >= 8 and < 24 && y is >= 8 and < 24 ? (byte)255 : (byte)0);
        JsonNode answer = await server.PostAsync(ImageToImage, CompatServer.Small(("mask", CompatServer.Base64(mask)), ("width", 32), ("height", 32), ("working_size", "64x64"), ("inpaint_full_res_padding", 4), ("mask_blur", 1)));
        DepthToImageRequest request = Mapped() with
        {
            Size = new WorkingSize(64, 64),
            Inpaint = new InpaintSettings { Mask = InpaintMask.FromPicture(ImageFile.Decode(mask, "mask")), Feather = 1, Fill = InpaintFill.Fill, OnlyMasked = true, Padding = 4 },
        };
        Image made = CompatServer.Decode(answer["images"]![0]);
        Assert.Equal((64, 48), (made.Width, made.Height));
        Assert.Equal(await MakeAsync(request), made.Pixels);
        string text = (string)CompatServer.Info(answer)["infotexts"]![0]!;
        foreach (string pair in (string[])["Mask blur: 1", "Inpaint area: Only masked", "Masked area padding: 4", "Masked content: fill"]) Assert.Contains(pair, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_mask_is_refused_and_a_full_one_is_none()
    {
        JsonNode refused = await server.PostAsync(ImageToImage, CompatServer.Small(("mask", CompatServer.Base64(CompatServer.Gray(64, 48, (_, _) => 0)))), HttpStatusCode.UnprocessableEntity);
        Assert.Contains("mask", (string?)refused["errors"], StringComparison.Ordinal);
        JsonNode whole = await server.PostAsync(ImageToImage, CompatServer.Small(("mask", CompatServer.Base64(CompatServer.Gray(64, 48, (_, _) => 255)))));
        Assert.Equal(CompatServer.Decode((await server.PostAsync(ImageToImage, CompatServer.Small()))["images"]![0]).Pixels, CompatServer.Decode(whole["images"]![0]).Pixels);
        Assert.Contains("covers the whole picture", CompatServer.Info(whole)["warnings"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_depth_map_counts_by_its_own_field_and_by_a_unit_the_same()
    {
        string map = CompatServer.Base64(CompatServer.Map());
        byte[] own = CompatServer.Decode((await server.PostAsync(ImageToImage, CompatServer.Small(("depth_image", map))))["images"]![0]).Pixels;
        Assert.Equal(await MakeAsync(Mapped() with { Depth = DepthMapFile.Decode(CompatServer.Map(), "map") }), own);
        foreach (string field in (string[])["image", "input_image"])
            Assert.Equal(own, CompatServer.Decode((await server.PostAsync(ImageToImage, WithUnit(new JsonObject { ["module"] = "none", ["model"] = "control_v11f1p_sd15_depth [cfd03158]", [field] = map })))["images"]![0]).Pixels);
        byte[] turned = CompatServer.Decode((await server.PostAsync(ImageToImage, CompatServer.Small(("depth_image", map), ("depth_invert", true))))["images"]![0]).Pixels;
        Assert.Equal(await MakeAsync(Mapped() with { Depth = DepthMapFile.Decode(CompatServer.Map(), "map"), DepthAdjustment = new DepthAdjustment(Invert: true) }), turned);
        Assert.NotEqual(own, turned);
    }

    [Fact]
    public async Task A_unit_with_a_depth_module_has_depth_estimated_and_its_map_is_sent_last_when_it_is_wanted()
    {
        byte[] plain = CompatServer.Decode((await server.PostAsync(ImageToImage, CompatServer.Small()))["images"]![0]).Pixels;
        JsonNode answer = await server.PostAsync(ImageToImage, WithUnit(new JsonObject { ["module"] = "depth_midas", ["model"] = "depth", ["weight"] = 0.5, ["save_detected_map"] = true, ["unknown"] = 1 }));
        Assert.Equal(plain, CompatServer.Decode(answer["images"]![0]).Pixels);
        Assert.Contains("weight 0.5", CompatServer.Info(answer)["warnings"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((2, 1), (answer["images"]!.AsArray().Count, CompatServer.Info(answer)["all_seeds"]!.AsArray().Count));
        Image map = CompatServer.Decode(answer["images"]![1]);
        Assert.Equal((64, 48), (map.Width, map.Height));
    }

    [Theory]
    [InlineData("canny", "control_canny")]
    [InlineData("none", "control_canny")]
    [InlineData("none", "control_depth")] // without an image there is no map
    public async Task A_unit_that_is_not_of_depth_is_refused(string module, string model)
    {
        JsonObject unit = new() { ["module"] = module, ["model"] = model };
        if (model != "control_depth") unit["image"] = CompatServer.Base64(CompatServer.Map());
        JsonNode refused = await server.PostAsync(ImageToImage, WithUnit(unit), HttpStatusCode.UnprocessableEntity);
        Assert.Contains("unit", (string?)refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_of_units_are_not_sent_back()
    {
        JsonNode answer = await server.PostAsync(ImageToImage, WithUnit(new JsonObject { ["module"] = "none", ["model"] = "depth", ["image"] = CompatServer.DataUrl(CompatServer.Map()), ["enabled"] = true }));
        JsonNode echoed = answer["parameters"]!["alwayson_scripts"]!["controlnet"]!["args"]![0]!;
        Assert.Null(echoed["image"]);
        Assert.Equal("none", (string?)echoed["module"]);
        JsonNode complete = await server.PostAsync(ImageToImage, CompatServer.Small(("include_init_images", true), ("send_images", false)));
        Assert.Equal(CompatServer.Base64(CompatServer.Picture), (string?)complete["parameters"]!["init_images"]![0]);
        Assert.Empty(complete["images"]!.AsArray());
    }

    [Fact]
    public async Task Depth_alone_makes_a_picture_from_noise_at_full_strength()
    {
        JsonObject request = CompatServer.Small(("depth_image", CompatServer.DataUrl(CompatServer.Map())));
        request.Remove("init_images");
        JsonNode answer = await server.PostAsync(TextToImage, request);
        Image blank = new(64, 48, [.. Enumerable.Repeat((byte)9, 3 * 64 * 48)]);
        Assert.Equal(await MakeAsync(Mapped() with { Image = blank, Depth = DepthMapFile.Decode(CompatServer.Map(), "map"), Strength = 1, Init = InitialLatents.Noise }), CompatServer.Decode(answer["images"]![0]).Pixels);
        Assert.Null(CompatServer.Info(answer)["denoising_strength"]);

        JsonObject unit = new() { ["alwayson_scripts"] = new JsonObject { ["ControlNet"] = new JsonObject { ["args"] = new JsonArray(new JsonObject { ["module"] = "depth", ["image"] = CompatServer.Base64(CompatServer.Picture) }) } } };
        foreach ((string name, JsonNode? value) in request)
        {
            if (name != "depth_image") unit[name] = value?.DeepClone();
        }
        Assert.Equal("supplied", (string?)CompatServer.Info(await server.PostAsync(TextToImage, unit))["extra_generation_params"]!["Depth source"]);
    }

    [Fact]
    public async Task Without_depth_txt2img_says_which_field_to_send()
    {
        JsonNode refused = await server.PostAsync(TextToImage, new JsonObject { ["prompt"] = "a red ball" }, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("'depth_image'", (string?)refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_request_count_for_it_and_settings_of_a_client_from_then_on()
    {
        string title = (string)(await server.GetAsync("/sdapi/v1/sd-models"))![0]!["title"]!;
        Assert.Equal(title, (string?)(await server.GetAsync("/sdapi/v1/options"))!["sd_model_checkpoint"]);
        JsonNode named = await server.PostAsync(ImageToImage, CompatServer.Small(("override_settings", new JsonObject { ["sd_model_checkpoint"] = title, ["sd_vae"] = "x", ["samples_format"] = "jpg" })));
        Assert.Equal("demo", (string?)CompatServer.Info(named)["sd_model_name"]);
        Assert.Equal(ImageFormat.Jpeg, ImageFile.Identify(Convert.FromBase64String((string)named["images"]![0]!), "answer").Format);
        JsonNode unknown = await server.PostAsync(ImageToImage, CompatServer.Small(("override_settings", new JsonObject { ["sd_model_checkpoint"] = "anything-v3" })));
        Assert.Contains("anything-v3", CompatServer.Info(unknown)["warnings"]!.ToJsonString(), StringComparison.Ordinal);

        using HttpResponseMessage set = await server.Client.PostAsync("/sdapi/v1/options", new StringContent("{\"sd_model_checkpoint\": \"demo\", \"samples_format\": \"png\", \"other\": 1}", null, "application/json"));
        Assert.Equal((HttpStatusCode.OK, "null"), (set.StatusCode, await set.Content.ReadAsStringAsync()));
        await server.PostAsync("/sdapi/v1/options", new JsonObject { ["sd_model_checkpoint"] = "anything-v3" }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Pictures_stay_in_the_history_only_when_they_are_to_be_saved()
    {
        int Kept() => server.Jobs.Finished(null, 200).Count;
        int before = Kept();
        await server.PostAsync(ImageToImage, CompatServer.Small());
        Assert.Equal(before, Kept());
        await server.PostAsync(ImageToImage, CompatServer.Small(("save_images", true)));
        Assert.Equal(before + 1, Kept());
    }

    [Fact]
    public async Task Depth_maps_of_pictures_are_detected()
    {
        JsonNode answer = await server.PostAsync("/controlnet/detect", new JsonObject { ["controlnet_module"] = "depth_midas", ["controlnet_input_images"] = new JsonArray(CompatServer.DataUrl(CompatServer.Picture), CompatServer.Base64(CompatServer.Picture)), ["controlnet_processor_res"] = 512 });
        Assert.Equal(2, answer["images"]!.AsArray().Count);
        DecodedImage map = ImageFile.Decode(Convert.FromBase64String((string)answer["images"]![0]!), "map");
        Assert.Equal((64, 48, 8), (map.Width, map.Height, map.BitDepth));
        await server.PostAsync("/controlnet/detect", new JsonObject { ["controlnet_module"] = "canny", ["controlnet_input_images"] = new JsonArray(CompatServer.Base64(CompatServer.Picture)) }, HttpStatusCode.UnprocessableEntity);
        await server.PostAsync("/controlnet/detect", new JsonObject { ["controlnet_module"] = "depth" }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Refusals_have_the_familys_shape_and_a_wrong_address_its_very_words()
    {
        Assert.Equal("""{"detail":"Not Found"}""", (await server.GetAsync("/sdapi/v1/nothing", HttpStatusCode.NotFound))!.ToJsonString());
        Assert.Equal("""{"detail":"Not Found"}""", (await server.GetAsync("/controlnet/nothing", HttpStatusCode.NotFound))!.ToJsonString());
        Assert.Equal("Init image not found", (string?)(await server.PostAsync(ImageToImage, new JsonObject { ["prompt"] = "x" }, HttpStatusCode.NotFound))["detail"]);
        JsonNode refused = await server.PostAsync(ImageToImage, CompatServer.Small(("steps", 100000), ("width", -5), ("denoising_strength", 3), ("alwayson_scripts", new JsonObject { ["roop"] = new JsonObject() }), ("script_name", "outpainting")), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["body", "detail", "error", "errors"], refused.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        string errors = (string)refused["errors"]!;
        foreach (string field in (string[])["steps", "width", "denoising_strength", "roop", "script_name"]) Assert.Contains(field, errors, StringComparison.Ordinal);
        foreach (string picture in (string[])["http://127.0.0.1/x.png", "!!!", Convert.ToBase64String("no picture"u8)])
            Assert.Contains("init_images", (string?)(await server.PostAsync(ImageToImage, CompatServer.Small(("init_images", new JsonArray(picture))), HttpStatusCode.UnprocessableEntity))["errors"], StringComparison.Ordinal);
        using HttpResponseMessage typed = await server.Client.PostAsync(ImageToImage, new StringContent("{}"));
        CompatServer.HasTypes((await CompatServer.ReadAsync(typed, HttpStatusCode.UnsupportedMediaType))!, ("detail", System.Text.Json.JsonValueKind.String));
    }

    private static DepthToImageRequest Mapped() => new()
    {
        Image = Image.Load(CompatServer.Picture),
        Prompt = "a red ball",
        NegativePrompt = "",
        PromptSyntax = PromptSyntax.Weighted,
        LongPrompt = LongPrompt.Chunks,
        RestorePromptMean = true,
        Strength = 0.75,
        Steps = 2,
        Guidance = 7,
        Seed = 7,
        Scheduler = "euler",
        Size = new WorkingSize(64, 48),
    };

    private static async Task<byte[]> MakeAsync(DepthToImageRequest request)
    {
        using DepthToImagePipeline pipeline = await DepthToImagePipeline.LoadAsync(EmbeddedModels.Demo);
        return (await pipeline.GenerateAsync(request)).Images[0].Pixels;
    }

    private static JsonObject WithUnit(JsonObject unit) => CompatServer.Small(("alwayson_scripts", new JsonObject { ["controlnet"] = new JsonObject { ["args"] = new JsonArray(unit) } }));
}
