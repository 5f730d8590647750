using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;
using Depth2Img.Pipelines;
using Depth2Img.Server.Jobs;

namespace Depth2Img.Server.Engine;

/// <summary>Encodes a job's pictures into the files of its result.</summary>
internal sealed class ResultFiles
{
    /// <summary>The longer side of thumbnails.</summary>
    private const int ThumbnailSide = 256;

    private const int ThumbnailQuality = 80;

    private readonly Dictionary<string, byte[]> _contents = [];

    /// <summary>The contents by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Contents => _contents;

    /// <summary>Adds a picture and its thumbnail.</summary>
    /// <param name="name">What it is called, without an ending.</param>
    /// <param name="image">The picture.</param>
    /// <param name="format">"png" or "jpeg".</param>
    /// <param name="settings">What is written into it; null for nothing.</param>
    public ResultFile AddPicture(string name, Image image, string format, GenerationSettings? settings)
    {
        bool jpeg = format == "jpeg";
        ResultFile file = new($"{name}.{(jpeg ? "jpg" : "png")}", jpeg ? "image/jpeg" : "image/png", image.Width, image.Height) { Thumbnail = $"{name}-small.jpg" };
        _contents[file.Name] = Bytes(stream => ImageFile.Encode(stream, image, jpeg ? ImageFormat.Jpeg : ImageFormat.Png, new ImageSaveOptions { Text = settings?.ToPngText() }));
        _contents[file.Thumbnail] = SmallJpeg(image, ThumbnailSide, ThumbnailQuality);
        return file;
    }

    /// <summary>Adds the depth map in use.</summary>
    public ResultFile AddDepth(DepthMap depth)
    {
        ResultFile file = new("result-depth.png", "image/png", depth.Width, depth.Height);
        _contents[file.Name] = Bytes(stream => DepthMapFile.EncodePng(stream, depth));
        return file;
    }

    /// <summary>Adds a page.</summary>
    public ResultFile AddPage(string name, string html)
    {
        ResultFile file = new(name, "text/html; charset=utf-8", 0, 0);
        _contents[file.Name] = System.Text.Encoding.UTF8.GetBytes(html);
        return file;
    }

    /// <summary>A picture as a JPEG of a bounded size.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="side">The longer side at most.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] SmallJpeg(Image image, int side, int quality)
    {
        WorkingSize size = WorkingSize.AtMost(image.Width, image.Height, side);
        Image small = size.Width == image.Width ? image : ImageResizer.Resize(image, size.Width, size.Height, ResizeFilter.Lanczos);
        return Bytes(stream => ImageFile.Encode(stream, small, ImageFormat.Jpeg, new ImageSaveOptions { JpegQuality = quality }));
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return stream.ToArray();
    }
}
