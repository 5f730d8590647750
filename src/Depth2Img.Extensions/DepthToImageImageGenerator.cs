using Depth2Img.Imaging;
using Depth2Img.Pipelines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Depth2Img.Extensions;

/// <summary>
/// Depth-to-image as Microsoft.Extensions.AI's image generator. A request needs exactly one original picture, as
/// <see cref="DataContent"/>; the response has the new ones as <see cref="DataContent"/>, and the pipeline's own result as
/// its <see cref="ImageGenerationResponse.RawRepresentation"/>.
/// </summary>
/// <remarks>
/// <see cref="ImageGenerationOptions.ImageSize"/> is the new pictures' size; the original is cut to its aspect first. The
/// size of work is the model's. <see cref="ImageGenerationOptions.MediaType"/> is image/png, the default, or image/jpeg. What
/// there is no property for goes by <see cref="ImageGenerationProperties"/>, or by a <see cref="DepthToImageRequest"/> from
/// <see cref="ImageGenerationOptions.RawRepresentationFactory"/>. There is no streaming: a StreamingCount is passed over.
/// </remarks>
public sealed class DepthToImageImageGenerator : IImageGenerator
{
    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";

    private readonly IDepthToImageGenerator _generator;
    private readonly Depth2ImgOptions _options;
    private readonly ImageGeneratorMetadata _metadata;

    /// <summary>Puts the interface over a generator.</summary>
    /// <param name="generator">What makes the pictures; it is the caller's to dispose.</param>
    /// <param name="options">The application's options.</param>
    public DepthToImageImageGenerator(IDepthToImageGenerator generator, IOptions<Depth2ImgOptions> options)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(options);
        _generator = generator;
        _options = options.Value;
        _metadata = new ImageGeneratorMetadata("depth2img", providerUri: null, _options.Model);
    }

    /// <summary>Makes pictures.</summary>
    /// <param name="request">The prompt and the original picture.</param>
    /// <param name="options">How; null for the model's defaults.</param>
    /// <param name="cancellationToken">Ends the waiting, or the work within one op.</param>
    /// <exception cref="InvalidRequestException">A value is out of its range.</exception>
    /// <exception cref="Depth2ImgException">The original picture is missing or cannot be read, another model is asked for, or the model cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">A media type or a response format that is not made.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ImageGenerationResponse> GenerateAsync(ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (options?.ResponseFormat is { } response and not ImageGenerationResponseFormat.Data)
            throw new NotSupportedException($"The response format {response} is not made: there is no place to keep pictures at. Ask for {nameof(ImageGenerationResponseFormat.Data)}.");
        ImageFormat format = FormatOf(options?.MediaType);
        RequireModel(options?.ModelId);
        DepthToImageRequest? raw = options?.RawRepresentationFactory?.Invoke(this) as DepthToImageRequest;
        DepthToImageRequest translated = ImageRequests.Translate(request, options, raw);
        int quality = new AdditionalProperties(options?.AdditionalProperties).Integer(ImageGenerationProperties.JpegQuality) ?? new ImageSaveOptions().JpegQuality;
        if (quality is < 1 or > 100) throw new Depth2ImgException($"The additional property '{ImageGenerationProperties.JpegQuality}' is {quality}; it must be from 1 to 100.");

        DepthToImageResult result = await _generator.GenerateAsync(translated, progress: null, cancellationToken).ConfigureAwait(false);
        List<AIContent> contents = [];
        for (int i = 0; i < result.Images.Count; i++)
        {
            ImageSaveOptions save = new() { JpegQuality = quality, Text = _options.WriteSettings ? (result.Settings with { Index = i }).ToPngText() : null };
            contents.Add(new DataContent(result.Images[i].ToBytes(format, save), format == ImageFormat.Png ? Png : Jpeg));
        }
        return new ImageGenerationResponse(contents) { RawRepresentation = result };
    }

    /// <summary>Gives this object, its metadata, or what makes the pictures.</summary>
    /// <param name="serviceType">
    /// <see cref="IImageGenerator"/>, <see cref="ImageGeneratorMetadata"/>, <see cref="IDepthToImageGenerator"/>, or
    /// <see cref="DepthToImagePipeline"/>, which is there once it is loaded.
    /// </param>
    /// <param name="serviceKey">Must be null.</param>
    /// <returns>Null for everything else.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ImageGeneratorMetadata)) return _metadata;
        if (serviceType == typeof(DepthToImagePipeline)) return (_generator as DepthToImageGenerator)?.LoadedPipeline;
        if (serviceType.IsInstanceOfType(this)) return this;
        return serviceType.IsInstanceOfType(_generator) ? _generator : null;
    }

    /// <summary>Does nothing: the generator below belongs to the application.</summary>
    public void Dispose() { }

    private static ImageFormat FormatOf(string? mediaType) => mediaType?.ToLowerInvariant() switch
    {
        null or Png => ImageFormat.Png,
        Jpeg or "image/jpg" => ImageFormat.Jpeg,
        _ => throw new NotSupportedException($"The media type '{mediaType}' is not made; it must be {Png} or {Jpeg}."),
    };

    private void RequireModel(string? model)
    {
        if (model is null || model == _options.Model || model == (_generator as DepthToImageGenerator)?.LoadedPipeline?.Name) return;
        throw new Depth2ImgException($"The model '{model}' was asked for; this application has '{_options.Model}'. Leave ModelId away, or add a generator with that model.");
    }
}
