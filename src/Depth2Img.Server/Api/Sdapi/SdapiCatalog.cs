using System.Text.Json.Nodes;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Options;
using Depth2Img.Styles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>What clients of AUTOMATIC1111's API ask for at their start: lists, settings, memory. An empty list is an answer; a missing one hides menus.</summary>
internal static class SdapiCatalog
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/options", GetOptions).WithSummary("The caller's settings");
        group.MapPost("/options", SetOptionsAsync).WithSummary("Sets the caller's model and format");
        group.MapGet("/samplers", Samplers).WithSummary("Samplers");
        group.MapGet("/schedulers", Schedulers).WithSummary("Noise schedules");
        group.MapGet("/sd-models", Models).WithSummary("Models");
        group.MapGet("/prompt-styles", PromptStyles).WithSummary("Styles");
        group.MapGet("/scripts", () => SdapiEndpoints.Json(new JsonObject { ["txt2img"] = new JsonArray(ControlNetUnit.ScriptName), ["img2img"] = new JsonArray(ControlNetUnit.ScriptName) })).WithSummary("Scripts");
        group.MapGet("/embeddings", () => SdapiEndpoints.Json(new JsonObject { ["loaded"] = new JsonObject(), ["skipped"] = new JsonObject() })).WithSummary("Textual inversions: none");
        foreach (string name in (string[])["upscalers", "latent-upscale-modes", "sd-vae", "sd-modules", "loras"])
            group.MapGet($"/{name}", () => SdapiEndpoints.Json(new JsonArray())).WithSummary("An empty list");
        // Launch options may hold keys and paths: what is told is always the same and says nothing of this server.
        group.MapGet("/cmd-flags", () => SdapiEndpoints.Json(new JsonObject { ["api"] = true, ["nowebui"] = false, ["listen"] = false, ["share"] = false })).WithSummary("A fixed object");
        group.MapGet("/memory", Memory).WithSummary("Memory");
        // The model is all clients': it stays loaded, whoever asks.
        group.MapPost("/unload-checkpoint", () => SdapiEndpoints.Json(new JsonObject())).WithSummary("Accepted without effect");
        group.MapPost("/reload-checkpoint", () => SdapiEndpoints.Json(new JsonObject())).WithSummary("Accepted without effect");
    }

    private static IResult GetOptions(HttpContext context, ClientOptionsStore clients, CheckpointNames checkpoints)
    {
        ClientOptions options = clients.Of(Caller.Of(context).Client);
        string model = options.Model ?? checkpoints.All[0];
        return SdapiEndpoints.Json(new JsonObject
        {
            ["sd_model_checkpoint"] = checkpoints.TitleOf(model),
            ["sd_checkpoint_hash"] = checkpoints.FingerprintOf(model),
            ["sd_vae"] = "Automatic",
            ["samples_format"] = options.SamplesFormat,
            ["CLIP_stop_at_last_layers"] = 1,
            ["img2img_fix_steps"] = false,
            ["img2img_color_correction"] = false,
            ["initial_noise_multiplier"] = 1.0,
            ["return_mask"] = false,
            ["return_mask_composite"] = false,
            ["show_progress_every_n_steps"] = 1,
            ["live_previews_enable"] = true,
            ["live_previews_image_format"] = "jpeg",
        });
    }

    private static async Task<IResult> SetOptionsAsync(HttpContext context, ClientOptionsStore clients, CheckpointNames checkpoints, ServerOptions server)
    {
        RequestBody body = await RequestBody.ReadJsonAsync(context, server.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: true);
        string client = Caller.Of(context).Client;
        ClientOptions options = clients.Of(client);
        if (fields.Text("sd_model_checkpoint", 300) is { } title)
        {
            if (checkpoints.Find(title) is { } model) options = options with { Model = model };
            else fields.Add("sd_model_checkpoint", $"There is no checkpoint '{ShortText.Of(title)}' here; there is {string.Join(", ", checkpoints.All)}.");
        }
        if (fields.Text("samples_format", 20) is { } asked)
        {
            if (ClientOptions.FindFormat(asked) is { } format) options = options with { SamplesFormat = format };
            else fields.Add("samples_format", $"Pictures are not written as {ShortText.Of(asked)}; {ClientOptions.Png} or {ClientOptions.Jpg} is expected.");
        }
        faults.ThrowIfAny();
        clients.Set(client, options);
        return SdapiEndpoints.Json(null);
    }

    private static IResult Samplers() => SdapiEndpoints.Json(new JsonArray([.. SamplerNames.All.Select(sampler => (JsonNode)new JsonObject
    {
        ["name"] = sampler.Name,
        ["aliases"] = new JsonArray([.. sampler.Aliases.Select(alias => (JsonNode)alias)]),
        ["options"] = sampler.OwnSchedule is null ? new JsonObject() : new JsonObject { ["scheduler"] = sampler.OwnSchedule.ToLowerInvariant() },
    })]));

    private static IResult Schedulers() => SdapiEndpoints.Json(new JsonArray([.. SamplerNames.Schedules.Select(schedule => (JsonNode)new JsonObject
    {
        ["name"] = schedule.Name,
        ["label"] = schedule.Label,
        ["aliases"] = null,
        ["default_rho"] = schedule.Label == SamplerNames.Karras ? 7.0 : -1.0,
        ["need_inner_model"] = false,
    })]));

    private static IResult Models(CheckpointNames checkpoints) => SdapiEndpoints.Json(new JsonArray([.. checkpoints.All.Select(model => (JsonNode)new JsonObject
    {
        ["title"] = checkpoints.TitleOf(model),
        ["model_name"] = model,
        ["hash"] = checkpoints.HashOf(model),
        // A digest of the whole file, which nobody has made.
        ["sha256"] = null,
        ["filename"] = model,
        ["config"] = null,
    })]));

    private static IResult PromptStyles(StyleLibrary styles) => SdapiEndpoints.Json(new JsonArray([.. styles.Styles.Select(style => (JsonNode)new JsonObject
    {
        ["name"] = style.Name,
        ["prompt"] = style.Prompt,
        ["negative_prompt"] = style.NegativePrompt,
    })]));

    private static IResult Memory(ModelPool models)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long total = memory.TotalAvailableMemoryBytes, used = Environment.WorkingSet;
        return SdapiEndpoints.Json(new JsonObject
        {
            ["ram"] = new JsonObject { ["free"] = Math.Max(0, total - memory.MemoryLoadBytes), ["used"] = used, ["total"] = total },
            ["cuda"] = new JsonObject { ["error"] = $"Pictures are made by {models.Backend}." },
        });
    }
}
