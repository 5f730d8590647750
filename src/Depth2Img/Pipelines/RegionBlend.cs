namespace Depth2Img.Pipelines;

/// <summary>
/// Blends the regions' predictions for one picture by their weights; where a region does not take part yet, the others share
/// its weight. Where none takes part the latents are held, and the prediction is the mean of all: samplers that look back at
/// their last steps must find predictions there once a region joins.
/// </summary>
/// <param name="geometry">The latents' sizes.</param>
internal sealed class RegionBlend(LatentGeometry geometry)
{
    private readonly float[] _sum = new float[geometry.Size];
    private readonly float[] _plain = new float[geometry.Size];
    private readonly float[] _weight = new float[geometry.Plane];
    private int _count;

    /// <summary>Adds a region's prediction.</summary>
    /// <param name="prediction">[c,h,w].</param>
    /// <param name="weights">[h,w]; null is 1 everywhere.</param>
    public void Add(ReadOnlySpan<float> prediction, float[]? weights)
    {
        int plane = geometry.Plane;
        _count++;
        for (int i = 0; i < _plain.Length; i++) _plain[i] += prediction[i];
        for (int p = 0; p < plane; p++)
        {
            float weight = weights is null ? 1 : weights[p];
            if (weight == 0) continue;
            _weight[p] += weight;
            for (int c = 0; c < geometry.Channels; c++) _sum[c * plane + p] += weight * prediction[c * plane + p];
        }
    }

    /// <summary>Takes the blend, and is empty again.</summary>
    /// <param name="prediction">[c,h,w]: receives it.</param>
    public void Finish(Span<float> prediction)
    {
        int plane = geometry.Plane;
        for (int p = 0; p < plane; p++)
        {
            bool held = _weight[p] == 0;
            float[] sum = held ? _plain : _sum;
            float scale = 1 / (held ? _count : _weight[p]);
            for (int c = 0; c < geometry.Channels; c++) prediction[c * plane + p] = scale * sum[c * plane + p];
        }
        _count = 0;
        Array.Clear(_sum);
        Array.Clear(_plain);
        Array.Clear(_weight);
    }
}
