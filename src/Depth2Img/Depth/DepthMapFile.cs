using Depth2Img.Depth.Files;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Png;
using Depth2Img.IO;

namespace Depth2Img.Depth;

/// <summary>
/// Reads and writes depth maps. Pictures have white nearest; .npy and .pfm hold inverse depth as it is, in float32.
/// Formats are told by their contents when reading and by the name when writing.
/// </summary>
public static class DepthMapFile
{
    /// <summary>Reads a map.</summary>
    /// <param name="path">A PNG (all its 8 or 16 bits; colours by their luma), a JPEG, a .npy array or a .pfm float map.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <returns>The map at the file's size. A picture's values are 0 (black) to 1 (white); the others' as they are.</returns>
    /// <exception cref="Depth2ImgException">The file is missing, of another format, damaged, cut short or too large, or has a value that is not finite.</exception>
    public static DepthMap Load(string path, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        return Decode(InputFile.ReadAllBytes(path, "a depth map", limits.MaxFileBytes), path, limits);
    }

    /// <summary>Reads a map from a file that is in memory.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <inheritdoc cref="Load"/>
    public static DepthMap Decode(ReadOnlyMemory<byte> data, string name, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        ReadOnlySpan<byte> bytes = data.Span;
        int width, height;
        float[] values;
        if (bytes.StartsWith(NpyHeader.Signature))
        {
            (width, height, values) = NpyFile.Read(bytes, name, limits);
        }
        else if (PfmFile.Matches(bytes))
        {
            (width, height, values) = PfmFile.Read(bytes, name, limits);
        }
        else
        {
            DecodedImage image = ImageFile.Decode(data, name, limits);
            return new DepthMap(image.Width, image.Height, image.ToGray());
        }
        RequireFinite(values, width, name);
        return new DepthMap(width, height, values);
    }

    /// <summary>Writes a map, whole or not at all.</summary>
    /// <param name="path">
    /// A name that ends in .png (scaled to the map's own range, white nearest; mid-gray all over where the map is flat), .npy (float32 [H,W]) or .pfm.
    /// </param>
    /// <param name="map">The map.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="Depth2ImgException">The name is of another format, the file exists and may not be replaced, or it cannot be written.</exception>
    public static void Save(string path, DepthMap map, DepthSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        options ??= new DepthSaveOptions();
        RequireFormat(path);
        Action<Stream> write = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => stream => NpyFile.Write(stream, map),
            ".pfm" => stream => PfmFile.Write(stream, map),
            _ => stream => WritePng(stream, map, options),
        };
        AtomicFile.Write(path, write, options.Overwrite);
    }

    /// <summary>Writes a map to a stream as a PNG.</summary>
    /// <param name="stream">Takes the file; it stays open.</param>
    /// <param name="map">The map.</param>
    /// <param name="options">How; null for the defaults.</param>
    public static void EncodePng(Stream stream, DepthMap map, DepthSaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        WritePng(stream, map, options ?? new DepthSaveOptions());
    }

    /// <summary>Refuses a name of a format that is not written, before work is spent.</summary>
    /// <exception cref="Depth2ImgException">The name does not end in .png, .npy or .pfm.</exception>
    public static void RequireFormat(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Path.GetExtension(path).ToLowerInvariant() is not (".png" or ".npy" or ".pfm"))
            throw new Depth2ImgException($"'{path}' does not end in .png, .npy or .pfm, as which depth maps are written.");
    }

    private static void WritePng(Stream stream, DepthMap map, DepthSaveOptions options)
    {
        if (options.Colors is { } colors) PngEncoder.Encode(stream, map.ToImage(colors), options.Text);
        else if (options.Bits == 16) PngEncoder.EncodeGray(stream, map.Width, map.Height, map.ToGray16(), options.Text);
        else PngEncoder.EncodeGray(stream, map.Width, map.Height, map.ToGray8(), options.Text);
    }

    private static void RequireFinite(float[] values, int width, string name)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new Depth2ImgException($"'{name}' has the value {values[i]} at column {i % width}, row {i / width}; every depth must be a finite number. Replace it, as by the farthest depth.");
        }
    }
}
