using System.Runtime.CompilerServices;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// Rows of components to RGB and back. YCbCr is JFIF's: ITU-R BT.601 with the full range 0..255; the arithmetic is
/// libjpeg's, 16 fraction bits.
/// </summary>
internal static class ColorConversion
{
    private const int FractionBits = 16;
    private const int Half = 1 << (FractionBits - 1);

    private const int RedOfCr = (int)((1.40200 * (1 << FractionBits)) + 0.5);
    private const int GreenOfCr = (int)((0.71414 * (1 << FractionBits)) + 0.5);
    private const int GreenOfCb = (int)((0.34414 * (1 << FractionBits)) + 0.5);
    private const int BlueOfCb = (int)((1.77200 * (1 << FractionBits)) + 0.5);

    /// <summary>Brightness to three equal channels.</summary>
    public static void GrayToRgb(ReadOnlySpan<byte> gray, Span<byte> rgb)
    {
        rgb = rgb[..(3 * gray.Length)];
        for (int x = 0; x < gray.Length; x++) rgb.Slice(3 * x, 3).Fill(gray[x]);
    }

    /// <summary>Three planes to pixels, as they are.</summary>
    public static void Interleave(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> rgb)
    {
        for (int x = 0, i = 0; i < rgb.Length; x++, i += 3)
        {
            rgb[i] = red[x];
            rgb[i + 1] = green[x];
            rgb[i + 2] = blue[x];
        }
    }

    /// <summary>YCbCr to RGB.</summary>
    public static void YCbCrToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> rgb)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
            (rgb[i], rgb[i + 1], rgb[i + 2]) = ToRgb(luma[x], cb[x], cr[x]);
    }

    /// <summary>
    /// Inks to RGB without colour management, as Pillow does: each ink takes its share of the light that black leaves.
    /// </summary>
    public static void CmykToRgb(ReadOnlySpan<byte> c, ReadOnlySpan<byte> m, ReadOnlySpan<byte> y, ReadOnlySpan<byte> k, Span<byte> rgb)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
        {
            rgb[i] = Under(k[x], c[x]);
            rgb[i + 1] = Under(k[x], m[x]);
            rgb[i + 2] = Under(k[x], y[x]);
        }
    }

    /// <summary>Inks of which three are coded as YCbCr to RGB.</summary>
    public static void YcckToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, ReadOnlySpan<byte> k, Span<byte> rgb)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
        {
            // The YCbCr is that of the true inks' complement: turned over once, it is what a CMYK file would store.
            (byte red, byte green, byte blue) = ToRgb(luma[x], cb[x], cr[x]);
            rgb[i] = Under(k[x], 255 - red);
            rgb[i + 1] = Under(k[x], 255 - green);
            rgb[i + 2] = Under(k[x], 255 - blue);
        }
    }

    /// <summary>RGB to YCbCr around 0, unrounded, for encoding.</summary>
    public static void RgbToYCbCr(ReadOnlySpan<byte> rgb, Span<float> luma, Span<float> cb, Span<float> cr)
    {
        for (int x = 0, i = 0; i + 2 < rgb.Length; x++, i += 3)
        {
            float red = rgb[i], green = rgb[i + 1], blue = rgb[i + 2];
            float y = (0.299f * red) + (0.587f * green) + (0.114f * blue);
            luma[x] = y - 128;
            cb[x] = (blue - y) * (0.5f / (1 - 0.114f));
            cr[x] = (red - y) * (0.5f / (1 - 0.299f));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (byte Red, byte Green, byte Blue) ToRgb(int luma, int cb, int cr)
    {
        cb -= 128;
        cr -= 128;
        int red = luma + (((RedOfCr * cr) + Half) >> FractionBits);
        int green = luma + (((-GreenOfCb * cb) - (GreenOfCr * cr) + Half) >> FractionBits);
        int blue = luma + (((BlueOfCb * cb) + Half) >> FractionBits);
        return (Clamp(red), Clamp(green), Clamp(blue));
    }

    // Stored inks are inverted: 255 is no ink. The product over 255 is rounded as Pillow rounds it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Under(int storedBlack, int storedInk)
    {
        int product = ((255 - storedInk) * storedBlack) + 128;
        return (byte)(storedBlack - (((product >> 8) + product) >> 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
