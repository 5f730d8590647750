namespace Depth2Img.Inpainting;

/// <summary>
/// Carries the values around holes smoothly through them: the solution of Laplace's equation whose border is the holes'
/// rim, like a membrane that is spanned over it. Planes go on as planes. Where a hole touches the edge of the plane, the
/// membrane meets the edge at a right angle.
/// </summary>
internal static class HarmonicFill
{
    private const int MaxSweeps = 100;

    // Over-relaxation; right for rims some dozens of pixels apart, and coarser levels have found what spans more.
    private const float Relaxation = 1.7f;

    /// <summary>Fills the holes; a plane that is one hole stays as it is.</summary>
    /// <param name="plane">width x height values; those in holes do not matter.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="hole">Which of them are to be filled.</param>
    /// <returns>A new plane.</returns>
    public static float[] Apply(ReadOnlySpan<float> plane, int width, int height, bool[] hole)
    {
        float[] filled = plane.ToArray();
        if (Array.IndexOf(hole, false) >= 0) Fill(filled, width, height, hole);
        return filled;
    }

    /// <summary>Starts from the plane at half the size, filled by itself, and relaxes.</summary>
    private static void Fill(float[] plane, int width, int height, bool[] hole)
    {
        int[] open = [.. Enumerable.Range(0, hole.Length).Where(i => hole[i])];
        if (open.Length == 0) return;
        int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
        (float[] half, bool[] halfHole) = Halve(plane, width, height, hole, halfWidth, halfHeight);
        Fill(half, halfWidth, halfHeight, halfHole);
        foreach (int i in open) plane[i] = half[i / width / 2 * halfWidth + i % width / 2];
        Relax(plane, width, height, open);
    }

    /// <summary>The means of what is known in each 2x2 square; squares of which nothing is are holes.</summary>
    private static (float[] Plane, bool[] Hole) Halve(float[] plane, int width, int height, bool[] hole, int halfWidth, int halfHeight)
    {
        float[] half = new float[halfWidth * halfHeight];
        int[] known = new int[half.Length];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, i++)
            {
                if (hole[i]) continue;
                int to = y / 2 * halfWidth + x / 2;
                half[to] += plane[i];
                known[to]++;
            }
        }
        for (int i = 0; i < half.Length; i++) half[i] /= Math.Max(1, known[i]);
        return (half, Array.ConvertAll(known, count => count == 0));
    }

    private static void Relax(float[] plane, int width, int height, int[] open)
    {
        float least = plane.Min(), enough = 1e-6f * (plane.Max() - least);
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            float most = 0;
            foreach (int i in open)
            {
                int x = i % width, y = i / width, count = 0;
                float sum = 0;
                if (x > 0) (sum, count) = (sum + plane[i - 1], count + 1);
                if (x < width - 1) (sum, count) = (sum + plane[i + 1], count + 1);
                if (y > 0) (sum, count) = (sum + plane[i - width], count + 1);
                if (y < height - 1) (sum, count) = (sum + plane[i + width], count + 1);
                float change = Relaxation * (sum / count - plane[i]);
                plane[i] += change;
                most = Math.Max(most, Math.Abs(change));
            }
            if (most <= enough) return;
        }
    }
}
