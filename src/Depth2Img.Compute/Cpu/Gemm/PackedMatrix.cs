using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Right operands in the order in which a micro-kernel reads them: panels of its width, [panel][depth][column], the last one
/// filled up with zeros. 16-bit checkpoints stay 16 bits wide in memory; a panel's block is widened into scratch
/// just before use, which many rows then share.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly AlignedBuffer _data;
    private readonly ElementType _type;

    private PackedMatrix(int depth, int columns, int panelWidth, ElementType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Depth = depth;
        Columns = columns;
        PanelWidth = panelWidth;
        Panels = (columns + panelWidth - 1) / panelWidth;
        _type = type;
        _data = new AlignedBuffer((long)Panels * depth * panelWidth * type.SizeInBytes());
    }

    /// <summary>How many products a sum has.</summary>
    public int Depth { get; }

    /// <summary>How many columns count.</summary>
    public int Columns { get; }

    /// <summary>Columns a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>How many panels there are.</summary>
    public int Panels { get; }

    /// <summary>Whether panels are widened into scratch before use.</summary>
    public bool IsNarrow => _type != ElementType.Float32;

    /// <summary>Packs a checkpoint's tensor, on all threads.</summary>
    /// <param name="source">As many elements as the layout describes.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="panelWidth">The micro-kernel's columns.</param>
    /// <param name="pool">The threads.</param>
    public static PackedMatrix Pack(WeightTensor source, FilterLayout layout, int panelWidth, WorkerPool pool)
    {
        bool narrow = source.Type is ElementType.Float16 or ElementType.BFloat16;
        PackedMatrix packed = new(layout.Depth, layout.Columns, panelWidth, narrow ? source.Type : ElementType.Float32);
        if (narrow)
        {
            fixed (byte* data = source.Data.Span) packed.Fill((ushort*)data, layout, pool);
        }
        else if (source.Type == ElementType.Float32)
        {
            fixed (byte* data = source.Data.Span) packed.Fill((float*)data, layout, pool);
        }
        else
        {
            fixed (float* data = source.ToFloats()) packed.Fill(data, layout, pool);
        }
        return packed;
    }

    /// <summary>Some products of a panel in single precision, [depth][column].</summary>
    /// <param name="panel">Which panel.</param>
    /// <param name="first">The first product.</param>
    /// <param name="depth">How many.</param>
    /// <param name="scratch">Room for them, 64-byte aligned; used if the matrix is narrow.</param>
    /// <returns>Where they are: in the matrix itself, or in the scratch.</returns>
    public float* Panel(int panel, int first, int depth, float* scratch)
    {
        long offset = ((long)panel * Depth + first) * PanelWidth;
        if (!IsNarrow) return (float*)_data.Data + offset;
        ushort* narrow = (ushort*)_data.Data + offset;
        if (_type == ElementType.Float16) Widening.Float16(narrow, scratch, depth * PanelWidth);
        else Widening.BFloat16(narrow, scratch, depth * PanelWidth);
        return scratch;
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();

    private void Fill<T>(T* source, FilterLayout layout, WorkerPool pool) where T : unmanaged
    {
        T* target = (T*)_data.Data;
        pool.Run(Panels, panel => FillPanel(source, layout, target + (long)panel * Depth * PanelWidth, panel * PanelWidth));
    }

    private void FillPanel<T>(T* source, FilterLayout layout, T* target, int firstColumn) where T : unmanaged
    {
        // A few channels at a time, so that the lines written stay in cache until all their columns are there.
        const int channelsAtATime = 16;
        int width = PanelWidth;
        int columns = Math.Min(width, Columns - firstColumn);
        if (columns < width) new Span<T>(target, Depth * width).Clear();
        for (int input = 0; input < layout.Inputs; input += channelsAtATime)
        {
            int last = Math.Min(input + channelsAtATime, layout.Inputs);
            for (int column = 0; column < columns; column++)
            {
                T* filter = source + layout.ColumnOffset(firstColumn + column);
                for (int i = input; i < last; i++)
                {
                    T* from = filter + (long)i * layout.InputStride;
                    T* to = target + (long)i * width + column;
                    for (int tap = 0; tap < layout.Taps; tap++)
                        to[(long)tap * layout.Inputs * width] = from[tap * layout.TapStride];
                }
            }
        }
    }
}
