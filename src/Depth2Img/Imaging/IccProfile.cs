using System.Buffers.Binary;

namespace Depth2Img.Imaging;

/// <summary>
/// What a file says its RGB values mean (ICC.1, ISO 15076-1). It is carried from a picture to the picture made of it and
/// never applied: networks see values as they are stored, and a viewer shows both pictures by the same profile.
/// </summary>
public sealed class IccProfile
{
    /// <summary>The largest profile that is read, in bytes. Displays' and cameras' have some hundreds to a megabyte.</summary>
    public const int MaxBytes = 4 << 20;

    private const int HeaderBytes = 128;
    private const int ColourSpaceAt = 16;
    private const int SignatureAt = 36;

    private IccProfile(byte[] data) => Data = data;

    /// <summary>The profile's bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>
    /// Takes a profile's bytes, if they are one of RGB values: one of gray or of inks says nothing of the RGB values that
    /// such a picture is decoded to.
    /// </summary>
    /// <param name="data">The bytes.</param>
    /// <returns>Null for bytes that are no profile, cut short, too large, or of another colour space.</returns>
    public static IccProfile? TryRead(ReadOnlySpan<byte> data)
    {
        bool isRgb = data.Length is > HeaderBytes and <= MaxBytes
            && BinaryPrimitives.ReadUInt32BigEndian(data) == data.Length
            && data[SignatureAt..].StartsWith("acsp"u8)
            && data[ColourSpaceAt..].StartsWith("RGB "u8);
        return isRgb ? new IccProfile(data.ToArray()) : null;
    }
}
