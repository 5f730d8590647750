namespace Depth2Img.Imaging.Jpeg;

/// <summary>
/// A JPEG's colour profile (ICC.1, annex B.4): APP2 segments that begin with a name, the segment's number from 1, and how
/// many there are; a profile that is larger than a segment goes on in the next.
/// </summary>
internal sealed class JpegProfile
{
    private const int MaxPart = ApplicationSegments.MaxSegment - 14;

    private readonly SortedDictionary<byte, byte[]> _parts = [];
    private byte _count;
    private int _bytes;

    private static ReadOnlySpan<byte> Name => "ICC_PROFILE\0"u8;

    /// <summary>Reads an APP2 segment; those of other kinds are passed over.</summary>
    public void Read(ReadOnlySpan<byte> segment)
    {
        if (!segment.StartsWith(Name) || segment.Length < Name.Length + 2) return;
        byte number = segment[Name.Length];
        ReadOnlySpan<byte> part = segment[(Name.Length + 2)..];
        if (_bytes + part.Length > IccProfile.MaxBytes || !_parts.TryAdd(number, part.ToArray())) return;
        _count = segment[Name.Length + 1];
        _bytes += part.Length;
    }

    /// <summary>The whole profile; null where a part is missing, or where it is none that can be used.</summary>
    public IccProfile? Assemble()
    {
        bool isWhole = _count > 0 && _parts.Count == _count && _parts.Keys.SequenceEqual(Enumerable.Range(1, _count).Select(n => (byte)n));
        return isWhole ? IccProfile.TryRead([.. _parts.Values.SelectMany(part => part)]) : null;
    }

    /// <summary>The segments that hold a profile.</summary>
    public static IEnumerable<byte[]> Segments(IccProfile profile)
    {
        int count = (profile.Data.Length + MaxPart - 1) / MaxPart;
        for (int number = 1; number <= count; number++)
        {
            int start = (number - 1) * MaxPart;
            ReadOnlySpan<byte> part = profile.Data.Span.Slice(start, Math.Min(MaxPart, profile.Data.Length - start));
            yield return [.. Name, (byte)number, (byte)count, .. part];
        }
    }
}
