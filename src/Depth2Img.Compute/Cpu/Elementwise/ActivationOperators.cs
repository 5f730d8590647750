using System.Runtime.CompilerServices;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>The value itself.</summary>
internal readonly struct IdentityOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => x;
}

/// <summary>x / (1 + exp(-x)).</summary>
internal readonly struct SiluOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => VectorMath.TimesSigmoid<TWidth, TVector>(x, 1);
}

/// <summary>x/2 (1 + erf(x/√2)).</summary>
internal readonly struct GeluOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => VectorMath.Gelu<TWidth, TVector>(x);
}

/// <summary>x / (1 + exp(-1.702 x)).</summary>
internal readonly struct QuickGeluOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => VectorMath.TimesSigmoid<TWidth, TVector>(x, 1.702f);
}

/// <summary>max(x, 0).</summary>
internal readonly struct ReluOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector zero = TWidth.Create(0);
        return TWidth.IfLess(x, zero, zero, x);
    }
}

/// <summary>1 / (1 + exp(-x)).</summary>
internal readonly struct SigmoidOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => VectorMath.Sigmoid<TWidth, TVector>(x);
}

/// <summary>tanh(x).</summary>
internal readonly struct TanhOperator : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => VectorMath.Tanh<TWidth, TVector>(x);
}

/// <summary>min(max(x, low), high).</summary>
internal readonly struct ClampOperator(float low, float high) : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector bottom = TWidth.Create(low), top = TWidth.Create(high);
        x = TWidth.IfLess(x, bottom, bottom, x);
        return TWidth.IfLess(top, x, top, x);
    }
}

/// <summary>x times a factor.</summary>
internal readonly struct ScaleOperator(float factor) : IUnaryOperator
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Invoke<TWidth, TVector>(TVector x)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged => TWidth.Multiply(x, TWidth.Create(factor));
}
