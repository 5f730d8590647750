namespace Depth2Img.Imaging.Resize;

/// <summary>One axis of a plane's resize: the source samples and single-precision weights of each new sample.</summary>
internal sealed class PlaneTaps
{
    private readonly int[] _indices;
    private readonly float[] _weights;
    private readonly int[] _counts;

    private PlaneTaps(int length, int maxCount)
    {
        MaxCount = maxCount;
        _indices = new int[checked(length * maxCount)];
        _weights = new float[length * maxCount];
        _counts = new int[length];
    }

    /// <summary>The most source samples that any new sample has; they are neighbours, edges repeated.</summary>
    public int MaxCount { get; }

    public ReadOnlySpan<int> Indices(int index) => _indices.AsSpan(index * MaxCount, _counts[index]);

    public ReadOnlySpan<float> Weights(int index) => _weights.AsSpan(index * MaxCount, _counts[index]);

    public static PlaneTaps Bilinear(int sourceLength, int length)
    {
        PlaneTaps taps = new(length, 2);
        float scale = (float)sourceLength / length;
        for (int i = 0; i < length; i++)
        {
            float position = Math.Max(0, scale * (i + 0.5f) - 0.5f);
            int low = Math.Min((int)position, sourceLength - 1);
            float t = Math.Min(position - low, 1);
            taps.Add(i, low, 1 - t);
            taps.Add(i, Math.Min(low + 1, sourceLength - 1), t);
        }
        return taps;
    }

    public static PlaneTaps Bicubic(int sourceLength, int length)
    {
        const float a = -0.75f;
        PlaneTaps taps = new(length, 4);
        float scale = (float)sourceLength / length;
        for (int i = 0; i < length; i++)
        {
            float position = scale * (i + 0.5f) - 0.5f;
            float floor = MathF.Floor(position);
            float t = position - floor;
            for (int j = 0; j < 4; j++)
                taps.Add(i, Math.Clamp((int)floor - 1 + j, 0, sourceLength - 1), Cubic(Math.Abs(t + 1 - j)));
        }
        return taps;

        static float Cubic(float x) => x <= 1
            ? ((a + 2) * x - (a + 3)) * x * x + 1
            : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }

    public static PlaneTaps Area(int sourceLength, int length)
    {
        if (length >= sourceLength) return Bilinear(sourceLength, length);
        double scale = (double)sourceLength / length;
        PlaneTaps taps = new(length, (int)Math.Ceiling(scale) + 1);
        for (int i = 0; i < length; i++)
        {
            double from = i * scale, to = Math.Min((i + 1) * scale, sourceLength);
            for (int x = (int)from; x < to; x++)
                taps.Add(i, x, (float)((Math.Min(x + 1, to) - Math.Max(x, from)) / (to - from)));
        }
        return taps;
    }

    private void Add(int index, int sample, float weight)
    {
        int at = index * MaxCount + _counts[index]++;
        _indices[at] = sample;
        _weights[at] = weight;
    }
}
