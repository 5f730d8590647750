using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor Conv2d(Tensor x, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null)
    {
        CpuTensor input = Operand(x);
        CpuTensor? added = residual is null ? null : Operand(residual);
        if (weight is CpuTransposedConvWeight) throw new ArgumentException("Conv2d: the filters were made for ConvTranspose2d.", nameof(weight));
        ConvWeight w = Operand<ConvWeight>(weight);
        CpuTensor result = Begin(OpShapes.Conv2d(x.Shape, w, window, residual?.Shape));
        ConvolutionCall call = new(input.Data, result.Data, added is null ? null : added.Data)
        {
            InputShape = x.Shape,
            OutputShape = result.Shape,
            Weight = w,
            Window = window,
            Activation = activation,
        };
        try
        {
            KernelFor(call).Run(call, _cancellation);
            // Kernels work on bare pointers, which the weight must outlive.
            GC.KeepAlive(weight);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor NormConv2d(Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift = null, Tensor? residual = null)
    {
        CpuTensor input = Operand(x);
        CpuTensor? shifted = shift is null ? null : Operand(shift), added = residual is null ? null : Operand(residual);
        ConvWeight w = Operand<ConvWeight>(weight);
        Shape shape = OpShapes.NormConv2d(x.Shape, norm, w, window, shift?.Shape, residual?.Shape);
        ConvolutionCall call = new(input.Data, null, added is null ? null : added.Data)
        {
            InputShape = x.Shape,
            OutputShape = shape,
            Weight = w,
            Window = window,
            Activation = default,
            Shift = shifted is null ? null : shifted.Data,
        };
        if (shape.Count == 0 || KernelFor(call) is not { AppliesNorm: true } kernel)
            return NormConvolution.Compose(this, x, norm, weight, window, shift, residual);

        CpuTensor result = Begin(shape);
        // Pieces of a picture are normalised by the whole picture's statistics, which are not gathered here.
        WorkspaceBlock? moments = norm.Statistics is null ? _workspace.Rent((long)shape[0] * shape.Channels * 2 * (sizeof(double) / sizeof(float))) : null;
        try
        {
            using FoldedNorm folded = Fold(input, norm);
            kernel.Run(call with { Output = result.Data, Norm = folded.Norm, Moments = moments is null ? null : (double*)moments.Data }, _cancellation);
            GC.KeepAlive(weight);
            if (moments is not null) result.Memory.Keep(moments, new Shape(shape[0], shape.Channels));
            return result;
        }
        catch
        {
            moments?.Dispose();
            result.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor ConvTranspose2d(Tensor x, ConvWeight weight)
    {
        CpuTensor input = Operand(x);
        if (weight is CpuConvWeight) throw new ArgumentException("ConvTranspose2d: the filters were made for Conv2d.", nameof(weight));
        CpuTransposedConvWeight w = Operand<CpuTransposedConvWeight>(weight);
        CpuTensor result = Begin(OpShapes.ConvTranspose2d(x.Shape, w));
        int rows = checked((int)x.Shape.Rows), kernel = w.KernelHeight;
        using WorkspaceBlock blocks = _workspace.Rent((long)rows * w.Matrix.Columns);
        float* source = blocks.Data, target = result.Data;
        DenseOutput output = new(source, w.Matrix.Columns, w.Bias.Data, default, null, Tier);
        Multiply(result, new DenseRows(input.Data, rows, w.InChannels), w.Matrix, output, w);
        // A pixel's row is [kernel row][kernel column][channel]: the runs of one picture row make kernel rows of the result.
        int run = kernel * w.OutChannels, width = x.Shape[2];
        Pool.Run(rows / Math.Max(width, 1), line =>
        {
            for (int column = 0; column < width; column++)
            {
                float* from = source + ((long)line * width + column) * kernel * run;
                for (int k = 0; k < kernel; k++)
                {
                    float* to = target + (((long)line * kernel + k) * width + column) * run;
                    new ReadOnlySpan<float>(from + (long)k * run, run).CopyTo(new Span<float>(to, run));
                }
            }
        });
        return result;
    }

    private ConvolutionKernel KernelFor(in ConvolutionCall call)
    {
        foreach (ConvolutionKernel kernel in _convolutions)
        {
            if (kernel.Suits(call)) return kernel;
        }
        throw new ArgumentException($"Conv2d: a {call.Weight.GetType().Name} belongs to another back end than {nameof(CpuBackend)}.");
    }
}
