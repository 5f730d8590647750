using System.Runtime.Intrinsics.X86;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// 3x3 convolutions of step 1 with a quarter of the products: tiles of 4x4 outputs, whose 6x6 inputs and filters are
/// mapped so that the convolution becomes 36 independent matrix products. A chunk of tiles is mapped at a time; then every group of panels of
/// outputs maps its filters piece by piece, multiplies, and maps back while all of it is in cache. Nothing but the result
/// and one chunk of mapped inputs is ever in memory. All in single precision: the maps would magnify the rounding of shorter types.
/// </summary>
internal sealed unsafe class WinogradConvolution(CpuTier tier, MicroKernel kernel, WorkerPool pool, ScratchPool scratch, Workspace workspace)
    : ConvolutionKernel
{
    private const int Planes = WinogradTransform.Planes;
    private const int Taps = 9;
    private const int TilesPerTask = 4;

    /// <inheritdoc/>
    public override bool AppliesNorm => true;

    /// <inheritdoc/>
    public override bool Suits(in ConvolutionCall call)
    {
        if (call.Weight is not CpuConvWeight { KernelHeight: 3, KernelWidth: 3 } weight || call.Window.Stride != 1) return false;
        if (weight.InChannels % WinogradKernels.ChannelMultiple != 0) return false;
        // Time for one filter in multiply-adds of a vector lane. Maps of inputs are shared by all filters of a channel (those
        // that only fill up a panel take their time in either way), those of outputs by all channels, those of filters by
        // the tiles of a chunk.
        const double filterMap = 120, inputMap = 400, outputMap = 300;
        double pixels = (double)call.OutputShape[0] * call.OutputShape[1] * call.OutputShape[2];
        double tiles = new WinogradGeometry(call.OutputShape, weight.InChannels, weight.Matrix.Panels, kernel).Tiles;
        double maps = tiles * (inputMap / (weight.Matrix.Panels * kernel.Columns) + outputMap / weight.InChannels) + filterMap * Math.Max(1, tiles / kernel.Blocks.WinogradTiles);
        return kernel.Blocks.WinogradCost * tiles * Planes + maps < pixels * Taps;
    }

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        CpuConvWeight weight = (CpuConvWeight)call.Weight;
        WinogradGeometry geometry = new(call.OutputShape, weight.InChannels, weight.Matrix.Panels, kernel);
        if (geometry.Tiles == 0) return;
        ConvolutionCall operands = call;
        using WorkspaceBlock? kept = geometry.KeepsFilters ? workspace.Rent(geometry.FilterFloats) : null;
        float* keptFilters = kept is null ? null : kept.Data;
        if (kept is not null) pool.Run(weight.Matrix.Panels, new MapFiltersTask(this, weight, geometry, keptFilters, cancellationToken));
        using WorkspaceBlock mapped = workspace.Rent(geometry.InputFloats + weight.InChannels);
        float* inputs = mapped.Data, zeros = inputs + geometry.InputFloats;
        new Span<float>(zeros, weight.InChannels).Clear();

        // Rows are normalised into a ring, each once, before the first tiles that see them are mapped.
        int normed = 0, height = call.InputShape[1];
        long rowFloats = (long)call.InputShape[2] * weight.InChannels;
        int capacity = call.Norm.IsNone ? 0 : RingRows(geometry, height, call.Window.Top);
        using WorkspaceBlock? ring = call.Norm.IsNone ? null : workspace.Rent(capacity * rowFloats);
        InputRows rows = ring is null ? new(call.Input, int.MaxValue, rowFloats) : new(ring.Data, capacity, rowFloats);
        using WorkspaceBlock? partials = call.Moments == null ? null : workspace.Rent(TileMoments.Floats(geometry, call.OutputShape, kernel.Rows));
        TileMoments moments = new(partials is null ? null : partials.Data, geometry, call.OutputShape, kernel.Rows);

        int groups = (weight.Matrix.Panels + geometry.PanelsAtATime - 1) / geometry.PanelsAtATime;
        for (int firstTile = 0; firstTile < geometry.Tiles; firstTile += geometry.TilesAtATime)
        {
            int first = firstTile, count = Math.Min(geometry.TilesAtATime, geometry.Tiles - first);
            if (ring is not null)
            {
                (int from, int end) = geometry.InputRowsOf(first, count, height, call.Window.Top);
                from = Math.Max(from, normed);
                pool.Run(end - from, new NormTask(tier, operands, from, rows, rowFloats));
                normed = Math.Max(end, normed);
            }
            pool.Run((count + TilesPerTask - 1) / TilesPerTask, new MapInputsTask(this, operands, rows, geometry, first, count, inputs, zeros, cancellationToken));

            // Where there are fewer groups of panels than would keep all threads busy, tiles are shared out too.
            int strips = (count + kernel.Rows - 1) / kernel.Rows;
            int parts = Math.Clamp((2 * pool.Threads + groups - 1) / groups, 1, strips);
            int rowsPerPart = (strips + parts - 1) / parts * kernel.Rows;
            parts = (count + rowsPerPart - 1) / rowsPerPart;
            pool.Run(groups * parts, new PanelTask(this, operands, weight, geometry, first, count, parts, rowsPerPart, inputs, keptFilters, moments, cancellationToken));
        }
        if (!moments.IsOff) moments.Join(pool, call.Moments);
    }

    /// <summary>The most rows that the tiles of a chunk see.</summary>
    private static int RingRows(in WinogradGeometry geometry, int height, int border)
    {
        int most = 1;
        for (int first = 0; first < geometry.Tiles; first += geometry.TilesAtATime)
        {
            (int from, int end) = geometry.InputRowsOf(first, Math.Min(geometry.TilesAtATime, geometry.Tiles - first), height, border);
            most = Math.Max(most, end - from);
        }
        return most;
    }

    /// <summary>Maps one tile's inputs; pixels beyond the picture are zeros.</summary>
    private void MapInput(in ConvolutionCall call, InputRows rows, in WinogradGeometry geometry, int firstTile, int tile, float* inputs, float* zeros)
    {
        (int n, int top, int left) = geometry.CornerOf(firstTile + tile);
        int height = call.InputShape[1], width = call.InputShape[2], channels = call.InputShape[3];
        float** pixels = stackalloc float*[Planes];
        for (int channel = 0; channel < channels; channel += MicroKernel.MaxDepth)
        {
            for (int i = 0; i < Planes; i++)
            {
                int y = top - call.Window.Top + i / WinogradTransform.Side, x = left - call.Window.Left + i % WinogradTransform.Side;
                bool inside = (uint)y < (uint)height && (uint)x < (uint)width;
                pixels[i] = inside ? rows.Row(n * height + y) + (long)x * channels + channel : zeros;
            }
            int depth = Math.Min(MicroKernel.MaxDepth, channels - channel);
            WinogradKernels.Input(tier, pixels, depth, inputs + geometry.InputOffset(tile, channel), geometry.InputPlane);
        }
    }

    /// <summary>Computes a group of panels of output channels for some tiles of the chunk: a plane's inputs, fetched for the first, are near for the others.</summary>
    private void RunPanels(in ConvolutionCall call, CpuConvWeight weight, in WinogradGeometry geometry, int firstPanel, int panels, int firstTile, int start, int count,
        float* inputs, float* keptFilters, TileMoments moments)
    {
        int width = kernel.Columns;
        int wide = keptFilters == null && weight.Matrix.IsWidened ? Taps * geometry.ChannelsAtATime * width : 0;
        int mapped = keptFilters == null ? Planes * geometry.FilterPlane : 0, panelProducts = Planes * geometry.ProductPlane;
        int tileOutputs = WinogradTransform.Outputs * WinogradTransform.Outputs * width;
        using ScratchPool.Lease lease = scratch.Rent(panels * (mapped + panelProducts) + wide + tileOutputs);
        float* ownFilters = lease.Data;
        float* products = ownFilters + panels * mapped;
        float* widened = products + panels * panelProducts;
        float* outputs = widened + wide;
        float** filters = stackalloc float*[panels];
        for (int channel = 0; channel < weight.InChannels; channel += geometry.ChannelsAtATime)
        {
            int depth = Math.Min(geometry.ChannelsAtATime, weight.InChannels - channel);
            for (int p = 0; p < panels; p++)
            {
                filters[p] = keptFilters != null ? keptFilters + geometry.FilterOffset(firstPanel + p, channel) : ownFilters + p * mapped;
                if (keptFilters == null) MapFilters(weight, geometry, firstPanel + p, channel, depth, widened, filters[p]);
            }
            int next = channel + depth, nextDepth = keptFilters == null ? Math.Min(geometry.ChannelsAtATime, weight.InChannels - next) : 0;
            for (int plane = 0; plane < Planes; plane++)
            {
                for (int p = 0; p < panels; p++)
                {
                    if (nextDepth > 0) PrefetchWeights(weight.Matrix, firstPanel + p, weight.InChannels, next, nextDepth, plane);
                    MultiplyPlane(geometry, plane, start, count, channel, depth, inputs, filters[p] + plane * geometry.FilterPlane, products + p * panelProducts);
                }
            }
        }
        for (int p = 0; p < panels; p++, products += panelProducts)
        {
            int slot = -1, pixels = 0;
            for (int tile = 0; tile < count; tile++)
            {
                WinogradKernels.Output(tier, products + tile * width, geometry.ProductPlane, width, outputs);
                StoreTile(call, weight, geometry, firstPanel + p, firstTile + start + tile, outputs, moments, ref slot, ref pixels);
            }
        }
    }

    /// <summary>Multiplies some channels of one plane into its products.</summary>
    private void MultiplyPlane(in WinogradGeometry geometry, int plane, int start, int count, int channel, int depth, float* inputs, float* filters, float* products)
    {
        float* rows = inputs + geometry.InputOffset(start, channel) + (long)plane * geometry.InputPlane;
        float* nextPlane = rows + geometry.InputPlane;
        float* tiles = products + (long)plane * geometry.ProductPlane;
        // Filters that have just been mapped are near already.
        int strips = (count + kernel.Rows - 1) / kernel.Rows, filterSlice = geometry.KeepsFilters ? depth * kernel.Columns / strips : 0;
        float* nextFilters = filters + geometry.FilterPlane;
        for (int r = 0; r < count; r += kernel.Rows, rows += kernel.Rows * MicroKernel.RowStride, nextFilters += filterSlice)
        {
            // What comes next lies elsewhere in memory, where the hardware does not look ahead.
            int left = count - r - kernel.Rows;
            if (left > 0) Prefetch(rows + kernel.Rows * MicroKernel.RowStride, Math.Min(kernel.Rows, left), depth);
            else Prefetch(nextPlane, Math.Min(kernel.Rows, count), depth);
            Prefetch(nextFilters, 1, filterSlice);
            kernel.Multiply(Math.Min(kernel.Rows, count - r), rows, filters, tiles + (long)r * kernel.Columns, depth, accumulate: channel > 0);
        }
    }

    /// <summary>Asks for rows of left operands, so that they come while others are multiplied. It is no harm if there are none.</summary>
    private static void Prefetch(float* rows, int count, int depth)
    {
        const int line = 16;
        if (!Sse.IsSupported) return;
        for (int r = 0; r < count; r++, rows += MicroKernel.RowStride)
        {
            for (int i = 0; i < depth; i += line) Sse.Prefetch1(rows + i);
        }
    }

    /// <summary>Asks for a part of the weights that are mapped next, a part with each plane.</summary>
    private static void PrefetchWeights(PackedMatrix matrix, int panel, int inChannels, int channel, int depth, int plane)
    {
        const int line = 64, planesPerTap = Planes / Taps;
        if (!Sse.IsSupported) return;
        (nint start, int bytes) = matrix.Kept(panel, plane / planesPerTap * inChannels + channel, depth);
        int part = plane % planesPerTap;
        for (int i = bytes * part / planesPerTap; i < bytes * (part + 1) / planesPerTap; i += line) Sse.Prefetch1((byte*)start + i);
    }

    /// <summary>Maps a panel's filters of all channels.</summary>
    private void MapPanel(CpuConvWeight weight, in WinogradGeometry geometry, int panel, float* filters)
    {
        int wide = weight.Matrix.IsWidened ? Taps * geometry.ChannelsAtATime * kernel.Columns : 0;
        using ScratchPool.Lease lease = scratch.Rent(wide);
        for (int channel = 0; channel < weight.InChannels; channel += geometry.ChannelsAtATime)
        {
            int depth = Math.Min(geometry.ChannelsAtATime, weight.InChannels - channel);
            MapFilters(weight, geometry, panel, channel, depth, lease.Data, filters + geometry.FilterOffset(panel, channel));
        }
    }

    private void MapFilters(CpuConvWeight weight, in WinogradGeometry geometry, int panel, int channel, int depth, float* widened, float* filters)
    {
        float** taps = stackalloc float*[Taps];
        for (int tap = 0; tap < Taps; tap++)
            taps[tap] = weight.Matrix.Panel(panel, tap * weight.InChannels + channel, depth, widened + tap * geometry.ChannelsAtATime * kernel.Columns);
        WinogradKernels.Filter(tier, taps, depth * kernel.Columns, filters, geometry.FilterPlane);
    }

    /// <summary>Adds the bias to a tile's outputs, [16][columns], activates them, and stores those within the picture.</summary>
    /// <param name="call">The convolution.</param>
    /// <param name="weight">Its filters.</param>
    /// <param name="geometry">Its tiles.</param>
    /// <param name="panel">Which channels.</param>
    /// <param name="tile">Which tile.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="moments">Take them in.</param>
    /// <param name="slot">The sums that the tile before entered.</param>
    /// <param name="pixels">How many pixels are in them.</param>
    private void StoreTile(in ConvolutionCall call, CpuConvWeight weight, in WinogradGeometry geometry, int panel, int tile, float* outputs,
        in TileMoments moments, ref int slot, ref int pixels)
    {
        const int side = WinogradTransform.Outputs;
        (int n, int top, int left) = geometry.CornerOf(tile);
        (int height, int width) = geometry.SizeOf(tile, call.OutputShape);
        int channels = call.OutputShape[3];
        int firstColumn = panel * kernel.Columns, columns = Math.Min(kernel.Columns, channels - firstColumn);
        if (weight.Bias.Data != null) PanelRows.Add(outputs, weight.Bias.Data + firstColumn, side * side, kernel.Columns);
        UnaryKernel.ActivateRow(tier, outputs, side * side * kernel.Columns, call.Activation);
        float* shift = call.Shift == null ? null : call.Shift + (long)n * channels + firstColumn;
        long corner = (((long)n * call.OutputShape[1] + top) * call.OutputShape[2] + left) * channels + firstColumn;
        for (int y = 0; y < height; y++)
        {
            long offset = corner + (long)y * call.OutputShape[2] * channels;
            for (int x = 0; x < width; x++, offset += channels)
            {
                float* added = call.Residual == null ? null : call.Residual + offset;
                PanelRows.Store(outputs + (y * side + x) * kernel.Columns, shift, added, call.Output + offset, columns);
            }
        }
        if (moments.IsOff) return;
        int next = moments.SlotOf(tile);
        if (next != slot) (slot, pixels) = (next, 0);
        moments.Add(tier, slot, pixels, call.Output + corner, height, width, firstColumn, columns);
        pixels += height * width;
    }

    private readonly struct NormTask(CpuTier tier, ConvolutionCall call, int firstRow, InputRows rows, long rowFloats) : IParallelTask
    {
        public void Run(int index)
        {
            int row = firstRow + index;
            call.Norm.Apply(tier, row / call.InputShape[1], call.Input + row * rowFloats, rows.Row(row), call.InputShape[2], call.InputShape[3]);
        }
    }

    private readonly struct MapInputsTask(WinogradConvolution convolution, ConvolutionCall call, InputRows rows, WinogradGeometry geometry, int firstTile, int count,
        float* inputs, float* zeros, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min((index + 1) * TilesPerTask, count);
            for (int tile = index * TilesPerTask; tile < end; tile++) convolution.MapInput(call, rows, geometry, firstTile, tile, inputs, zeros);
        }
    }

    private readonly struct MapFiltersTask(WinogradConvolution convolution, CpuConvWeight weight, WinogradGeometry geometry, float* filters,
        CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            convolution.MapPanel(weight, geometry, index, filters);
        }
    }

    private readonly struct PanelTask(WinogradConvolution convolution, ConvolutionCall call, CpuConvWeight weight, WinogradGeometry geometry, int firstTile,
        int count, int parts, int rowsPerPart, float* inputs, float* keptFilters, TileMoments moments, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = index % parts * rowsPerPart, firstPanel = index / parts * geometry.PanelsAtATime;
            int panels = Math.Min(geometry.PanelsAtATime, weight.Matrix.Panels - firstPanel);
            convolution.RunPanels(call, weight, geometry, firstPanel, panels, firstTile, start, Math.Min(rowsPerPart, count - start), inputs, keptFilters, moments);
        }
    }
}
