using System.Text.Json;
using System.Text.Json.Nodes;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>The answer's <c>parameters</c>: every field that the API has, as it was sent, else its default; pictures left out.</summary>
internal static class SdapiEcho
{
    /// <summary>Nothing that a person types is longer; pictures are.</summary>
    private const int LongestText = 5000;

    private static readonly string[] Pictures = ["image", "input_image", "mask", "mask_image", "depth_image"];

    private static readonly JsonObject Shared = Parse("""
        {"prompt": "", "negative_prompt": "", "styles": [], "seed": -1, "subseed": -1, "subseed_strength": 0, "seed_resize_from_h": -1, "seed_resize_from_w": -1,
         "sampler_name": null, "scheduler": null, "batch_size": 1, "n_iter": 1, "steps": 50, "cfg_scale": 7.0, "width": 512, "height": 512, "restore_faces": null, "tiling": null,
         "do_not_save_samples": false, "do_not_save_grid": false, "eta": null, "s_min_uncond": null, "s_churn": null, "s_tmax": null, "s_tmin": null, "s_noise": null,
         "override_settings": {}, "override_settings_restore_afterwards": true, "refiner_checkpoint": null, "refiner_switch_at": null, "disable_extra_networks": false, "comments": null,
         "sampler_index": "Euler", "script_name": null, "script_args": [], "send_images": true, "save_images": false, "alwayson_scripts": {}, "force_task_id": null, "infotext": null,
         "depth_image": null, "depth_invert": false, "depth_model": null, "send_depth": false, "working_size": null}
        """);

    private static readonly JsonObject ImageToImage = Parse("""
        {"init_images": null, "resize_mode": 0, "image_cfg_scale": null, "mask": null, "mask_blur_x": 4, "mask_blur_y": 4, "mask_blur": null, "mask_round": true, "inpainting_fill": 0,
         "inpaint_full_res": true, "inpaint_full_res_padding": 0, "inpainting_mask_invert": 0, "initial_noise_multiplier": null, "latent_mask": null, "firstpass_image": null,
         "denoising_strength": 0.75, "include_init_images": false}
        """);

    private static readonly JsonObject TextToImage = Parse("""
        {"enable_hr": false, "denoising_strength": null, "firstphase_width": 0, "firstphase_height": 0, "hr_scale": 2.0, "hr_upscaler": null, "hr_second_pass_steps": 0, "hr_resize_x": 0,
         "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null, "hr_scheduler": null, "hr_prompt": "", "hr_negative_prompt": ""}
        """);

    /// <summary>Makes the echo.</summary>
    /// <param name="body">The request.</param>
    /// <param name="isImageToImage">Which of the two requests it is.</param>
    public static JsonObject Of(JsonObject body, bool isImageToImage)
    {
        JsonObject echo = [];
        bool withPictures = isImageToImage && body["include_init_images"] is JsonValue wanted && wanted.GetValueKind() == JsonValueKind.True;
        foreach ((string name, JsonNode? ofApi) in Shared.Concat(isImageToImage ? ImageToImage : TextToImage))
        {
            JsonNode? sent = body[name];
            echo[name] = name is "init_images" or "mask" ? (withPictures ? sent?.DeepClone() : null) : sent is null ? ofApi?.DeepClone() : WithoutPictures(name, sent);
        }
        return echo;
    }

    private static JsonNode? WithoutPictures(string name, JsonNode? node) => node switch
    {
        JsonObject inner => new JsonObject(inner.Select(field => KeyValuePair.Create(field.Key, WithoutPictures(field.Key, field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => WithoutPictures("", item))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && (Pictures.Contains(name) || value.GetValue<string>().Length > LongestText) => null,
        _ => node?.DeepClone(),
    };

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
