using Depth2Img.Imaging;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Depth2Img.Server.Api.V1;

/// <summary><c>POST /api/v1/settings</c>: the settings inside a picture, as the fields of a request that makes it again.</summary>
internal static class SettingsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/settings", ReadAsync);

    private static async Task<IResult> ReadAsync(HttpContext context, PictureSettings settings, ServerOptions options)
    {
        RequestBody body = await RequestBody.ReadAsync(context, options.Limits).ConfigureAwait(false);
        Faults faults = new();
        JsonFields fields = new(body.Fields, faults, texts: body.IsForm);
        Dictionary<string, byte[]> inputs = GenerationReader.ReadInputs(body, fields, [GenerationInputs.ImageName]);
        fields.RefuseUnknown();
        if (!inputs.ContainsKey(GenerationInputs.ImageName) && !faults.Has(GenerationInputs.ImageName)) faults.Add(GenerationInputs.ImageName, "image is missing; a picture with settings inside is expected.");
        faults.ThrowIfAny();
        try
        {
            DecodedImage picture = ImageFile.Decode(inputs[GenerationInputs.ImageName], GenerationInputs.ImageName, GenerationInputs.LimitsOf(options.Limits));
            context.Response.Headers.CacheControl = "no-store";
            return Results.Json(settings.Read(picture.Text), ServerJson.Options);
        }
        catch (Depth2ImgException e)
        {
            faults.Add(GenerationInputs.ImageName, e.Message);
            faults.ThrowIfAny();
            throw;
        }
    }
}
