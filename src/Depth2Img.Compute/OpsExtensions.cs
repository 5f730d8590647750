namespace Depth2Img.Compute;

/// <summary>Conversions between the channels-first order of files, random numbers and schedulers and the channels-last order of tensors.</summary>
public static class OpsExtensions
{
    /// <summary>Copies [N,C,H,W] values in as a tensor [N,H,W,C].</summary>
    public static Tensor UploadChannelsFirst(this IOps ops, ReadOnlySpan<float> values, int n, int channels, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(ops);
        float[] channelsLast = new float[values.Length];
        int plane = height * width;
        for (int i = 0; i < n; i++)
        {
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<float> source = values.Slice((i * channels + c) * plane, plane);
                Span<float> target = channelsLast.AsSpan(i * channels * plane + c);
                for (int p = 0; p < plane; p++) target[p * channels] = source[p];
            }
        }
        return ops.Upload(channelsLast, new Shape(n, height, width, channels));
    }

    /// <summary>Copies a tensor [N,H,W,C] out as [N,C,H,W].</summary>
    public static float[] DownloadChannelsFirst(this IOps ops, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(x);
        float[] channelsLast = ops.DownloadAll(x);
        float[] values = new float[channelsLast.Length];
        int channels = x.Shape[3];
        int plane = x.Shape[1] * x.Shape[2];
        for (int i = 0; i < x.Shape[0]; i++)
        {
            for (int c = 0; c < channels; c++)
            {
                Span<float> target = values.AsSpan((i * channels + c) * plane, plane);
                ReadOnlySpan<float> source = channelsLast.AsSpan(i * channels * plane + c);
                for (int p = 0; p < plane; p++) target[p] = source[p * channels];
            }
        }
        return values;
    }

    /// <summary>Copies a tensor out in its own order.</summary>
    public static float[] DownloadAll(this IOps ops, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(x);
        float[] values = new float[x.Shape.Count];
        ops.Download(x, values);
        return values;
    }
}
