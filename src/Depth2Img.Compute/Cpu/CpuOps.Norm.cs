using Depth2Img.Compute.Cpu.Norm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default)
    {
        CpuTensor input = Operand(x);
        CpuVectorWeight scale = Operand<CpuVectorWeight>(weight), shift = Operand<CpuVectorWeight>(bias);
        OpShapes.GroupNorm(x.Shape, scale.Count, shift.Count, groups);
        CpuTensor result = Begin(x.Shape);
        int pictures = x.Shape[0], channels = x.Shape.Channels;
        long pixels = PixelsPerPicture(x.Shape);
        if (x.Shape.Count == 0) return result;
        long statistics = (long)pictures * channels;
        using WorkspaceBlock means = _workspace.Rent(statistics), factors = _workspace.Rent(statistics);
        using WorkspaceBlock scratch = _workspace.Rent(GroupNormStatistics.ScratchFloats(pictures, pixels, channels, groups));
        GroupNormStatistics.Compute(Tier, Pool, input.Data, pictures, pixels, channels, groups, eps, means.Data, factors.Data, scratch.Data);
        GroupNormKernel.Normalize(Tier, Pool, input.Data, means.Data, factors.Data, scale.Data, shift.Data, result.Data, pictures, pixels, channels, activation);
        return result;
    }

    /// <inheritdoc/>
    public GroupStatistics GroupStatistics(Tensor x, int groups)
    {
        CpuTensor input = OperandInPlace(x);
        OpShapes.GroupStatistics(x.Shape, groups);
        long pixels = x.Shape.Rows;
        int channels = x.Shape.Channels;
        double[] means = new double[groups], squares = new double[groups];
        using WorkspaceBlock scratch = _workspace.Rent(GroupNormStatistics.ScratchFloats(1, pixels, channels, groups));
        GroupNormStatistics.Moments(Tier, Pool, input.Data, pixels, channels, groups, means, squares, scratch.Data);
        return new GroupStatistics(pixels * (channels / groups), means, squares);
    }

    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        CpuTensor input = Operand(x);
        CpuVectorWeight scale = Operand<CpuVectorWeight>(weight), shift = Operand<CpuVectorWeight>(bias);
        OpShapes.GroupNorm(x.Shape, scale.Count, shift.Count, statistics.Groups);
        OpShapes.GroupStatistics(x.Shape, statistics.Groups);
        CpuTensor result = Begin(x.Shape);
        int channels = x.Shape.Channels, width = channels / statistics.Groups;
        using WorkspaceBlock means = _workspace.Rent(channels), factors = _workspace.Rent(channels);
        for (int channel = 0; channel < channels; channel++)
        {
            means.Data[channel] = (float)statistics.Mean(channel / width);
            factors.Data[channel] = (float)(1 / Math.Sqrt(statistics.Variance(channel / width) + eps));
        }
        GroupNormKernel.Normalize(Tier, Pool, input.Data, means.Data, factors.Data, scale.Data, shift.Data, result.Data, 1, x.Shape.Rows, channels, activation);
        return result;
    }

    /// <inheritdoc/>
    public Tensor LayerNorm(Tensor x, VectorWeight weight, VectorWeight bias, float eps)
    {
        CpuTensor input = Operand(x);
        CpuVectorWeight scale = Operand<CpuVectorWeight>(weight), shift = Operand<CpuVectorWeight>(bias);
        OpShapes.LayerNorm(x.Shape, scale.Count, shift.Count);
        CpuTensor result = Begin(x.Shape);
        LayerNormKernel.Run(Tier, Pool, input.Data, scale.Data, shift.Data, result.Data, x.Shape.Rows, x.Shape.Channels, eps);
        return result;
    }
}
