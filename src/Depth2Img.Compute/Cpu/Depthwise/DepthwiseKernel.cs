using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Vectors;

namespace Depth2Img.Compute.Cpu.Depthwise;

/// <summary>
/// Convolution of each channel with a filter of its own; vectors run over channels. Inside the picture four
/// neighbouring outputs share each load of the filter; at its sides an output takes the taps that lie inside.
/// </summary>
internal static unsafe class DepthwiseKernel
{
    private const int Together = 4;

    /// <summary>output = activation(input * filters + bias) + residual.</summary>
    public static void Run(CpuTier tier, WorkerPool pool, DepthwiseCall call, Activation activation)
    {
        switch (activation.Kind)
        {
            case ActivationKind.None: Run(tier, pool, call, default(IdentityOperator)); break;
            case ActivationKind.Silu: Run(tier, pool, call, default(SiluOperator)); break;
            case ActivationKind.Gelu: Run(tier, pool, call, default(GeluOperator)); break;
            case ActivationKind.QuickGelu: Run(tier, pool, call, default(QuickGeluOperator)); break;
            case ActivationKind.Relu: Run(tier, pool, call, default(ReluOperator)); break;
            case ActivationKind.Sigmoid: Run(tier, pool, call, default(SigmoidOperator)); break;
            case ActivationKind.Tanh: Run(tier, pool, call, default(TanhOperator)); break;
            case ActivationKind.Clamp: Run(tier, pool, call, new ClampOperator(activation.Low, activation.High)); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation), activation, "No such activation.");
        }
    }

    private static void Run<TOperator>(CpuTier tier, WorkerPool pool, DepthwiseCall call, TOperator op)
        where TOperator : struct, IUnaryOperator
    {
        int height = call.OutputShape[1];
        Chunks.ForRows(pool, (long)call.OutputShape[0] * height, (long)call.OutputShape[2] * call.OutputShape[3], (first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                switch (tier)
                {
                    case CpuTier.Avx512: Row<Width512, Vector512<float>, TOperator>(call, row / height, (int)(row % height), op); break;
                    case CpuTier.Avx2: Row<Width256, Vector256<float>, TOperator>(call, row / height, (int)(row % height), op); break;
                    default: Row<Width128, Vector128<float>, TOperator>(call, row / height, (int)(row % height), op); break;
                }
            }
        });
    }

    private static void Row<TWidth, TVector, TOperator>(in DepthwiseCall call, long picture, int row, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        int width = call.InputShape[2], channels = call.InputShape[3], newWidth = call.OutputShape[2];
        Taps taps = new(call, picture, row);
        long offset = (picture * call.OutputShape[1] + row) * newWidth * channels;

        // Outputs inside..outside have all their columns within the picture.
        int inside = Math.Min((call.Window.Left + call.Window.Stride - 1) / call.Window.Stride, newWidth);
        int outside = width + call.Window.Left < call.KernelWidth
            ? 0 : Math.Min((width + call.Window.Left - call.KernelWidth) / call.Window.Stride + 1, newWidth);
        int column = 0;
        while (column < newWidth)
        {
            Target target = new(call, offset + (long)column * channels);
            int x = column * call.Window.Stride - call.Window.Left;
            if (column >= inside && column + Together <= outside)
            {
                Four<TWidth, TVector, TOperator>(taps, x, call.Window.Stride, channels, target, op);
                column += Together;
            }
            else
            {
                One<TWidth, TVector, TOperator>(taps, x, width, channels, target, op);
                column++;
            }
        }
    }

    private static void Four<TWidth, TVector, TOperator>(in Taps taps, int x, int stride, int channels, in Target target, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        long step = (long)stride * channels, rowFloats = taps.RowFloats;
        int rows = taps.Rows, columns = taps.Columns;
        float* start = taps.Input + (long)x * channels;
        int c = 0;
        for (; c <= channels - TWidth.Count; c += TWidth.Count)
        {
            TVector s0 = target.Bias is null ? TWidth.Create(0) : TWidth.Load(target.Bias + c), s1 = s0, s2 = s0, s3 = s0;
            float* filter = taps.Filters + c;
            for (int ky = 0; ky < rows; ky++)
            {
                float* pixel = start + ky * rowFloats + c;
                for (int kx = 0; kx < columns; kx++, pixel += channels, filter += channels)
                {
                    TVector w = TWidth.Load(filter);
                    s0 = TWidth.MultiplyAdd(TWidth.Load(pixel), w, s0);
                    s1 = TWidth.MultiplyAdd(TWidth.Load(pixel + step), w, s1);
                    s2 = TWidth.MultiplyAdd(TWidth.Load(pixel + 2 * step), w, s2);
                    s3 = TWidth.MultiplyAdd(TWidth.Load(pixel + 3 * step), w, s3);
                }
            }
            target.Put<TWidth, TVector, TOperator>(s0, c, op);
            target.Put<TWidth, TVector, TOperator>(s1, channels + c, op);
            target.Put<TWidth, TVector, TOperator>(s2, 2L * channels + c, op);
            target.Put<TWidth, TVector, TOperator>(s3, 3L * channels + c, op);
        }
        for (int i = 0; i < Together && c < channels; i++)
        {
            for (int rest = c; rest < channels; rest++)
            {
                float sum = Sum<ScalarWidth, float>(taps, x + i * stride, 0, taps.Columns, channels, rest, target.Bias);
                target.Put<ScalarWidth, float, TOperator>(sum, (long)i * channels + rest, op);
            }
        }
    }

    private static void One<TWidth, TVector, TOperator>(in Taps taps, int x, int width, int channels, in Target target, TOperator op)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        int left = Math.Max(-x, 0), right = Math.Min(taps.Columns, width - x);
        int c = 0;
        for (; c <= channels - TWidth.Count; c += TWidth.Count)
            target.Put<TWidth, TVector, TOperator>(Sum<TWidth, TVector>(taps, x, left, right, channels, c, target.Bias), c, op);
        for (; c < channels; c++)
            target.Put<ScalarWidth, float, TOperator>(Sum<ScalarWidth, float>(taps, x, left, right, channels, c, target.Bias), c, op);
    }

    private static TVector Sum<TWidth, TVector>(in Taps taps, int x, int left, int right, int channels, int c, float* bias)
        where TWidth : IVectorWidth<TVector>
        where TVector : unmanaged
    {
        TVector sum = bias is null ? TWidth.Create(0) : TWidth.Load(bias + c);
        for (int ky = 0; ky < taps.Rows; ky++)
        {
            float* pixel = taps.Input + ky * taps.RowFloats + (long)x * channels + c;
            float* filter = taps.Filters + (long)ky * taps.Columns * channels + c;
            for (int kx = left; kx < right; kx++)
                sum = TWidth.MultiplyAdd(TWidth.Load(pixel + (long)kx * channels), TWidth.Load(filter + (long)kx * channels), sum);
        }
        return sum;
    }

    /// <summary>The filter's rows that lie inside the picture for one output row, and the input row under the first of them.</summary>
    private readonly struct Taps
    {
        public readonly float* Input, Filters;
        public readonly long RowFloats;
        public readonly int Rows, Columns;

        public Taps(in DepthwiseCall call, long picture, int row)
        {
            int height = call.InputShape[1], channels = call.InputShape[3];
            int y = row * call.Window.Stride - call.Window.Top;
            int first = Math.Max(-y, 0);
            RowFloats = (long)call.InputShape[2] * channels;
            Columns = call.KernelWidth;
            Rows = Math.Max(Math.Min(call.KernelHeight, height - y) - first, 0);
            Input = call.Input + (picture * height + y + first) * RowFloats;
            Filters = call.Filters + (long)first * Columns * channels;
        }
    }

    /// <summary>Where sums go, and what is added to them.</summary>
    private readonly struct Target(in DepthwiseCall call, long offset)
    {
        public readonly float* Bias = call.Bias;
        private readonly float* _output = call.Output + offset;
        private readonly float* _residual = call.Residual is null ? null : call.Residual + offset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put<TWidth, TVector, TOperator>(TVector sum, long index, TOperator op)
            where TWidth : IVectorWidth<TVector>
            where TVector : unmanaged
            where TOperator : struct, IUnaryOperator
        {
            TVector value = op.Invoke<TWidth, TVector>(sum);
            if (_residual is not null) value = TWidth.Add(value, TWidth.Load(_residual + index));
            TWidth.Store(value, _output + index);
        }
    }
}
