using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute;

/// <summary>
/// The sizes that weights must have when a back end prepares them, kept in one place for all back ends. What does not
/// fit is an <see cref="ArgumentException"/> that names the tensor and its sizes.
/// </summary>
internal static class WeightShapes
{
    public static (int Out, int In) Linear(WeightTensor weight, WeightTensor? bias)
    {
        ReadOnlySpan<int> d = weight.Dimensions;
        if (d.Length is not (2 or 4) || (d.Length == 4 && (d[2] != 1 || d[3] != 1)))
            throw Bad(weight, "[out,in] or [out,in,1,1]");
        CheckBias(bias, d[0]);
        return (d[0], d[1]);
    }

    public static (int Out, int In, int Height, int Width) Conv2d(WeightTensor weight, WeightTensor? bias)
    {
        ReadOnlySpan<int> d = weight.Dimensions;
        if (d.Length != 4) throw Bad(weight, "[out,in,kh,kw]");
        CheckBias(bias, d[0]);
        return (d[0], d[1], d[2], d[3]);
    }

    public static (int Channels, int Height, int Width) DepthwiseConv2d(WeightTensor weight, WeightTensor? bias)
    {
        ReadOnlySpan<int> d = weight.Dimensions;
        if (d.Length != 4 || d[1] != 1) throw Bad(weight, "[channels,1,kh,kw]");
        CheckBias(bias, d[0]);
        return (d[0], d[2], d[3]);
    }

    public static (int In, int Out, int Kernel) ConvTranspose2d(WeightTensor weight, WeightTensor? bias)
    {
        ReadOnlySpan<int> d = weight.Dimensions;
        if (d.Length != 4 || d[2] != d[3]) throw Bad(weight, "[in,out,k,k]");
        CheckBias(bias, d[1]);
        return (d[0], d[1], d[2]);
    }

    public static (int Rows, int Width) Embedding(WeightTensor table)
    {
        ReadOnlySpan<int> d = table.Dimensions;
        if (d.Length != 2) throw Bad(table, "[rows,width]");
        return (d[0], d[1]);
    }

    private static void CheckBias(WeightTensor? bias, int count)
    {
        if (bias is not null && bias.Count != count) throw Bad(bias, $"[{count}]");
    }

    private static ArgumentException Bad(WeightTensor tensor, string expected) =>
        new($"'{tensor.Name}' is {tensor.DimensionsText} where {expected} is needed.");
}
