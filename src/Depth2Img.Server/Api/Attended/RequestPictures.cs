using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using Depth2Img.Server.Http;
using Depth2Img.Server.Jobs;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Api.Attended;

/// <summary>Makes a job's files of the pictures that a request brings: upright, on white, and of the size that was asked for.</summary>
internal static class RequestPictures
{
    /// <summary>The gray that stands for a picture where only depth counts; at strength 1.0 from noise nothing of it is used.</summary>
    private const byte Gray = 128;

    /// <summary>What of an alpha channel is repainted, where the mask is to have hard edges.</summary>
    private const byte HalfOpaque = 128;

    /// <summary>Decodes a picture.</summary>
    /// <returns>Null if it cannot be; the fault is noted.</returns>
    public static DecodedImage? Decode(byte[] file, string field, ServerLimits limits, Faults faults)
    {
        try
        {
            return ImageFile.Decode(file, field, GenerationInputs.LimitsOf(limits));
        }
        catch (Depth2ImgException e)
        {
            faults.Add(field, e.Message);
            return null;
        }
    }

    /// <summary>Decodes a depth map.</summary>
    /// <returns>Null if it cannot be; the fault is noted.</returns>
    public static DepthMap? DecodeDepth(byte[] file, string field, ServerLimits limits, Faults faults)
    {
        try
        {
            return DepthMapFile.Decode(file, field, GenerationInputs.LimitsOf(limits));
        }
        catch (Depth2ImgException e)
        {
            faults.Add(field, e.Message);
            return null;
        }
    }

    /// <summary>The picture's file at a size: the client's own bytes where there is nothing to change.</summary>
    /// <param name="file">What the client sent.</param>
    /// <param name="decoded">The same, decoded.</param>
    /// <param name="fit">Where it goes; null to leave its size.</param>
    public static byte[] Picture(byte[] file, DecodedImage decoded, PictureFit? fit)
    {
        Image picture = decoded.ToRgb();
        bool fits = fit is null || (fit.Width == picture.Width && fit.Height == picture.Height);
        if (fits && picture.Alpha is null) return file;
        picture = picture.CompositeOn(255, 255, 255);
        return (fits ? picture : fit!.Apply(picture)).ToBytes(ImageFormat.Png, new ImageSaveOptions { Profile = decoded.Profile });
    }

    /// <summary>A depth map's file, brought along with its picture: where the picture is stretched or cut, so is its map.</summary>
    /// <param name="file">What the client sent.</param>
    /// <param name="map">The same, decoded.</param>
    /// <param name="picture">The picture, before it is brought to its size.</param>
    /// <param name="fit">Where the picture goes; null to leave its size.</param>
    public static byte[] Depth(byte[] file, DepthMap map, DecodedImage picture, PictureFit? fit)
    {
        if (fit is null || Inpainting.InpaintMask.SameAspect(picture.Width, picture.Height, fit.Width, fit.Height)) return file;
        return Encode(fit.Apply(map.FitTo(picture.Width, picture.Height).Map));
    }

    /// <summary>A depth map as a file that keeps all that 16 bits can.</summary>
    public static byte[] Encode(DepthMap map)
    {
        using MemoryStream png = new();
        DepthMapFile.EncodePng(png, map);
        return png.ToArray();
    }

    /// <summary>A picture that stands for one where only depth counts.</summary>
    public static byte[] Blank(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        Array.Fill(pixels, Gray);
        return new Image(width, height, pixels).ToBytes(ImageFormat.Png);
    }

    /// <summary>
    /// A mask, white where it repaints: of a picture with transparency its alpha, as AUTOMATIC1111's web UI takes it, else its
    /// brightness.
    /// </summary>
    /// <param name="decoded">The mask.</param>
    /// <param name="hard">Whether alpha is cut to black and white at its middle.</param>
    public static Image Mask(DecodedImage decoded, bool hard)
    {
        Image picture = decoded.ToRgb();
        byte[] values = picture.Alpha is { } alpha && alpha.AsSpan().IndexOfAnyExcept(byte.MaxValue) >= 0
            ? Array.ConvertAll(alpha, value => hard ? value > HalfOpaque ? byte.MaxValue : (byte)0 : value)
            : Array.ConvertAll(decoded.ToGray(), value => (byte)MathF.Round(255 * value));
        return GrayImage(decoded.Width, decoded.Height, values);
    }

    /// <summary>A mask of what is transparent.</summary>
    /// <returns>Null if nothing is.</returns>
    public static Image? MaskOfTransparency(DecodedImage decoded)
    {
        Image picture = decoded.ToRgb();
        return picture.Alpha is { } alpha && alpha.AsSpan().IndexOfAnyExcept(byte.MaxValue) >= 0
            ? GrayImage(picture.Width, picture.Height, Array.ConvertAll(alpha, value => (byte)(255 - value)))
            : null;
    }

    /// <summary>A mask as a file.</summary>
    public static byte[] EncodeMask(Image mask)
    {
        byte[] values = new byte[mask.Width * mask.Height];
        for (int n = 0; n < values.Length; n++) values[n] = mask.Pixels[3 * n];
        using MemoryStream png = new();
        PngEncoder.EncodeGray(png, mask.Width, mask.Height, values);
        return png.ToArray();
    }

    /// <summary>Whether every pixel of a mask has one value.</summary>
    public static bool IsAll(Image mask, byte value) => mask.Pixels.AsSpan().IndexOfAnyExcept(value) < 0;

    private static Image GrayImage(int width, int height, byte[] values)
    {
        byte[] pixels = new byte[3 * values.Length];
        for (int n = 0; n < values.Length; n++) pixels[3 * n] = pixels[3 * n + 1] = pixels[3 * n + 2] = values[n];
        return new Image(width, height, pixels);
    }
}
