namespace Depth2Img.Compute.Reference;

internal sealed partial class ReferenceOps
{
    public Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default)
    {
        Begin();
        float[] source = ValuesOf(x), scale = ValuesOf(weight), shift = ValuesOf(bias);
        OpShapes.GroupNorm(x.Shape, scale.Length, shift.Length, groups);
        ReferenceTensor result = NewTensor(x.Shape);
        float[] target = result.Values;
        int pictures = x.Shape[0], channels = x.Shape.Channels;
        int pixels = pictures == 0 ? 0 : Rows(x.Shape) / pictures;
        int width = channels / groups;
        ForRows(pictures * groups, index =>
        {
            int first = index / groups * pixels * channels + index % groups * width;
            double sum = 0;
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < width; c++) sum += source[first + p * channels + c];
            }
            double mean = sum / ((double)pixels * width);
            double squares = 0;
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < width; c++) squares += Square(source[first + p * channels + c] - mean);
            }
            double inverse = 1 / Math.Sqrt(squares / ((double)pixels * width) + eps);
            for (int p = 0; p < pixels; p++)
            {
                for (int c = 0; c < width; c++)
                {
                    int channel = index % groups * width + c;
                    double value = (source[first + p * channels + c] - mean) * inverse * scale[channel] + shift[channel];
                    target[first + p * channels + c] = (float)ReferenceMath.Activate(value, activation);
                }
            }
        });
        return result;
    }

    public GroupStatistics GroupStatistics(Tensor x, int groups, PixelRegion? region = null)
    {
        Begin();
        float[] source = ValuesOf(x);
        OpShapes.GroupStatistics(x.Shape, groups, region);
        int channels = x.Shape.Channels, width = channels / groups;
        if (region is { } r)
            source = [.. Enumerable.Range(r.Top, r.Height).SelectMany(y => source.Skip((y * x.Shape[2] + r.Left) * channels).Take(r.Width * channels))];
        long count = source.Length / groups;
        double[] means = new double[groups], squares = new double[groups];
        for (int i = 0; i < source.Length; i++) means[i % channels / width] += source[i] / (double)count;
        for (int i = 0; i < source.Length; i++) squares[i % channels / width] += Square(source[i] - means[i % channels / width]);
        return new GroupStatistics(count, means, squares);
    }

    public Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default)
    {
        Begin();
        float[] source = ValuesOf(x), scale = ValuesOf(weight), shift = ValuesOf(bias);
        OpShapes.GroupNorm(x.Shape, scale.Length, shift.Length, statistics.Groups);
        OpShapes.GroupStatistics(x.Shape, statistics.Groups);
        ReferenceTensor result = NewTensor(x.Shape);
        float[] target = result.Values;
        int channels = x.Shape.Channels, width = channels / statistics.Groups;
        for (int i = 0; i < source.Length; i++)
        {
            int channel = i % channels, group = channel / width;
            double value = (source[i] - statistics.Mean(group)) / Math.Sqrt(statistics.Variance(group) + eps) * scale[channel] + shift[channel];
            target[i] = (float)ReferenceMath.Activate(value, activation);
        }
        return result;
    }

    public Tensor LayerNorm(Tensor x, VectorWeight weight, VectorWeight bias, float eps)
    {
        Begin();
        float[] source = ValuesOf(x), scale = ValuesOf(weight), shift = ValuesOf(bias);
        OpShapes.LayerNorm(x.Shape, scale.Length, shift.Length);
        ReferenceTensor result = NewTensor(x.Shape);
        float[] target = result.Values;
        int channels = x.Shape.Channels;
        ForRows(Rows(x.Shape), row =>
        {
            ReadOnlySpan<float> values = source.AsSpan(row * channels, channels);
            double sum = 0;
            foreach (float value in values) sum += value;
            double mean = sum / channels;
            double squares = 0;
            foreach (float value in values) squares += Square(value - mean);
            double inverse = 1 / Math.Sqrt(squares / channels + eps);
            for (int c = 0; c < channels; c++)
                target[row * channels + c] = (float)((values[c] - mean) * inverse * scale[c] + shift[c]);
        });
        return result;
    }

    private static double Square(double x) => x * x;
}
