using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>The transforms of <see cref="WinogradTransform"/> over runs of channels, for each tier.</summary>
internal static unsafe class WinogradKernels
{
    /// <summary>Channels must come in multiples of this, the widest vector.</summary>
    public const int ChannelMultiple = 16;

    /// <summary>Floats of a cache line.</summary>
    private const int Line = 16;

    /// <summary>How far ahead inputs are asked for.</summary>
    private const int LinesAhead = 2;

    /// <summary>Maps a tile's inputs.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pixels">The 36 pixels, at the first channel.</param>
    /// <param name="channels">A multiple of <see cref="ChannelMultiple"/>.</param>
    /// <param name="target">The first channel in the first plane.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    public static void Input(CpuTier tier, float** pixels, int channels, float* target, int planeStride)
    {
        switch (tier)
        {
            case CpuTier.Avx512: Input<Width512, Vector512<float>>(pixels, channels, target, planeStride); break;
            case CpuTier.Avx2: Input<Width256, Vector256<float>>(pixels, channels, target, planeStride); break;
            default: Input<Width128, Vector128<float>>(pixels, channels, target, planeStride); break;
        }
    }

    /// <summary>Maps filters that lie one after the other.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="taps">The nine taps, each a run of floats.</param>
    /// <param name="count">Floats of a run, a multiple of the tier's vector.</param>
    /// <param name="target">The first plane.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    public static void Filter(CpuTier tier, float** taps, int count, float* target, int planeStride)
    {
        switch (tier)
        {
            case CpuTier.Avx512: Filter<Width512, Vector512<float>>(taps, count, target, planeStride); break;
            case CpuTier.Avx2: Filter<Width256, Vector256<float>>(taps, count, target, planeStride); break;
            default: Filter<Width128, Vector128<float>>(taps, count, target, planeStride); break;
        }
    }

    /// <summary>Maps a tile's products to its 16 outputs.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="source">The first column in the first plane.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    /// <param name="columns">How many columns, a multiple of the tier's vector.</param>
    /// <param name="target">[16][columns].</param>
    public static void Output(CpuTier tier, float* source, int planeStride, int columns, float* target)
    {
        switch (tier)
        {
            case CpuTier.Avx512: Output<Width512, Vector512<float>>(source, planeStride, columns, target); break;
            case CpuTier.Avx2: Output<Width256, Vector256<float>>(source, planeStride, columns, target); break;
            default: Output<Width128, Vector128<float>>(source, planeStride, columns, target); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Input<TWidth, TVector>(float** pixels, int channels, float* target, int planeStride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector* columns = stackalloc TVector[WinogradTransform.Planes];
        for (int i = 0; i < channels; i += TWidth.Count)
        {
            // Pixels are short runs far apart, of which the hardware follows only a few at a time.
            if (Sse.IsSupported && i % Line == 0 && i + LinesAhead * Line < channels)
            {
                for (int p = 0; p < WinogradTransform.Planes; p++) Sse.Prefetch0(pixels[p] + i + LinesAhead * Line);
            }
            WinogradTransform.Input<TWidth, TVector>(pixels, i, columns, target + i, planeStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Filter<TWidth, TVector>(float** taps, int count, float* target, int planeStride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector* columns = stackalloc TVector[WinogradTransform.Planes];
        for (int i = 0; i < count; i += TWidth.Count) WinogradTransform.Filter<TWidth, TVector>(taps, i, columns, target + i, planeStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Output<TWidth, TVector>(float* source, int planeStride, int columnCount, float* target)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector* columns = stackalloc TVector[WinogradTransform.Planes];
        for (int i = 0; i < columnCount; i += TWidth.Count) WinogradTransform.Output<TWidth, TVector>(source + i, planeStride, columns, target + i, columnCount);
    }
}
