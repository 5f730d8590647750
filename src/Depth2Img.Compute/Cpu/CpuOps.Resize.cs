using Depth2Img.Compute.Cpu.Resize;

namespace Depth2Img.Compute.Cpu;

internal sealed unsafe partial class CpuOps
{
    /// <inheritdoc/>
    public Tensor ResizeNearest(Tensor x, int height, int width)
    {
        CpuTensor input = Operand(x);
        CpuTensor result = Begin(OpShapes.Resize(nameof(ResizeNearest), x.Shape, height, width));
        NearestKernel.Run(Pool, input.Data, result.Data, x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], height, width);
        return result;
    }

    /// <inheritdoc/>
    public Tensor ResizeBilinear(Tensor x, int height, int width, bool alignCorners)
    {
        CpuTensor input = Operand(x);
        CpuTensor result = Begin(OpShapes.Resize(nameof(ResizeBilinear), x.Shape, height, width));
        BilinearKernel.Run(Tier, Pool, input.Data, result.Data, x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], height, width, alignCorners);
        return result;
    }

    /// <inheritdoc/>
    public Tensor MaxPool2d(Tensor x, int kernel, Window window, bool zeroBorder = false)
    {
        CpuTensor input = Operand(x);
        CpuTensor result = Begin(OpShapes.MaxPool2d(x.Shape, kernel, window));
        MaxPoolKernel.Run(Tier, Pool, input.Data, x.Shape, result.Data, result.Shape, kernel, window, zeroBorder);
        return result;
    }
}
