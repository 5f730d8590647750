using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>A softmax step in assembled code that rounds the powers on their way, with a shorter polynomial: <see cref="BFloat16SoftmaxProgram"/>.</summary>
/// <param name="kernel">The micro-kernel.</param>
/// <param name="largest">What <see cref="BFloat16SoftmaxProgram.AssembleLargest"/> made.</param>
/// <param name="powers">What <see cref="BFloat16SoftmaxProgram.AssemblePowers"/> made.</param>
internal sealed unsafe class BFloat16Softmax(MicroKernelBFloat16 kernel, nint largest, nint powers) : SoftmaxKernel(kernel)
{
    /// <inheritdoc/>
    protected override float Largest(float* scores, int panelStride, int panels, float earlier) =>
        ((delegate* unmanaged[SuppressGCTransition]<float*, nint, nint, float, float>)largest)(scores, panelStride * sizeof(float), panels, earlier);

    /// <inheritdoc/>
    protected override float Powers(float* scores, int panelStride, int panels, float origin, float* exact, float* weights) =>
        ((delegate* unmanaged[SuppressGCTransition]<float*, nint, nint, ushort*, float, float>)powers)(scores, panelStride * sizeof(float), panels, (ushort*)weights, origin);
}
