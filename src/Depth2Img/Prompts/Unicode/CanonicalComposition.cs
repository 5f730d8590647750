namespace Depth2Img.Prompts.Unicode;

/// <summary>
/// Normalization Form C (Unicode Standard Annex 15; Hangul by section 3.12 of the Unicode Standard), one segment at a
/// time: nothing before a code point at which <see cref="StartsSegment"/> holds can change anything after it.
/// </summary>
internal static class CanonicalComposition
{
    /// <summary>Code points below are their own normal form and start a segment.</summary>
    public const int FirstAffected = 0x300;

    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TailCount;

    /// <summary>Whether the text may be cut before this code point and the parts be normalised each by itself.</summary>
    public static bool StartsSegment(int codePoint)
    {
        if (codePoint < FirstAffected) return true;
        if (IsIn(codePoint, VowelBase, VowelCount) || IsIn(codePoint, TailBase + 1, TailCount - 1)) return false;
        CanonicalData data = CanonicalData.Instance;
        int first = codePoint;
        while (data.Decompose(first) is int[] parts) first = parts[0];
        return data.ClassOf(first) == 0 && !data.IsSecondOfPair(first);
    }

    /// <summary>Puts one segment into normal form, in place.</summary>
    public static void Normalize(List<int> segment)
    {
        List<int> decomposed = new(segment.Count);
        foreach (int codePoint in segment) AppendDecomposed(codePoint, decomposed);
        Reorder(decomposed);
        segment.Clear();
        Compose(decomposed, segment);
    }

    private static void AppendDecomposed(int codePoint, List<int> result)
    {
        if (IsIn(codePoint, HangulBase, HangulCount))
        {
            int index = codePoint - HangulBase;
            result.Add(LeadBase + (index / (VowelCount * TailCount)));
            result.Add(VowelBase + (index / TailCount % VowelCount));
            if (index % TailCount != 0) result.Add(TailBase + (index % TailCount));
        }
        else if (CanonicalData.Instance.Decompose(codePoint) is int[] parts)
        {
            foreach (int part in parts) AppendDecomposed(part, result);
        }
        else
        {
            result.Add(codePoint);
        }
    }

    // Marks between two starters are sorted by class; those of one class keep their order.
    private static void Reorder(List<int> codePoints)
    {
        CanonicalData data = CanonicalData.Instance;
        for (int i = 0; i < codePoints.Count; i++)
        {
            if (data.ClassOf(codePoints[i]) == 0) continue;
            int end = i + 1;
            while (end < codePoints.Count && data.ClassOf(codePoints[end]) != 0) end++;
            if (end - i > 1)
            {
                int[] ordered = [.. codePoints[i..end].OrderBy(data.ClassOf)];
                for (int k = 0; k < ordered.Length; k++) codePoints[i + k] = ordered[k];
            }
            i = end;
        }
    }

    private static void Compose(List<int> codePoints, List<int> result)
    {
        CanonicalData data = CanonicalData.Instance;
        int starter = -1;
        int lastClass = 0;
        foreach (int codePoint in codePoints)
        {
            int combiningClass = data.ClassOf(codePoint);
            // What lies between the starter and here blocks it, if it is a starter or of as high a class.
            bool adjacent = starter == result.Count - 1;
            if (starter >= 0 && (adjacent || lastClass < combiningClass) && TryCompose(result[starter], codePoint, out int composed))
            {
                result[starter] = composed;
                continue;
            }
            if (combiningClass == 0) starter = result.Count;
            lastClass = combiningClass;
            result.Add(codePoint);
        }
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if (IsIn(first, LeadBase, LeadCount) && IsIn(second, VowelBase, VowelCount))
        {
            composed = HangulBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TailCount);
            return true;
        }
        if (IsIn(first, HangulBase, HangulCount) && (first - HangulBase) % TailCount == 0 && IsIn(second, TailBase + 1, TailCount - 1))
        {
            composed = first + second - TailBase;
            return true;
        }
        return CanonicalData.Instance.TryCompose(first, second, out composed);
    }

    private static bool IsIn(int value, int start, int count) => (uint)(value - start) < (uint)count;
}
