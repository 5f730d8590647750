using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Extensions;

/// <summary>
/// An application's depth-to-image: one pipeline for all, loaded when it is first needed. Safe to call from any number
/// of threads; requests above <see cref="Depth2ImgOptions.MaxConcurrentRequests"/> wait for their turn.
/// </summary>
public interface IDepthToImageGenerator
{
    /// <summary>Makes pictures (<see cref="DepthToImagePipeline.GenerateAsync(DepthToImageRequest, IProgress{GenerationProgress}?, CancellationToken)"/>).</summary>
    /// <param name="request">What to make.</param>
    /// <param name="progress">Told of every stage and UNet evaluation; null for no reports.</param>
    /// <param name="cancellationToken">Ends the waiting, or the work within one op.</param>
    /// <exception cref="InvalidRequestException">A value of the request is out of its range.</exception>
    /// <exception cref="Depth2ImgException">The model cannot be loaded, or its output is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the generator disposed.</exception>
    Task<DepthToImageResult> GenerateAsync(DepthToImageRequest request, IProgress<GenerationProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Makes the pictures of many requests, in their order; one that fails does not touch the others.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the whole sequence. Leaving the enumeration early does so, too.</param>
    IAsyncEnumerable<GenerationOutcome> GenerateManyAsync(IAsyncEnumerable<DepthToImageRequest> requests, GenerateManyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Estimates a picture's depth at the picture's own size.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="depthModel">"checkpoint", "tiefenrausch" or a depth network's folder; null takes the model's default.</param>
    /// <param name="cancellationToken">Ends the waiting, or the work within one op.</param>
    Task<DepthMap> EstimateDepthAsync(Image image, string? depthModel = null, CancellationToken cancellationToken = default);

    /// <summary>The pipeline, loaded. Call it when the application starts, if the first request shall not wait for that.</summary>
    /// <param name="cancellationToken">Ends the waiting; the loading goes on for others.</param>
    /// <exception cref="Depth2ImgException">The model is not there or damaged. The next call tries again.</exception>
    Task<DepthToImagePipeline> GetPipelineAsync(CancellationToken cancellationToken = default);
}
