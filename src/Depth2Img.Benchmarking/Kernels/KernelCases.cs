using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Benchmarking.Kernels;

/// <summary>The shapes where Stable Diffusion 2's arithmetic is, guidance on: a square product, the UNet's linears, every 3x3 convolution of step 1, the largest attention.</summary>
internal sealed class KernelCases(IBackend backend, IOps ops)
{
    private const int BytesPerWeight = sizeof(ushort);

    /// <summary>All cases.</summary>
    public IEnumerable<KernelCase> All() => Linears().Concat(Convolutions()).Append(Attention(1, 4096, 5, 64));

    private IEnumerable<KernelCase> Linears()
    {
        yield return Linear("gemm", 2048, 2048, 2048);
        foreach ((int rows, int inputs, int outputs) in new[]
        {
            (8192, 320, 320), (8192, 320, 2560), (8192, 1280, 320), (2048, 640, 640), (2048, 640, 5120), (2048, 2560, 640),
            (512, 1280, 1280), (512, 1280, 10240), (512, 5120, 1280), (154, 1024, 1280), (128, 1280, 1280),
        })
        {
            yield return Linear("linear", rows, inputs, outputs);
        }
    }

    private IEnumerable<KernelCase> Convolutions()
    {
        (int Batch, int Side, int Inputs, int Outputs)[] unet =
        [
            (2, 64, 320, 320), (2, 64, 640, 640), (2, 64, 640, 320), (2, 64, 960, 320),
            (2, 32, 640, 640), (2, 32, 1280, 1280), (2, 32, 1920, 640), (2, 32, 1280, 640), (2, 32, 960, 640), (2, 32, 320, 640),
            (2, 16, 1280, 1280), (2, 16, 2560, 1280), (2, 16, 1920, 1280), (2, 16, 640, 1280), (2, 8, 1280, 1280), (2, 8, 2560, 1280),
        ];
        (int Batch, int Side, int Inputs, int Outputs)[] vae =
        [
            (1, 64, 512, 512), (1, 128, 512, 512), (1, 256, 512, 512), (1, 256, 512, 256), (1, 256, 256, 256), (1, 512, 256, 256), (1, 512, 256, 128), (1, 512, 128, 128),
        ];
        (int Batch, int Side, int Inputs, int Outputs)[] depth = [(1, 96, 256, 256), (1, 192, 256, 128), (1, 48, 256, 256), (1, 24, 256, 256)];
        return unet.Concat(vae).Concat(depth).Select(shape => Convolution(shape.Batch, shape.Side, shape.Inputs, shape.Outputs));
    }

    private KernelCase Linear(string group, int rows, int inputs, int outputs) => new(
        group, $"{rows} x {inputs} x {outputs}", (long)inputs * outputs * BytesPerWeight, rows, copies =>
        {
            WeightTensor values = Weight(outputs, inputs), bias = Weight(outputs);
            LinearWeight[] weights = [.. Enumerable.Range(0, copies).Select(_ => backend.CreateLinear(values, bias))];
            Tensor x = Activations(rows, inputs);
            return new PreparedKernel((session, i) => session.Linear(x, weights[i]), [x, .. weights]);
        });

    private KernelCase Convolution(int batch, int side, int inputs, int outputs) => new(
        "conv 3x3", $"{batch} x {side}², {inputs} -> {outputs}", 9L * inputs * outputs * BytesPerWeight, 0, copies =>
        {
            WeightTensor values = Weight(outputs, inputs, 3, 3), bias = Weight(outputs);
            ConvWeight[] weights = [.. Enumerable.Range(0, copies).Select(_ => backend.CreateConv2d(values, bias))];
            Tensor x = Activations(batch, side, side, inputs);
            return new PreparedKernel((session, i) => session.Conv2d(x, weights[i], Window.Of(1, 1)), [x, .. weights]);
        });

    private KernelCase Attention(int batch, int tokens, int heads, int size) => new(
        "attention", $"{batch} x {tokens} tokens, {heads} heads of {size}", 0, 0, _ =>
        {
            Tensor q = Activations(batch, tokens, heads * size), k = Activations(batch, tokens, heads * size), v = Activations(batch, tokens, heads * size);
            return new PreparedKernel((session, _) => session.Attention(q, k, v, heads, 1 / MathF.Sqrt(size)), [q, k, v]);
        });

    /// <summary>Weights in half precision, as checkpoints have them.</summary>
    private static WeightTensor Weight(params int[] dimensions)
    {
        float[] values = FormulaWeights.Uniform("weight", dimensions.Aggregate(1, (a, b) => a * b), 0.05f);
        byte[] bytes = new byte[values.Length * sizeof(ushort)];
        for (int i = 0; i < values.Length; i++) BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)values[i]);
        return new WeightTensor("weight", ElementType.Float16, dimensions, bytes);
    }

    private Tensor Activations(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return ops.Upload(FormulaWeights.Uniform("activations", checked((int)shape.Count), 1), shape);
    }
}
