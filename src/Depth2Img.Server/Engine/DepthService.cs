using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Engine;

/// <summary>Depth maps at once, between the steps of whatever runs.</summary>
internal sealed class DepthService(DepthLane lane, ModelPool models, ServerOptions options)
{
    /// <summary>A picture's depth map at the picture's size: the one that was given, or an estimate.</summary>
    /// <param name="caller">Who asks: callers take turns.</param>
    /// <param name="model">The model whose default estimator is meant.</param>
    /// <param name="inputs">The picture's file, the map's, or both.</param>
    /// <param name="depthModel">Who estimates; null for the model's default.</param>
    /// <param name="cancellationToken">Ends the waiting and the work.</param>
    /// <returns>The map, and who made it.</returns>
    /// <exception cref="ProblemException">Too many wait.</exception>
    /// <exception cref="Depth2ImgException">A file cannot be read.</exception>
    public Task<(DepthMap Map, string Source)> EstimateAsync(Caller caller, string model, IReadOnlyDictionary<string, byte[]> inputs, string? depthModel, CancellationToken cancellationToken) =>
        lane.RunAsync<(DepthMap, string)>(caller, token =>
        {
            ImageLimits limits = GenerationInputs.LimitsOf(options.Limits);
            Image? image = inputs.TryGetValue(GenerationInputs.ImageName, out byte[]? picture) ? ImageFile.Decode(picture, GenerationInputs.ImageName, limits).ToRgb() : null;
            if (inputs.TryGetValue(GenerationInputs.DepthName, out byte[]? given))
            {
                DepthMap map = DepthMapFile.Decode(given, GenerationInputs.DepthName, limits);
                return (image is null ? map : map.CropToAspect(image.Width, image.Height).Map.ResizeSmooth(image.Width, image.Height), DepthToImagePipeline.GivenDepthName);
            }
            return models.EstimateDepth(model, depthModel, image!, token);
        }, cancellationToken);
}
