using Depth2Img.Imaging;

namespace Depth2Img.Depth.Views;

/// <summary>A picture as two eyes see it.</summary>
/// <param name="Left">What the left eye sees.</param>
/// <param name="Right">What the right eye sees, of the same size.</param>
public sealed record StereoPair(Image Left, Image Right)
{
    /// <summary>Red, green and blue of the glasses' picture from the left eye's red, green, blue and the right eye's, in 1/1000.</summary>
    /// <remarks>E. Dubois, "A projection method to generate anaglyph stereo images" (2001): the least squares between what is seen through red and cyan glasses and what should be. On values as stored; grays stay gray.</remarks>
    private static readonly int[,] _redCyan =
    {
        { 437, 449, 164, -11, -32, -7 },
        { -62, -62, -24, 377, 761, 9 },
        { -48, -50, -17, -26, -93, 1234 },
    };

    /// <summary>Renders a pair.</summary>
    /// <param name="picture">The picture; transparency is ignored.</param>
    /// <param name="depth">Its depth, of its size.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static StereoPair Render(Image picture, DepthMap depth, StereoOptions? options = null)
    {
        options ??= new StereoOptions();
        ViewpointRenderer renderer = new(picture, depth, options);
        return new StereoPair(renderer.Render(-0.5), renderer.Render(0.5));
    }

    /// <summary>Both pictures in one, the left eye's on the left, for stereo viewers and parallel eyes.</summary>
    public Image SideBySide()
    {
        int row = 3 * Left.Width;
        byte[] pixels = new byte[checked(2 * row * Left.Height)];
        for (int y = 0; y < Left.Height; y++)
        {
            Left.Pixels.AsSpan(y * row, row).CopyTo(pixels.AsSpan(2 * y * row));
            Right.Pixels.AsSpan(y * row, row).CopyTo(pixels.AsSpan((2 * y + 1) * row));
        }
        return new Image(2 * Left.Width, Left.Height, pixels);
    }

    /// <summary>Both pictures in one for glasses that are red on the left and cyan on the right.</summary>
    public Image Anaglyph()
    {
        byte[] pixels = new byte[Left.Pixels.Length];
        for (int i = 0; i < pixels.Length; i += 3)
        {
            ReadOnlySpan<byte> left = Left.Pixels.AsSpan(i, 3), right = Right.Pixels.AsSpan(i, 3);
            for (int c = 0; c < 3; c++)
            {
                int sum = 500;
                for (int k = 0; k < 3; k++) sum += _redCyan[c, k] * left[k] + _redCyan[c, k + 3] * right[k];
                pixels[i + c] = (byte)Math.Clamp(sum / 1000, 0, 255);
            }
        }
        return new Image(Left.Width, Left.Height, pixels);
    }
}
