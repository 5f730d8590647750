using System.Text.Json;
using System.Text.Json.Nodes;
using Depth2Img.Depth;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.Sdapi;

/// <summary>The ControlNet extension's routes: what there is of it is depth.</summary>
internal static class ControlNetEndpoints
{
    /// <summary>The version of the extension's API that units are read by.</summary>
    private const int ApiVersion = 2;

    private const int MostPictures = 16;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/controlnet");
        group.WithTags(SdapiEndpoints.Tag);
        group.MapGet("/version", () => SdapiEndpoints.Json(new JsonObject { ["version"] = ApiVersion })).WithSummary("The version of the units' form");
        group.MapGet("/model_list", () => SdapiEndpoints.Json(new JsonObject { ["model_list"] = new JsonArray(ControlNetUnit.ModelName) })).WithSummary("Models of units");
        group.MapGet("/module_list", Modules).WithSummary("Who makes depth maps");
        group.MapGet("/settings", () => SdapiEndpoints.Json(new JsonObject { ["control_net_unit_count"] = 1 })).WithSummary("How many units count");
        group.MapPost("/detect", DetectAsync).WithSummary("Depth maps of pictures");
        // Where the extension's first version took requests with units in "controlnet_units".
        group.MapPost("/img2img", (HttpContext context, SdapiRunner runner) => runner.RunAsync(context, isImageToImage: true)).WithSummary("A picture from a picture and its depth");
        group.MapPost("/txt2img", (HttpContext context, SdapiRunner runner) => runner.RunAsync(context, isImageToImage: false)).WithSummary("A picture from depth alone");
    }

    private static IResult Modules() => SdapiEndpoints.Json(new JsonObject
    {
        ["module_list"] = new JsonArray([.. ControlNetUnit.Modules.Select(module => (JsonNode)module)]),
        ["module_detail"] = new JsonObject(ControlNetUnit.Modules.Select(module => KeyValuePair.Create<string, JsonNode?>(module, new JsonObject { ["model_free"] = false, ["sliders"] = new JsonArray() }))),
    });

    private static async Task<IResult> DetectAsync(HttpContext context, DepthService depth, ModelPool models, JobService jobs, ServerOptions options)
    {
        RequestBody body = await RequestBody.ReadJsonAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: true);
        string module = fields.Text("controlnet_module", 200) ?? "none";
        if (!ControlNetUnit.NamesDepth(module)) fields.Add("controlnet_module", $"The module is '{ShortText.Of(module)}'; there is {string.Join(", ", ControlNetUnit.Modules.Where(ControlNetUnit.NamesDepth))}.");
        List<byte[]> pictures = [];
        JsonArray list = fields.List("controlnet_input_images") ?? [];
        if (list.Count is 0 or > MostPictures) fields.Add("controlnet_input_images", $"controlnet_input_images has {list.Count} pictures; 1 to {MostPictures} are expected, in base64.");
        foreach (JsonNode? item in list.Take(MostPictures))
        {
            try
            {
                pictures.Add(Base64Files.Decode(item is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : ""));
            }
            catch (FormatException e)
            {
                fields.Add("controlnet_input_images", $"controlnet_input_images: {e.Message}");
            }
        }
        faults.ThrowIfAny();
        JobAdmission.RequireWorking(jobs);
        JsonArray images = [];
        foreach (byte[] picture in pictures)
        {
            (DepthMap map, _) = await depth.EstimateAsync(Caller.Of(context), models.Names[0], new Dictionary<string, byte[]> { [GenerationInputs.ImageName] = picture }, ControlNetUnit.EstimatorOf(module), context.RequestAborted).ConfigureAwait(false);
            using MemoryStream png = new();
            // As the extension's maps are: programs that show them expect no more than 8 bits.
            DepthMapFile.EncodePng(png, map, new DepthSaveOptions { Bits = 8 });
            images.Add(Convert.ToBase64String(png.ToArray()));
        }
        return SdapiEndpoints.Json(new JsonObject { ["images"] = images, ["info"] = "Success" });
    }
}
