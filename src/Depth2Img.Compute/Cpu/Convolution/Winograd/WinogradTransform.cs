using System.Runtime.CompilerServices;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// The linear maps of F(4x4, 3x3): four outputs of a filter of three taps from six inputs with six products (Winograd,
/// 1980; Lavin and Gray, 2016), in both directions of a tile. The points are 0, ±√½, ±√2 and infinity: with a point p also 1/p,
/// -p and -1/p are there, which keeps the maps' entries near one and their rounding errors a third of those of 0, ±1, ±2, ∞.
/// All maps work on vectors whose lanes are channels.
/// </summary>
internal static unsafe class WinogradTransform
{
    /// <summary>Inputs, and products, in each direction.</summary>
    public const int Side = 6;

    /// <summary>Outputs in each direction.</summary>
    public const int Outputs = 4;

    /// <summary>Products of a tile.</summary>
    public const int Planes = Side * Side;

    private const int Taps = 3;

    // The points, and what the maps need of them; every entry is rounded once.
    private const float A = 0.70710678118654752f, B = 1.41421356237309505f;
    private const float ACubed = 0.35355339059327376f, BCubed = 2.82842712474619010f;

    /// <summary>Maps a tile of inputs, Bᵀ d B.</summary>
    /// <param name="pixels">The tile's 36 pixels, row by row.</param>
    /// <param name="offset">The first channel of each pixel to map.</param>
    /// <param name="columns">Room for <see cref="Planes"/> vectors, what one direction gives.</param>
    /// <param name="target">Takes the first plane's vector.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TWidth, TVector>(float** pixels, int offset, TVector* columns, float* target, int planeStride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (int x = 0; x < Side; x++)
        {
            Input<TWidth, TVector>(
                TWidth.Load(pixels[x] + offset), TWidth.Load(pixels[Side + x] + offset), TWidth.Load(pixels[2 * Side + x] + offset),
                TWidth.Load(pixels[3 * Side + x] + offset), TWidth.Load(pixels[4 * Side + x] + offset), TWidth.Load(pixels[5 * Side + x] + offset),
                (float*)(columns + x), Side * TWidth.Count);
        }
        for (TVector* row = columns; row < columns + Planes; row += Side, target += (nint)Side * planeStride)
            Input<TWidth, TVector>(row[0], row[1], row[2], row[3], row[4], row[5], target, planeStride);
    }

    /// <summary>Maps a filter, G g Gᵀ.</summary>
    /// <param name="taps">The nine taps, row by row.</param>
    /// <param name="offset">Where in each of them the vector is.</param>
    /// <param name="columns">Room for <see cref="Planes"/> vectors, what one direction gives.</param>
    /// <param name="target">Takes the first plane's vector.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TWidth, TVector>(float** taps, int offset, TVector* columns, float* target, int planeStride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (int x = 0; x < Taps; x++)
        {
            Filter<TWidth, TVector>(TWidth.Load(taps[x] + offset), TWidth.Load(taps[Taps + x] + offset), TWidth.Load(taps[2 * Taps + x] + offset),
                (float*)(columns + x), Taps * TWidth.Count);
        }
        for (TVector* row = columns; row < columns + Side * Taps; row += Taps, target += (nint)Side * planeStride)
            Filter<TWidth, TVector>(row[0], row[1], row[2], target, planeStride);
    }

    /// <summary>Maps a tile of products to outputs, Aᵀ m A.</summary>
    /// <param name="source">The first plane's vector.</param>
    /// <param name="planeStride">Floats from one plane to the next.</param>
    /// <param name="columns">Room for <see cref="Planes"/> vectors, what one direction gives.</param>
    /// <param name="target">Takes the first output's vector; outputs go row by row.</param>
    /// <param name="outputStride">Floats from one output to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TWidth, TVector>(float* source, int planeStride, TVector* columns, float* target, int outputStride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        for (int x = 0; x < Side; x++, source += planeStride)
        {
            nint row = (nint)Side * planeStride;
            Output<TWidth, TVector>(
                TWidth.Load(source), TWidth.Load(source + row), TWidth.Load(source + 2 * row),
                TWidth.Load(source + 3 * row), TWidth.Load(source + 4 * row), TWidth.Load(source + 5 * row),
                (float*)(columns + x), Side * TWidth.Count);
        }
        for (TVector* row = columns; row < columns + Outputs * Side; row += Side, target += (nint)Outputs * outputStride)
            Output<TWidth, TVector>(row[0], row[1], row[2], row[3], row[4], row[5], target, outputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input<TWidth, TVector>(TVector d0, TVector d1, TVector d2, TVector d3, TVector d4, TVector d5, float* target, nint stride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector twoAndAHalf = TWidth.Create(-2.5f), two = TWidth.Create(-2), half = TWidth.Create(-0.5f);
        TWidth.Store(TWidth.Add(TWidth.MultiplyAdd(d2, twoAndAHalf, d0), d4), target);
        TVector even = TWidth.MultiplyAdd(d2, two, d4);
        TVector odd = TWidth.Multiply(TWidth.MultiplyAdd(d1, two, d3), TWidth.Create(A));
        TWidth.Store(TWidth.Add(even, odd), target + stride);
        TWidth.Store(TWidth.Subtract(even, odd), target + 2 * stride);
        even = TWidth.MultiplyAdd(d2, half, d4);
        odd = TWidth.Multiply(TWidth.MultiplyAdd(d1, half, d3), TWidth.Create(B));
        TWidth.Store(TWidth.Add(even, odd), target + 3 * stride);
        TWidth.Store(TWidth.Subtract(even, odd), target + 4 * stride);
        TWidth.Store(TWidth.Add(TWidth.MultiplyAdd(d3, twoAndAHalf, d1), d5), target + 5 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter<TWidth, TVector>(TVector g0, TVector g1, TVector g2, float* target, nint stride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        // Rows (1, p, p²) divided by the product of p's distances from the other finite points: -3/2 for ±√½, 6 for ±√2.
        TWidth.Store(g0, target);
        TVector even = TWidth.MultiplyAdd(g2, TWidth.Create(-1f / 3), TWidth.Multiply(g0, TWidth.Create(-2f / 3)));
        TVector odd = TWidth.Multiply(g1, TWidth.Create((float)(-2.0 / 3 * 0.70710678118654752)));
        TWidth.Store(TWidth.Add(even, odd), target + stride);
        TWidth.Store(TWidth.Subtract(even, odd), target + 2 * stride);
        even = TWidth.MultiplyAdd(g2, TWidth.Create(1f / 3), TWidth.Multiply(g0, TWidth.Create(1f / 6)));
        odd = TWidth.Multiply(g1, TWidth.Create((float)(1.41421356237309505 / 6)));
        TWidth.Store(TWidth.Add(even, odd), target + 3 * stride);
        TWidth.Store(TWidth.Subtract(even, odd), target + 4 * stride);
        TWidth.Store(g2, target + 5 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output<TWidth, TVector>(TVector m0, TVector m1, TVector m2, TVector m3, TVector m4, TVector m5, float* target, nint stride)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector evenA = TWidth.Add(m1, m2), oddA = TWidth.Subtract(m1, m2);
        TVector evenB = TWidth.Add(m3, m4), oddB = TWidth.Subtract(m3, m4);
        TWidth.Store(TWidth.Add(TWidth.Add(m0, evenA), evenB), target);
        TWidth.Store(TWidth.MultiplyAdd(oddB, TWidth.Create(B), TWidth.Multiply(oddA, TWidth.Create(A))), target + stride);
        TWidth.Store(TWidth.MultiplyAdd(evenB, TWidth.Create(2), TWidth.Multiply(evenA, TWidth.Create(0.5f))), target + 2 * stride);
        TWidth.Store(TWidth.Add(TWidth.MultiplyAdd(oddB, TWidth.Create(BCubed), TWidth.Multiply(oddA, TWidth.Create(ACubed))), m5), target + 3 * stride);
    }
}
