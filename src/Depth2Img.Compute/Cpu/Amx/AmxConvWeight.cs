using System.Buffers;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// 3x3 filters rounded to bfloat16, in the order in which <see cref="ConvolveProgram"/> reads them: panels of 32 outputs,
/// [panel][line][block of 32 channels][tap][pair of channels][output][2], filled up with zeros; and their bias.
/// </summary>
internal sealed unsafe class AmxConvWeight : ConvWeight
{
    private const int Side = ConvolveProgram.Side;

    private readonly AlignedBuffer _filters;

    private AmxConvWeight(int inChannels, int outChannels, WeightTensor? bias) : base(inChannels, outChannels, Side, Side)
    {
        Blocks = (inChannels + Tiles.Products - 1) / Tiles.Products;
        Panels = (outChannels + TileBlock.Columns - 1) / TileBlock.Columns;
        Bias = new PaddedBias(bias, 1, Panels * TileBlock.Columns);
        _filters = new AlignedBuffer(Panels * PanelBytes);
    }

    /// <summary>Blocks of 32 input channels.</summary>
    public int Blocks { get; }

    /// <summary>Panels of 32 output channels.</summary>
    public int Panels { get; }

    /// <summary>One value an output.</summary>
    public PaddedBias Bias { get; }

    /// <summary>Bytes of a panel.</summary>
    public long PanelBytes => (long)Side * Blocks * Side * TileBlock.StepBytes;

    /// <summary>A panel's filters.</summary>
    public ushort* Panel(int panel) => (ushort*)((byte*)_filters.Data + panel * PanelBytes);

    /// <summary>Packs filters [out, in, 3, 3], on all threads.</summary>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">Their bias, or null.</param>
    /// <param name="pool">The threads.</param>
    public static AmxConvWeight Pack(WeightTensor weight, WeightTensor? bias, WorkerPool pool)
    {
        (int outputs, int inputs, _, _) = WeightShapes.Conv2d(weight, bias);
        AmxConvWeight packed = new(inputs, outputs, bias);
        pool.Run(packed.Panels, panel => packed.Fill(panel, weight));
        return packed;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _filters.Dispose();
        Bias.Dispose();
        base.Dispose(disposing);
    }

    private void Fill(int panel, WeightTensor weight)
    {
        const int stepPairs = Tiles.Rows * TileBlock.Columns;
        ushort* target = Panel(panel);
        new Span<byte>(target, checked((int)PanelBytes)).Clear();
        int span = InChannels * Side * Side, columns = Math.Min(TileBlock.Columns, OutChannels - panel * TileBlock.Columns);
        float[] filter = ArrayPool<float>.Shared.Rent(span);
        for (int column = 0; column < columns; column++)
        {
            weight.CopyTo(checked((panel * TileBlock.Columns + column) * span), filter.AsSpan(0, span));
            for (int channel = 0, i = 0; channel < InChannels; channel++)
            {
                (int block, int inside) = Math.DivRem(channel, Tiles.Products);
                ushort* first = target + ((long)block * Side * stepPairs + inside / 2 * TileBlock.Columns + column) * 2 + inside % 2;
                for (int line = 0; line < Side; line++, first += 2L * Blocks * Side * stepPairs)
                {
                    for (int tap = 0; tap < Side; tap++, i++) first[2 * tap * stepPairs] = BFloat16Rounding.Round(filter[i]);
                }
            }
        }
        ArrayPool<float>.Shared.Return(filter);
    }
}
