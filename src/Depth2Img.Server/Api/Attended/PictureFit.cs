using Depth2Img.Depth;
using Depth2Img.Imaging;
using Depth2Img.Imaging.Resize;

namespace Depth2Img.Server.Api.Attended;

/// <summary>Brings a picture, and what belongs to it, to a size: which part of it is taken, and where that lies in the new one.</summary>
internal sealed record PictureFit
{
    private readonly int _partLeft, _partTop, _partWidth, _partHeight, _scaledWidth, _scaledHeight;

    private PictureFit(int fromWidth, int fromHeight, int width, int height, ResizeMode mode)
    {
        (Width, Height) = (width, height);
        (_partWidth, _partHeight, _scaledWidth, _scaledHeight) = (fromWidth, fromHeight, width, height);
        long across = (long)width * fromHeight, down = (long)fromWidth * height;
        if (mode == ResizeMode.Crop)
        {
            // Cut before it is scaled: a long, thin picture scaled to cover the size could be as large as it likes.
            if (across > down) _partHeight = (int)Math.Max(1, (long)fromWidth * height / width);
            else _partWidth = (int)Math.Max(1, (long)fromHeight * width / height);
            (_partLeft, _partTop) = ((fromWidth - _partWidth) / 2, (fromHeight - _partHeight) / 2);
        }
        else if (mode == ResizeMode.Fill)
        {
            if (across > down) _scaledWidth = (int)Math.Max(1, (long)fromWidth * height / fromHeight);
            else _scaledHeight = (int)Math.Max(1, (long)fromHeight * width / fromWidth);
        }
    }

    /// <summary>The new columns.</summary>
    public int Width { get; }

    /// <summary>The new rows.</summary>
    public int Height { get; }

    private int Left => Width / 2 - _scaledWidth / 2;

    private int Top => Height / 2 - _scaledHeight / 2;

    /// <summary>Decides where a picture lies. Sizes are rounded down, as AUTOMATIC1111's web UI does.</summary>
    /// <param name="fromWidth">The picture's columns.</param>
    /// <param name="fromHeight">The picture's rows.</param>
    /// <param name="width">The new columns.</param>
    /// <param name="height">The new rows.</param>
    /// <param name="mode">What becomes of another aspect.</param>
    public static PictureFit Of(int fromWidth, int fromHeight, int width, int height, ResizeMode mode) => new(fromWidth, fromHeight, width, height, mode);

    /// <summary>Brings a picture to the size.</summary>
    public Image Apply(Image image) =>
        ImageResizer.Resize(image.Crop(_partLeft, _partTop, _partWidth, _partHeight), _scaledWidth, _scaledHeight, ResizeFilter.Lanczos)
            .PadEdges(Left, Top, Width - _scaledWidth - Left, Height - _scaledHeight - Top);

    /// <summary>Brings a picture's depth map, of the picture's size, to the size, so that it stays that picture's.</summary>
    public DepthMap Apply(DepthMap map) =>
        map.Crop(_partLeft, _partTop, _partWidth, _partHeight).ResizeSmooth(_scaledWidth, _scaledHeight)
            .PadEdges(Left, Top, Width - _scaledWidth - Left, Height - _scaledHeight - Top);
}
