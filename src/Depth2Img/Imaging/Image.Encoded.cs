using Depth2Img.IO;

namespace Depth2Img.Imaging;

/// <content>Encoded pictures: files, bytes, streams. <see cref="ImageFile"/> tells more of a file, such as its texts.</content>
public sealed partial class Image
{
    private const string StreamName = "the stream";

    /// <summary>Reads a picture file.</summary>
    /// <param name="path">A file of a format that <see cref="ImageFile"/> reads.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <returns>The picture, upright.</returns>
    /// <exception cref="Depth2ImgException">The file is missing, no picture that can be read, damaged, cut short or too large.</exception>
    public static Image Load(string path, ImageLimits? limits = null) => ImageFile.Load(path, limits).ToRgb();

    /// <summary>Decodes a picture file that is in memory.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>.</param>
    /// <inheritdoc cref="Load(string, ImageLimits?)"/>
    public static Image Load(ReadOnlyMemory<byte> encoded, ImageLimits? limits = null) => ImageFile.Decode(encoded, "the picture", limits).ToRgb();

    /// <summary>Reads an encoded picture from a stream, to its end.</summary>
    /// <param name="stream">Gives the file; it need not be seekable, and stays open.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>. No more than its bytes are read.</param>
    /// <returns>The picture, upright.</returns>
    /// <exception cref="Depth2ImgException">It is empty, no picture that can be read, damaged, cut short or too large.</exception>
    public static Image Load(Stream stream, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= ImageLimits.Default;
        using MemoryStream copy = new();
        BoundedCopy bound = new(StreamName, limits.MaxFileBytes);
        byte[] buffer = new byte[BoundedCopy.BufferBytes];
        for (int read; (read = stream.Read(buffer)) > 0;) bound.Append(copy, buffer.AsSpan(0, read));
        return ImageFile.Decode(copy.GetBuffer().AsMemory(0, (int)copy.Length), StreamName, limits).ToRgb();
    }

    /// <summary>The same without holding the thread while the stream has nothing to give.</summary>
    /// <param name="stream">Gives the file; it need not be seekable, and stays open.</param>
    /// <param name="limits">What the file may claim; null for <see cref="ImageLimits.Default"/>. No more than its bytes are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The picture, upright.</returns>
    /// <exception cref="Depth2ImgException">It is empty, no picture that can be read, damaged, cut short or too large.</exception>
    public static async Task<Image> LoadAsync(Stream stream, ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= ImageLimits.Default;
        using MemoryStream copy = new();
        BoundedCopy bound = new(StreamName, limits.MaxFileBytes);
        byte[] buffer = new byte[BoundedCopy.BufferBytes];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;) bound.Append(copy, buffer.AsSpan(0, read));
        return ImageFile.Decode(copy.GetBuffer().AsMemory(0, (int)copy.Length), StreamName, limits).ToRgb();
    }

    /// <summary>Writes the picture to a file, whole or not at all.</summary>
    /// <inheritdoc cref="ImageFile.Save"/>
    public void Save(string path, ImageSaveOptions? options = null) => ImageFile.Save(path, this, options);

    /// <summary>Writes the picture to a stream.</summary>
    /// <param name="stream">Takes the file; it stays open.</param>
    /// <param name="format">The format. What is transparent becomes white in a JPEG.</param>
    /// <param name="options">How; null for the defaults.</param>
    public void Save(Stream stream, ImageFormat format, ImageSaveOptions? options = null) => ImageFile.Encode(stream, this, format, options);

    /// <summary>The picture as a file's bytes.</summary>
    /// <param name="format">The format. What is transparent becomes white in a JPEG.</param>
    /// <param name="options">How; null for the defaults.</param>
    public byte[] ToBytes(ImageFormat format, ImageSaveOptions? options = null)
    {
        using MemoryStream stream = new();
        Save(stream, format, options);
        return stream.ToArray();
    }
}
