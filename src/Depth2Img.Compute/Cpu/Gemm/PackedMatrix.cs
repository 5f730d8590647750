using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute.Cpu.Gemm;

/// <summary>
/// Right operands in the order in which a micro-kernel reads them: panels of its width, [panel][depth][column], the last one
/// filled up with zeros. 16-bit checkpoints stay 16 bits wide in memory; for a micro-kernel of single precision a panel's
/// block is widened into scratch just before use, which many rows then share. One of 16-bit products reads pairs of
/// them, [panel][pair][column][2], as they lie.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    private readonly AlignedBuffer _data;
    private readonly ElementType _type;

    private PackedMatrix(int depth, int columns, MicroKernel kernel, ElementType type)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Depth = depth;
        Columns = columns;
        PanelWidth = kernel.Columns;
        Panels = (columns + PanelWidth - 1) / PanelWidth;
        ProductsPerStep = kernel.ProductsPerStep;
        Steps = kernel.Steps(depth);
        _type = type;
        _data = new AlignedBuffer((long)Panels * Steps * ProductsPerStep * PanelWidth * type.SizeInBytes());
    }

    /// <summary>How many products a sum has.</summary>
    public int Depth { get; }

    /// <summary>Products of a micro-kernel's step: 2 where they are of 16-bit numbers.</summary>
    public int ProductsPerStep { get; }

    /// <summary>How many steps a sum takes.</summary>
    public int Steps { get; }

    /// <summary>How many columns count.</summary>
    public int Columns { get; }

    /// <summary>Columns a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>How many panels there are.</summary>
    public int Panels { get; }

    /// <summary>Whether panels are widened into scratch before use.</summary>
    public bool IsWidened => _type != ElementType.Float32 && ProductsPerStep == 1;

    /// <summary>Packs a checkpoint's tensor, on all threads.</summary>
    /// <param name="source">As many elements as the layout describes.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="kernel">The micro-kernel that will read it.</param>
    /// <param name="pool">The threads.</param>
    public static PackedMatrix Pack(WeightTensor source, FilterLayout layout, MicroKernel kernel, WorkerPool pool)
    {
        if (kernel.ProductsPerStep == 2) return PackPairs(source, layout, kernel, pool);
        bool narrow = source.Type is ElementType.Float16 or ElementType.BFloat16;
        PackedMatrix packed = new(layout.Depth, layout.Columns, kernel, narrow ? source.Type : ElementType.Float32);
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

    /// <summary>Some steps' operands of a panel, [step][column].</summary>
    /// <param name="panel">Which panel.</param>
    /// <param name="first">The first step.</param>
    /// <param name="steps">How many.</param>
    /// <param name="scratch">Room for them, 64-byte aligned; used if the matrix is widened.</param>
    /// <returns>Where they are: in the matrix itself, or in the scratch.</returns>
    public float* Panel(int panel, int first, int steps, float* scratch)
    {
        long offset = ((long)panel * Steps + first) * PanelWidth;
        if (!IsWidened) return (float*)_data.Data + offset;
        ushort* narrow = (ushort*)_data.Data + offset;
        if (_type == ElementType.Float16) Widening.Float16(narrow, scratch, steps * PanelWidth);
        else Widening.BFloat16(narrow, scratch, steps * PanelWidth);
        return scratch;
    }

    /// <summary>Where some steps' operands of a panel are kept, to be fetched ahead.</summary>
    /// <param name="panel">Which panel.</param>
    /// <param name="first">The first step.</param>
    /// <param name="steps">How many.</param>
    public (nint Start, int Bytes) Kept(int panel, int first, int steps)
    {
        int stepBytes = PanelWidth * ProductsPerStep * _type.SizeInBytes();
        return ((nint)_data.Data + (nint)(((long)panel * Steps + first) * stepBytes), steps * stepBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();

    /// <summary>Rounds to bfloat16 and pairs each column's products.</summary>
    private static PackedMatrix PackPairs(WeightTensor source, FilterLayout layout, MicroKernel kernel, WorkerPool pool)
    {
        PackedMatrix packed = new(layout.Depth, layout.Columns, kernel, ElementType.BFloat16);
        ushort* target = (ushort*)packed._data.Data;
        long panelSize = (long)packed.Steps * 2 * packed.PanelWidth;
        pool.Run(packed.Panels, panel => packed.FillPairs(source, layout, target + panel * panelSize, panel * packed.PanelWidth));
        return packed;
    }

    private void FillPairs(WeightTensor source, FilterLayout layout, ushort* target, int firstColumn)
    {
        // A column's elements lie side by side in a matrix and in a convolution's filters.
        int span = (layout.Inputs - 1) * layout.InputStride + (layout.Taps - 1) * layout.TapStride + 1;
        float[] filter = System.Buffers.ArrayPool<float>.Shared.Rent(span);
        int columns = Math.Min(PanelWidth, Columns - firstColumn);
        new Span<ushort>(target, Steps * 2 * PanelWidth).Clear();
        for (int column = 0; column < columns; column++)
        {
            source.CopyTo(checked((int)layout.ColumnOffset(firstColumn + column)), filter.AsSpan(0, span));
            int product = 0;
            for (int tap = 0; tap < layout.Taps; tap++)
            {
                for (int input = 0; input < layout.Inputs; input++, product++)
                    target[((long)(product >> 1) * PanelWidth + column) * 2 + (product & 1)] = BFloat16Rounding.Round(filter[input * layout.InputStride + tap * layout.TapStride]);
            }
        }
        System.Buffers.ArrayPool<float>.Shared.Return(filter);
    }

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
