using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Resize;

/// <summary>The largest value of each window, channel by channel.</summary>
internal static unsafe class MaxPoolKernel
{
    /// <summary>Pools pictures.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="source">[N,H,W,C] as in <paramref name="input"/>.</param>
    /// <param name="input">The source's shape.</param>
    /// <param name="target">[N,H',W',C] as in <paramref name="output"/>.</param>
    /// <param name="output">The target's shape.</param>
    /// <param name="kernel">The window's side.</param>
    /// <param name="window">Step and border.</param>
    /// <param name="zeroBorder">Whether the border holds zeros; else it never wins.</param>
    public static void Run(CpuTier tier, WorkerPool pool, float* source, Shape input, float* target, Shape output, int kernel, Window window, bool zeroBorder)
    {
        int height = input[1], width = input[2], channels = input[3];
        int newHeight = output[1], newWidth = output[2];
        Chunks.ForRows(pool, (long)output[0] * newHeight, (long)newWidth * channels, (first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                float* picture = source + row / newHeight * height * width * channels;
                int y = (int)(row % newHeight) * window.Stride - window.Top;
                int top = Math.Max(y, 0), bottom = Math.Min(y + kernel, height);
                for (int column = 0; column < newWidth; column++)
                {
                    int x = column * window.Stride - window.Left;
                    int left = Math.Max(x, 0), right = Math.Min(x + kernel, width);
                    bool border = bottom - top < kernel || right - left < kernel;
                    Patch patch = new(picture + ((long)top * width + left) * channels, bottom - top, right - left, (long)width * channels,
                        zeroBorder && border ? 0 : float.NegativeInfinity);
                    float* result = target + (row * newWidth + column) * channels;
                    switch (tier)
                    {
                        case CpuTier.Avx512: Pixel<Width512, Vector512<float>>(patch, channels, result); break;
                        case CpuTier.Avx2: Pixel<Width256, Vector256<float>>(patch, channels, result); break;
                        default: Pixel<Width128, Vector128<float>>(patch, channels, result); break;
                    }
                }
            }
        });
    }

    private static void Pixel<TWidth, TVector>(Patch patch, int channels, float* target)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        int c = 0;
        for (; c <= channels - TWidth.Count; c += TWidth.Count)
            TWidth.Store(Largest<TWidth, TVector>(patch, channels, c), target + c);
        for (; c < channels; c++) target[c] = Largest<ScalarWidth, float>(patch, channels, c);
    }

    private static TVector Largest<TWidth, TVector>(Patch patch, int channels, int c)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector largest = TWidth.Create(patch.Least);
        for (int y = 0; y < patch.Rows; y++)
        {
            float* pixel = patch.Start + y * patch.Stride + c;
            for (int x = 0; x < patch.Columns; x++, pixel += channels) largest = TWidth.Max(largest, TWidth.Load(pixel));
        }
        return largest;
    }

    /// <summary>The part of a window that lies inside its picture, and a value that is among those compared.</summary>
    private readonly struct Patch(float* start, int rows, int columns, long stride, float least)
    {
        public readonly float* Start = start;
        public readonly int Rows = rows, Columns = columns;
        public readonly long Stride = stride;
        public readonly float Least = least;
    }
}
