using System.Numerics;

namespace Depth2Img.Imaging.Png;

/// <summary>What a filter expects a byte to be, from its neighbours; for one byte and for a vector of them.</summary>
internal interface IPngPredictor
{
    static abstract byte Predict(byte left, byte above, byte aboveLeft);

    static abstract Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft);
}

/// <inheritdoc cref="PngFilter.None"/>
internal readonly struct NonePredictor : IPngPredictor
{
    public static byte Predict(byte left, byte above, byte aboveLeft) => 0;

    public static Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft) => Vector<byte>.Zero;
}

/// <inheritdoc cref="PngFilter.Sub"/>
internal readonly struct SubPredictor : IPngPredictor
{
    public static byte Predict(byte left, byte above, byte aboveLeft) => left;

    public static Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft) => left;
}

/// <inheritdoc cref="PngFilter.Up"/>
internal readonly struct UpPredictor : IPngPredictor
{
    public static byte Predict(byte left, byte above, byte aboveLeft) => above;

    public static Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft) => above;
}

/// <inheritdoc cref="PngFilter.Average"/>
internal readonly struct AveragePredictor : IPngPredictor
{
    public static byte Predict(byte left, byte above, byte aboveLeft) => (byte)((left + above) >> 1);

    // The carry-free mean: what both bits share, and half of where they differ.
    public static Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft) =>
        (left & above) + ((left ^ above) >>> 1);
}

/// <inheritdoc cref="PngFilter.Paeth"/>
internal readonly struct PaethPredictor : IPngPredictor
{
    public static byte Predict(byte left, byte above, byte aboveLeft) => PngUnfilter.Paeth(left, above, aboveLeft);

    public static Vector<byte> Predict(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft)
    {
        Vector.Widen(left, out Vector<ushort> leftLow, out Vector<ushort> leftHigh);
        Vector.Widen(above, out Vector<ushort> aboveLow, out Vector<ushort> aboveHigh);
        Vector.Widen(aboveLeft, out Vector<ushort> aboveLeftLow, out Vector<ushort> aboveLeftHigh);
        return Vector.Narrow(Predict(leftLow, aboveLow, aboveLeftLow), Predict(leftHigh, aboveHigh, aboveLeftHigh));
    }

    private static Vector<ushort> Predict(Vector<ushort> left, Vector<ushort> above, Vector<ushort> aboveLeft)
    {
        Vector<short> a = Vector.AsVectorInt16(left), b = Vector.AsVectorInt16(above), c = Vector.AsVectorInt16(aboveLeft);
        Vector<short> toLeft = Vector.Abs(b - c), toAbove = Vector.Abs(a - c), toAboveLeft = Vector.Abs(a - c + b - c);
        Vector<short> takeLeft = Vector.LessThanOrEqual(toLeft, toAbove) & Vector.LessThanOrEqual(toLeft, toAboveLeft);
        Vector<short> other = Vector.ConditionalSelect(Vector.LessThanOrEqual(toAbove, toAboveLeft), b, c);
        return Vector.AsVectorUInt16(Vector.ConditionalSelect(takeLeft, a, other));
    }
}
