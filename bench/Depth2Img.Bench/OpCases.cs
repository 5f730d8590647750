using Depth2Img.Compute;

namespace Depth2Img.Bench;

/// <summary>
/// The shapes where a Stable Diffusion 2 checkpoint's arithmetic is: its UNet at 64 x 64 latents with guidance (batch 2), its VAE
/// at 512 x 512 pixels, its text encoder.
/// </summary>
internal sealed class OpCases(IBackend backend, IOps ops)
{
    private readonly OperandSource _operands = new();

    /// <summary>Every case, made when it is reached. Operands live as long as the session.</summary>
    public IEnumerable<OpCase> All() => Linears().Concat(Geglus()).Concat(Convolutions()).Concat(Attentions());

    /// <summary>Attention's projections, feed-forward outputs, the text encoder, the time embedding.</summary>
    public IEnumerable<OpCase> Linears()
    {
        foreach ((int rows, int inputs, int outputs) in new[]
        {
            (2048, 2048, 2048), (8192, 320, 320), (8192, 1280, 320), (2048, 640, 640), (2048, 2560, 640), (512, 1280, 1280), (512, 5120, 1280), (154, 1024, 1280),
            (77, 1024, 4096), (2, 1280, 1280),
        })
        {
            LinearWeight weight = backend.CreateLinear(_operands.Weight(outputs, inputs), _operands.Weight(outputs));
            Tensor x = _operands.Tensor(ops, rows, inputs);
            yield return new OpCase($"linear {rows} x {inputs} x {outputs}", (double)rows * inputs * outputs, () => ops.Linear(x, weight).Dispose());
        }
    }

    /// <summary>Feed-forward inputs.</summary>
    public IEnumerable<OpCase> Geglus()
    {
        foreach ((int rows, int inputs, int outputs) in new[] { (8192, 320, 1280), (2048, 640, 2560), (512, 1280, 5120) })
        {
            LinearWeight weight = backend.CreateLinear(_operands.Weight(2 * outputs, inputs), _operands.Weight(2 * outputs));
            Tensor x = _operands.Tensor(ops, rows, inputs);
            yield return new OpCase($"geglu {rows} x {inputs} x {outputs}", 2.0 * rows * inputs * outputs, () => ops.LinearGeglu(x, weight).Dispose());
        }
    }

    /// <summary>Convolutions of the UNet, then of the VAE, then of the depth network's stem.</summary>
    public IEnumerable<OpCase> Convolutions()
    {
        foreach ((int batch, int side, int inputs, int outputs, int kernel, int stride) in new[]
        {
            (2, 64, 320, 320, 3, 1), (2, 64, 960, 320, 3, 1), (2, 32, 640, 640, 3, 1), (2, 16, 1280, 1280, 3, 1), (2, 8, 1280, 1280, 3, 1),
            (2, 64, 5, 320, 3, 1), (2, 64, 320, 4, 3, 1), (2, 64, 320, 320, 3, 2),
            (1, 128, 512, 512, 3, 1), (1, 256, 256, 256, 3, 1), (1, 512, 128, 128, 3, 1), (1, 512, 3, 128, 3, 1), (1, 512, 128, 3, 3, 1),
            (1, 384, 3, 64, 7, 2),
        })
        {
            ConvWeight weight = backend.CreateConv2d(_operands.Weight(outputs, inputs, kernel, kernel), _operands.Weight(outputs));
            Tensor x = _operands.Tensor(ops, batch, side, side, inputs);
            Window window = Window.Of(stride, kernel / 2);
            int sideOut = window.OutputHeight(side, kernel);
            yield return new OpCase(
                $"conv {batch} x {side}² {inputs} -> {outputs}, {kernel} x {kernel}, step {stride}",
                (double)batch * sideOut * sideOut * inputs * outputs * kernel * kernel,
                () => ops.Conv2d(x, weight, window).Dispose(),
                IsConvolution: true);
        }
    }

    /// <summary>Self and cross attention of the UNet, the VAE's one head, the text encoder's.</summary>
    public IEnumerable<OpCase> Attentions()
    {
        foreach ((int batch, int queries, int keys, int heads, int size) in new[]
        {
            (2, 4096, 4096, 5, 64), (2, 1024, 1024, 10, 64), (2, 4096, 77, 5, 64), (1, 4096, 4096, 1, 512), (2, 1024, 1024, 8, 40), (2, 77, 77, 16, 64),
        })
        {
            Tensor q = _operands.Tensor(ops, batch, queries, heads * size);
            Tensor k = _operands.Tensor(ops, batch, keys, heads * size), v = _operands.Tensor(ops, batch, keys, heads * size);
            yield return new OpCase(
                $"attention {batch} x {queries} x {keys}, {heads} heads of {size}",
                2.0 * batch * queries * keys * heads * size,
                () => ops.Attention(q, k, v, heads, 0.125f).Dispose());
        }
    }
}
