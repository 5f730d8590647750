using Depth2Img.Depth;
using Depth2Img.Server.Engine;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary><c>POST /api/v1/depth</c>: a picture's depth map, at the picture's size.</summary>
internal static class DepthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/depth", EstimateAsync);

    private static async Task<IResult> EstimateAsync(HttpContext context, DepthService depth, SubmissionChecker checker, JobService jobs, ModelPool models, ServerOptions options)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = GenerationReader.ReadInputs(body, fields, [GenerationInputs.ImageName, GenerationInputs.DepthName]);
        string model = ModelNames.Read(fields, models);
        string? depthModel = fields.Text("depthModel", 300);
        DepthAdjustment adjustment = GenerationReader.ReadAdjustment(fields) ?? DepthAdjustment.None;
        int bits = fields.Whole("bits", 8, 16) ?? 16;
        if (bits is not (8 or 16)) fields.Add("bits", $"bits is {bits}; 8 or 16 is expected.");
        string[] maps = [.. Enum.GetNames<ColorMap>().Select(name => name.ToLowerInvariant())];
        string? colors = fields.Word("colorMap", maps);
        fields.RefuseUnknown();
        GenerationReader.CheckAdjustment(adjustment, faults);
        checker.CheckDepthModel("depthModel", depthModel, model, faults);
        if (!inputs.ContainsKey(GenerationInputs.ImageName) && !inputs.ContainsKey(GenerationInputs.DepthName) && faults.None) faults.Add("image", "image is missing; the picture to estimate is expected, as a PNG or JPEG file.");
        faults.ThrowIfAny();
        JobAdmission.RequireWorking(jobs);

        (DepthMap map, string source) = await depth.EstimateAsync(Caller.Of(context), model, inputs, depthModel, context.RequestAborted).ConfigureAwait(false);
        DepthSaveOptions save = new() { Bits = bits, Colors = colors is null ? null : Enum.Parse<ColorMap>(colors, ignoreCase: true) };
        using MemoryStream png = new();
        DepthMapFile.EncodePng(png, adjustment.Apply(map), save);
        context.Response.Headers["X-Depth-Model"] = source;
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(png.ToArray(), "image/png");
    }
}
