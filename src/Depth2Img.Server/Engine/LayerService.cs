using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Layers;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Engine;

/// <summary>Cuts pictures into layers at once: depth is estimated between the steps of whatever runs, the rest is done beside it.</summary>
internal sealed class LayerService(DepthService depth, ServerOptions options) : IDisposable
{
    /// <summary>A cut takes memory and processors: one at a time.</summary>
    private readonly SemaphoreSlim _cutting = new(1);

    /// <summary>Cuts a picture.</summary>
    /// <param name="caller">Who asks: callers take turns.</param>
    /// <param name="query">How.</param>
    /// <param name="inputs">The picture's file, the depth map's, or both; and masks.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Depth2ImgException">A file cannot be read, or a layer has no pixels.</exception>
    public async Task<LayerMasks> CutAsync(Caller caller, LayerQuery query, IReadOnlyDictionary<string, byte[]> inputs, CancellationToken cancellationToken)
    {
        bool byMasks = GenerationInputs.LayerMaskNames.Any(inputs.ContainsKey);
        DepthMap? map = byMasks && inputs.ContainsKey(GenerationInputs.ImageName)
            ? null
            : (await depth.EstimateAsync(caller, query.Model, inputs, query.DepthModel, cancellationToken).ConfigureAwait(false)).Map;
        await _cutting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Cut(query, inputs, map is null ? null : query.Adjustment.Apply(map)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _cutting.Release();
        }
    }

    public void Dispose() => _cutting.Dispose();

    private LayerMasks Cut(LayerQuery query, IReadOnlyDictionary<string, byte[]> inputs, DepthMap? map)
    {
        ServerLimits limits = options.Limits;
        // Without a picture the map's own edges are followed.
        Image picture = inputs.TryGetValue(GenerationInputs.ImageName, out byte[]? file)
            ? ImageFile.Decode(file, GenerationInputs.ImageName, GenerationInputs.LimitsOf(limits)).ToRgb().CompositeOn(255, 255, 255)
            : map!.ToImage();
        IReadOnlyList<Image> masks = GenerationInputs.DecodeLayerMasks(inputs.GetValueOrDefault, limits);
        return DepthLayering.Cut(picture, map, LayerParameters.CutOf(masks, query.Thresholds, query.Count), query.Softness);
    }
}

/// <summary>How a picture is to be cut into layers.</summary>
/// <param name="Model">The model whose default estimator is meant.</param>
/// <param name="DepthModel">Who estimates; null for the model's default.</param>
/// <param name="Adjustment">Corrections of the map.</param>
/// <param name="Count">How many layers; null for two.</param>
/// <param name="Thresholds">Where depth is cut; null for an automatic cut.</param>
/// <param name="Softness">The passage between two layers, as a part of the longer side.</param>
internal sealed record LayerQuery(string Model, string? DepthModel, DepthAdjustment Adjustment, int? Count, IReadOnlyList<double>? Thresholds, double Softness);
