using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>A function of one value, written once for all vector widths. Implementations are small structs, so that
/// kernels that take one as a type argument are compiled with its formula inside.</summary>
internal interface IUnaryOperator
{
    /// <summary>The function's values.</summary>
    TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged;
}
