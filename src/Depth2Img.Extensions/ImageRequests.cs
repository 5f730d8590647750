using System.Drawing;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;
using Microsoft.Extensions.AI;
using Image = Depth2Img.Imaging.Image;

namespace Depth2Img.Extensions;

/// <summary>Says requests of Microsoft.Extensions.AI in the pipeline's words.</summary>
internal static class ImageRequests
{
    private const int MaxSide = 4096;

    /// <summary>Translates a request.</summary>
    /// <param name="request">The prompt and the original picture.</param>
    /// <param name="options">How; null for defaults.</param>
    /// <param name="raw">What the caller's own factory made; null if there is none. Everything that request and options say goes before it.</param>
    /// <exception cref="Depth2ImgException">There is not exactly one picture, or it cannot be read; a property has a wrong type.</exception>
    public static DepthToImageRequest Translate(ImageGenerationRequest request, ImageGenerationOptions? options, DepthToImageRequest? raw)
    {
        AdditionalProperties more = new(options?.AdditionalProperties);
        DepthToImageRequest known = raw ?? new DepthToImageRequest { Image = ReadOriginal(request), Prompt = request.Prompt ?? "" };
        Image image = request.OriginalImages is null && raw is not null ? raw.Image : ReadOriginal(request);
        return known with
        {
            Image = options?.ImageSize is { } size ? Cover(image, size) : image,
            Prompt = request.Prompt ?? known.Prompt,
            Count = options?.Count ?? known.Count,
            NegativePrompt = more.Text(ImageGenerationProperties.NegativePrompt) ?? known.NegativePrompt,
            Strength = more.Number(ImageGenerationProperties.Strength) ?? known.Strength,
            Seed = more.Whole(ImageGenerationProperties.Seed) ?? known.Seed,
            Steps = more.Integer(ImageGenerationProperties.Steps) ?? known.Steps,
            Guidance = more.Number(ImageGenerationProperties.Guidance) ?? known.Guidance,
            Scheduler = more.Text(ImageGenerationProperties.Scheduler) ?? known.Scheduler,
            MaxSize = more.Integer(ImageGenerationProperties.MaxSize) ?? known.MaxSize,
            Depth = more.Map(ImageGenerationProperties.DepthMap) ?? known.Depth,
            DepthModel = more.Text(ImageGenerationProperties.DepthModel) ?? known.DepthModel,
        };
    }

    private static Image ReadOriginal(ImageGenerationRequest request)
    {
        AIContent[] originals = [.. request.OriginalImages ?? []];
        if (originals.Length != 1)
            throw new Depth2ImgException($"The request has {(originals.Length == 0 ? "no original image" : $"{originals.Length} original images")}; depth-to-image makes a new picture from exactly one.");
        return originals[0] switch
        {
            DataContent data => Image.Load(data.Data),
            UriContent => throw new Depth2ImgException("The original image is an address, which is not fetched; give its bytes as DataContent."),
            AIContent other => throw new Depth2ImgException($"The original image is a {other.GetType().Name}; a DataContent with a picture's bytes was expected."),
        };
    }

    /// <summary>Cuts a picture to a size's aspect, at both sides alike, and scales it to the size: nothing is stretched.</summary>
    private static Image Cover(Image image, Size size)
    {
        if (size.Width is < 8 or > MaxSide || size.Height is < 8 or > MaxSide)
            throw new Depth2ImgException($"ImageSize is {size.Width}x{size.Height}; both sides must be from 8 to {MaxSide} pixels.");
        double scale = Math.Min((double)image.Width / size.Width, (double)image.Height / size.Height);
        int width = Math.Clamp((int)Math.Round(size.Width * scale), 1, image.Width), height = Math.Clamp((int)Math.Round(size.Height * scale), 1, image.Height);
        Image cut = image.Crop((image.Width - width) / 2, (image.Height - height) / 2, width, height);
        return cut.Width == size.Width && cut.Height == size.Height ? cut : ImageResizer.Resize(cut, size.Width, size.Height, ResizeFilter.Lanczos);
    }
}
