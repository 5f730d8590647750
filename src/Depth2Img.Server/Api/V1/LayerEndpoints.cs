using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary><c>POST /api/v1/layers</c>: where a picture would be cut into layers, before anything is made of them.</summary>
internal static class LayerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/layers", CutAsync);

    private static async Task<IResult> CutAsync(HttpContext context, LayerService service, SubmissionChecker checker, JobService jobs, ModelPool models, ServerOptions options)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = GenerationReader.ReadInputs(body, fields, [GenerationInputs.ImageName, GenerationInputs.DepthName, .. GenerationInputs.LayerMaskNames]);
        string model = ModelNames.Read(fields, models);
        LayerQuery query = new(
            model,
            fields.Text("depthModel", 300),
            GenerationReader.ReadAdjustment(fields) ?? DepthAdjustment.None,
            fields.Whole("count", 2, DepthLayers.MaxCount),
            GenerationReader.ReadThresholds(fields),
            fields.Number("softness", 0, LayerValidator.MaxSoftness) ?? DepthLayers.DefaultSoftness);
        fields.RefuseUnknown();
        GenerationReader.CheckAdjustment(query.Adjustment, faults);
        checker.CheckDepthModel("depthModel", query.DepthModel, model, faults);
        bool hasMasks = GenerationInputs.LayerMaskNames.Any(inputs.ContainsKey);
        if (query.Count is not null && (query.Thresholds is not null || hasMasks)) faults.Add("count", "count is given with thresholds or masks, which say themselves how many layers there are.");
        if (query.Thresholds is not null && hasMasks) faults.Add("thresholds", "Masks and thresholds are both given; only one of them can cut the picture.");
        if (!inputs.ContainsKey(GenerationInputs.ImageName) && !inputs.ContainsKey(GenerationInputs.DepthName) && !faults.Has(GenerationInputs.ImageName) && !faults.Has(GenerationInputs.DepthName))
            faults.Add(GenerationInputs.ImageName, "image is missing; the picture to cut, its depth map, or both are expected.");
        faults.ThrowIfAny();
        JobAdmission.RequireWorking(jobs);

        LayerMasks masks = await service.CutAsync(Caller.Of(context), query, inputs, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new
        {
            masks.Width,
            masks.Height,
            masks.Thresholds,
            layers = Enumerable.Range(0, masks.Count).Select(layer => new { share = Math.Round(masks.ShareOf(layer), 4), mask = ToDataUrl(masks, layer) }),
        }, ServerJson.Options);
    }

    private static string ToDataUrl(LayerMasks masks, int layer)
    {
        using MemoryStream png = new();
        ImageFile.Encode(png, masks.ToImage(layer), ImageFormat.Png);
        return $"data:image/png;base64,{Convert.ToBase64String(png.GetBuffer(), 0, (int)png.Length)}";
    }
}
