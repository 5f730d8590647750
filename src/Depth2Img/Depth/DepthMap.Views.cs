using Depth2Img.Imaging;

namespace Depth2Img.Depth;

public sealed partial class DepthMap
{
    /// <summary>The map in 8 bits by its own range: 0 is farthest, 255 (white) nearest; 128 all over where it is flat.</summary>
    public byte[] ToGray8()
    {
        Normalisation normalise = new(this, 0, 1, 0.5f);
        byte[] gray = new byte[Values.Length];
        for (int i = 0; i < gray.Length; i++) gray[i] = (byte)MathF.Round(normalise.Of(Values[i]) * 255, MidpointRounding.AwayFromZero);
        return gray;
    }

    /// <summary>The map in 16 bits by its own range: 0 is farthest, 65535 (white) nearest; 32768 all over where it is flat.</summary>
    public ushort[] ToGray16()
    {
        Normalisation normalise = new(this, 0, 1, 0.5f);
        ushort[] gray = new ushort[Values.Length];
        for (int i = 0; i < gray.Length; i++) gray[i] = (ushort)MathF.Round(normalise.Of(Values[i]) * 65535, MidpointRounding.AwayFromZero);
        return gray;
    }

    /// <summary>The map as a picture to look at.</summary>
    /// <param name="colors">The colours from far to near.</param>
    public Image ToImage(ColorMap colors = ColorMap.Gray)
    {
        ReadOnlySpan<byte> table = ColorMapTable.Of(colors);
        byte[] gray = ToGray8();
        byte[] pixels = new byte[checked(3 * gray.Length)];
        for (int i = 0; i < gray.Length; i++) table.Slice(3 * gray[i], 3).CopyTo(pixels.AsSpan(3 * i));
        return new Image(Width, Height, pixels);
    }
}
