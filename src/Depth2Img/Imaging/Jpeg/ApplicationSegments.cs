using System.Text;

namespace Depth2Img.Imaging.Jpeg;

/// <summary>What the segments that do not concern the coding say: colour model, orientation, profile, comment.</summary>
/// <param name="maxTextBytes">Comments beyond this many bytes are dropped.</param>
internal sealed class ApplicationSegments(int maxTextBytes)
{
    /// <summary>The most bytes that fit into one segment.</summary>
    public const int MaxSegment = 65533;

    private readonly List<byte> _comment = [];
    private readonly JpegProfile _profile = new();
    private int _lastCommentLength;
    private bool _hasJfif;
    private int? _adobeTransform;
    private int? _orientation;

    /// <summary>EXIF orientation 1..8; 1, upright, when there is none.</summary>
    public int Orientation => _orientation ?? 1;

    /// <summary>
    /// The comments, or null. One that was too long for a segment is put together again; separate ones become lines.
    /// </summary>
    public string? Comment => _comment.Count == 0 ? null : Decode([.. _comment]);

    /// <summary>The colours' profile; null where there is none that can be used.</summary>
    public IccProfile? Profile => _profile.Assemble();

    /// <summary>Reads an APPn or COM segment; those that mean nothing here are passed over.</summary>
    public void Read(byte marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case JpegMarker.App0 when segment.StartsWith("JFIF\0"u8):
                _hasJfif = true;
                break;
            case JpegMarker.App1 when segment.StartsWith("Exif\0\0"u8):
                _orientation ??= ExifOrientation.Read(segment[6..]);
                break;
            case JpegMarker.App2:
                _profile.Read(segment);
                break;
            // Version and two flag words lie between the name and the transform.
            case JpegMarker.App14 when segment.StartsWith("Adobe"u8) && segment.Length >= 12:
                _adobeTransform = segment[11];
                break;
            case JpegMarker.Comment when !segment.IsEmpty && _comment.Count + segment.Length < maxTextBytes:
                if (_comment.Count > 0 && _lastCommentLength < MaxSegment) _comment.Add((byte)'\n');
                _comment.AddRange(segment);
                _lastCommentLength = segment.Length;
                break;
        }
    }

    /// <summary>
    /// What the components of a frame mean. Files do not say so outright; these are the rules that libjpeg's users have
    /// come to rely on: JFIF means YCbCr, Adobe's marker names its transform, else the component numbers tell. Inks
    /// count as inverted with and without Adobe's marker, as in Pillow: hardly anyone writes them otherwise.
    /// </summary>
    public JpegColorModel ColorModelOf(FrameHeader frame)
    {
        FrameComponent[] components = frame.Components;
        if (components.Length == 1) return JpegColorModel.Gray;
        if (components.Length == 4) return _adobeTransform == 2 ? JpegColorModel.Ycck : JpegColorModel.Cmyk;
        if (_hasJfif) return JpegColorModel.YCbCr;
        if (_adobeTransform is int transform) return transform == 0 ? JpegColorModel.Rgb : JpegColorModel.YCbCr;
        return components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }] ? JpegColorModel.Rgb : JpegColorModel.YCbCr;
    }

    // The standard leaves the encoding open: UTF-8 by today's custom; what is not valid UTF-8 is older, and mostly Latin-1.
    private static string Decode(byte[] text)
    {
        Encoding strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            return strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(text);
        }
    }
}
