using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Resize;

/// <summary>Bilinear interpolation of channels-last pictures, without antialiasing.</summary>
internal static unsafe class BilinearKernel
{
    /// <summary>Resizes pictures.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="source">[pictures, height, width, channels].</param>
    /// <param name="target">[pictures, newHeight, newWidth, channels].</param>
    /// <param name="pictures">N.</param>
    /// <param name="height">Rows in.</param>
    /// <param name="width">Columns in.</param>
    /// <param name="channels">C.</param>
    /// <param name="newHeight">Rows out.</param>
    /// <param name="newWidth">Columns out.</param>
    /// <param name="alignCorners">Whether corner pixels' centres (true) or outer edges (false) coincide.</param>
    public static void Run(CpuTier tier, WorkerPool pool, float* source, float* target, int pictures, int height, int width, int channels,
        int newHeight, int newWidth, bool alignCorners)
    {
        BilinearTap[] down = BilinearTap.Of(height, newHeight, alignCorners);
        BilinearTap[] across = BilinearTap.Of(width, newWidth, alignCorners);
        long rowFloats = (long)newWidth * channels;
        Chunks.ForRows(pool, (long)pictures * newHeight, rowFloats, (first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                BilinearTap tap = down[row % newHeight];
                float* picture = source + row / newHeight * height * width * channels;
                float* upper = picture + (long)tap.First * width * channels;
                float* lower = picture + (long)tap.Second * width * channels;
                float* result = target + row * rowFloats;
                switch (tier)
                {
                    case CpuTier.Avx512: Row<Width512, Vector512<float>>(upper, lower, tap.Weight, across, channels, result); break;
                    case CpuTier.Avx2: Row<Width256, Vector256<float>>(upper, lower, tap.Weight, across, channels, result); break;
                    default: Row<Width128, Vector128<float>>(upper, lower, tap.Weight, across, channels, result); break;
                }
            }
        });
    }

    private static void Row<TWidth, TVector>(float* upper, float* lower, float downward, BilinearTap[] across, int channels, float* target)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector down = TWidth.Create(downward), up = TWidth.Create(1 - downward);
        foreach (BilinearTap tap in across)
        {
            float* topLeft = upper + (long)tap.First * channels, topRight = upper + (long)tap.Second * channels;
            float* bottomLeft = lower + (long)tap.First * channels, bottomRight = lower + (long)tap.Second * channels;
            TVector right = TWidth.Create(tap.Weight), left = TWidth.Create(1 - tap.Weight);
            int c = 0;
            for (; c <= channels - TWidth.Count; c += TWidth.Count)
            {
                TVector top = TWidth.MultiplyAdd(right, TWidth.Load(topRight + c), TWidth.Multiply(left, TWidth.Load(topLeft + c)));
                TVector bottom = TWidth.MultiplyAdd(right, TWidth.Load(bottomRight + c), TWidth.Multiply(left, TWidth.Load(bottomLeft + c)));
                TWidth.Store(TWidth.MultiplyAdd(down, bottom, TWidth.Multiply(up, top)), target + c);
            }
            for (; c < channels; c++)
            {
                float top = ScalarWidth.MultiplyAdd(tap.Weight, topRight[c], (1 - tap.Weight) * topLeft[c]);
                float bottom = ScalarWidth.MultiplyAdd(tap.Weight, bottomRight[c], (1 - tap.Weight) * bottomLeft[c]);
                target[c] = ScalarWidth.MultiplyAdd(downward, bottom, (1 - downward) * top);
            }
            target += channels;
        }
    }
}
