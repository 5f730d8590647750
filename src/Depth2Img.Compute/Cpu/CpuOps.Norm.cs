using Depth2Img.Compute.Cpu.Norm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default)
    {
        CpuTensor input = Operand(x);
        OpShapes.GroupNorm(x.Shape, Operand<CpuVectorWeight>(weight).Count, Operand<CpuVectorWeight>(bias).Count, groups);
        return Normalize(input, new GroupNormalization(weight, bias, groups, eps, activation));
    }

    /// <inheritdoc/>
    public GroupStatistics GroupStatistics(Tensor x, int groups, PixelRegion? region = null)
    {
        _cancellation.ThrowIfCancellationRequested();
        CpuTensor input = Operand(x);
        OpShapes.GroupStatistics(x.Shape, groups, region);
        int channels = x.Shape.Channels;
        // All of a tensor is one run of pixels, a rectangle a run for each of its rows.
        PixelRuns runs = region is { } r ? new(input.Data + ((long)r.Top * x.Shape[2] + r.Left) * channels, r.Height, r.Width, x.Shape[2]) : new(input.Data, 1, x.Shape.Rows, x.Shape.Rows);
        double[] means = new double[groups], squares = new double[groups];
        using WorkspaceBlock scratch = _workspace.Rent(GroupNormStatistics.ScratchFloats(runs.Count, runs.Pixels, channels, groups));
        GroupNormStatistics.Moments(Tier, Pool, runs, channels, groups, means, squares, scratch.Data);
        return new GroupStatistics(runs.Count * runs.Pixels * (channels / groups), means, squares);
    }

    /// <inheritdoc/>
    public Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        CpuTensor input = Operand(x);
        OpShapes.GroupNorm(x.Shape, Operand<CpuVectorWeight>(weight).Count, Operand<CpuVectorWeight>(bias).Count, statistics.Groups);
        OpShapes.GroupStatistics(x.Shape, statistics.Groups);
        return Normalize(input, new GroupNormalization(weight, bias, statistics.Groups, eps, activation) { Statistics = statistics });
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

    private CpuTensor Normalize(CpuTensor input, in GroupNormalization norm)
    {
        CpuTensor result = Begin(input.Shape);
        if (input.Shape.Count == 0) return result;
        using FoldedNorm folded = Fold(input, norm);
        GroupNormKernel.Normalize(Tier, Pool, folded.Norm, input.Data, result.Data, input.Shape[0], PixelsPerPicture(input.Shape), input.Shape.Channels);
        return result;
    }

    /// <summary>Finds what a normalisation does to each channel: by given statistics, by those that the tensor's producer gathered, or by reading the tensor.</summary>
    private FoldedNorm Fold(CpuTensor input, in GroupNormalization norm)
    {
        int pictures = input.Shape[0], channels = input.Shape.Channels;
        long pixels = PixelsPerPicture(input.Shape), count = (long)pictures * channels;
        float* bias = Operand<CpuVectorWeight>(norm.Bias).Data, weight = Operand<CpuVectorWeight>(norm.Weight).Data;
        WorkspaceBlock memory = _workspace.Rent(2 * count);
        float* means = memory.Data, factors = means + count;
        double* moments = input.Memory.MomentsOf(pictures, channels);
        if (norm.Statistics is not null)
        {
            int width = channels / norm.Statistics.Groups;
            for (int channel = 0; channel < channels; channel++)
            {
                means[channel] = (float)norm.Statistics.Mean(channel / width);
                factors[channel] = (float)(1 / Math.Sqrt(norm.Statistics.Variance(channel / width) + norm.Eps));
            }
        }
        else if (moments != null)
        {
            GroupNormStatistics.FromChannels(moments, pictures, pixels, channels, norm.Groups, norm.Eps, means, factors);
        }
        else
        {
            using WorkspaceBlock scratch = _workspace.Rent(GroupNormStatistics.ScratchFloats(pictures, pixels, channels, norm.Groups));
            GroupNormStatistics.Compute(Tier, Pool, input.Data, pictures, pixels, channels, norm.Groups, norm.Eps, means, factors, scratch.Data);
        }
        GroupNormKernel.FoldWeight(factors, weight, pictures, channels);
        return new FoldedNorm(memory, new AppliedNorm(means, factors, bias, norm.Activation));
    }

    /// <summary>A normalisation ready to be applied, and the memory that it points to.</summary>
    private readonly struct FoldedNorm(WorkspaceBlock memory, AppliedNorm norm) : IDisposable
    {
        /// <summary>What to apply.</summary>
        public AppliedNorm Norm => norm;

        /// <summary>Gives the memory back.</summary>
        public void Dispose() => memory.Dispose();
    }
}
