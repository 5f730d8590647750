using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// 3x3 convolutions of step 1 with a quarter of the products: tiles of 4x4 outputs, whose 6x6 inputs and filters are
/// mapped so that the convolution becomes 36 independent matrix products. A chunk of tiles is mapped at a time; then every panel of
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
    public override bool Suits(in ConvolutionCall call)
    {
        if (call.Weight is not CpuConvWeight { KernelHeight: 3, KernelWidth: 3 } weight || call.Window.Stride != 1) return false;
        if (weight.InChannels % WinogradKernels.ChannelMultiple != 0) return false;
        // Time for one filter in multiply-adds of a vector lane. Maps of inputs are shared by all filters of a channel (those
        // that only fill up a panel take their time in either way), those of outputs by all channels, those of filters by
        // the tiles of a chunk.
        const double filterMap = 120, inputMap = 400, outputMap = 300;
        double pixels = (double)call.OutputShape[0] * call.OutputShape[1] * call.OutputShape[2];
        double tiles = new WinogradGeometry(call.OutputShape, weight.InChannels, kernel).Tiles;
        double maps = tiles * (inputMap / (weight.Matrix.Panels * kernel.Columns) + outputMap / weight.InChannels) + filterMap * Math.Max(1, tiles / kernel.Blocks.WinogradTiles);
        return kernel.Blocks.WinogradCost * tiles * Planes + maps < pixels * Taps;
    }

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        CpuConvWeight weight = (CpuConvWeight)call.Weight;
        WinogradGeometry geometry = new(call.OutputShape, weight.InChannels, kernel);
        if (geometry.Tiles == 0) return;
        ConvolutionCall operands = call;
        using WorkspaceBlock mapped = workspace.Rent(geometry.InputFloats + weight.InChannels);
        float* inputs = mapped.Data, zeros = inputs + geometry.InputFloats;
        new Span<float>(zeros, weight.InChannels).Clear();

        int panels = weight.Matrix.Panels;
        for (int firstTile = 0; firstTile < geometry.Tiles; firstTile += geometry.TilesAtATime)
        {
            int first = firstTile, count = Math.Min(geometry.TilesAtATime, geometry.Tiles - first);
            pool.Run((count + TilesPerTask - 1) / TilesPerTask, new MapInputsTask(this, operands, geometry, first, count, inputs, zeros, cancellationToken));

            // Where there are fewer panels than would keep all threads busy, tiles are shared out too.
            int strips = (count + kernel.Rows - 1) / kernel.Rows;
            int parts = Math.Clamp((2 * pool.Threads + panels - 1) / panels, 1, strips);
            int rowsPerPart = (strips + parts - 1) / parts * kernel.Rows;
            parts = (count + rowsPerPart - 1) / rowsPerPart;
            pool.Run(panels * parts, new PanelTask(this, operands, weight, geometry, first, count, parts, rowsPerPart, inputs, cancellationToken));
        }
    }

    /// <summary>Maps one tile's inputs; pixels beyond the picture are zeros.</summary>
    private void MapInput(ConvolutionCall call, WinogradGeometry geometry, int firstTile, int tile, float* inputs, float* zeros)
    {
        (int n, int top, int left) = Corner(geometry, firstTile + tile);
        int height = call.InputShape[1], width = call.InputShape[2], channels = call.InputShape[3];
        float** pixels = stackalloc float*[Planes];
        for (int channel = 0; channel < channels; channel += MicroKernel.MaxDepth)
        {
            for (int i = 0; i < Planes; i++)
            {
                int y = top - call.Window.Top + i / WinogradTransform.Side, x = left - call.Window.Left + i % WinogradTransform.Side;
                bool inside = (uint)y < (uint)height && (uint)x < (uint)width;
                pixels[i] = inside ? call.Input + (((long)n * height + y) * width + x) * channels + channel : zeros;
            }
            int depth = Math.Min(MicroKernel.MaxDepth, channels - channel);
            WinogradKernels.Input(tier, pixels, depth, inputs + geometry.InputOffset(tile, channel), geometry.InputPlane);
        }
    }

    /// <summary>Computes one panel of output channels for some tiles of the chunk.</summary>
    private void RunPanel(ConvolutionCall call, CpuConvWeight weight, WinogradGeometry geometry, int panel, int firstTile, int start, int count, float* inputs)
    {
        int width = kernel.Columns;
        int wide = weight.Matrix.IsWidened ? Taps * WinogradGeometry.ChannelsAtATime * width : 0;
        int tileOutputs = WinogradTransform.Outputs * WinogradTransform.Outputs * width;
        using ScratchPool.Lease lease = scratch.Rent(Planes * (geometry.FilterPlane + geometry.ProductPlane) + wide + tileOutputs);
        float* filters = lease.Data;
        float* products = filters + Planes * geometry.FilterPlane;
        float* widened = products + Planes * geometry.ProductPlane;
        float* outputs = widened + wide;
        for (int channel = 0; channel < weight.InChannels; channel += WinogradGeometry.ChannelsAtATime)
        {
            int depth = Math.Min(WinogradGeometry.ChannelsAtATime, weight.InChannels - channel);
            MapFilters(weight, geometry, panel, channel, depth, widened, filters);
            for (int plane = 0; plane < Planes; plane++)
            {
                float* left = inputs + geometry.InputOffset(start, channel) + (long)plane * geometry.InputPlane;
                for (int r = 0; r < count; r += kernel.Rows)
                {
                    kernel.Multiply(Math.Min(kernel.Rows, count - r), left + (long)r * MicroKernel.RowStride, filters + plane * geometry.FilterPlane,
                        products + plane * geometry.ProductPlane + r * width, depth, accumulate: channel > 0);
                }
            }
        }
        for (int tile = 0; tile < count; tile++)
        {
            WinogradKernels.Output(tier, products + tile * width, geometry.ProductPlane, width, outputs);
            StoreTile(call, weight, geometry, panel, firstTile + start + tile, outputs);
        }
    }

    private void MapFilters(CpuConvWeight weight, WinogradGeometry geometry, int panel, int channel, int depth, float* widened, float* filters)
    {
        float** taps = stackalloc float*[Taps];
        for (int tap = 0; tap < Taps; tap++)
            taps[tap] = weight.Matrix.Panel(panel, tap * weight.InChannels + channel, depth, widened + tap * WinogradGeometry.ChannelsAtATime * kernel.Columns);
        WinogradKernels.Filter(tier, taps, depth * kernel.Columns, filters, geometry.FilterPlane);
    }

    /// <summary>Adds the bias to a tile's outputs, [16][columns], activates them, and stores those within the picture.</summary>
    private void StoreTile(ConvolutionCall call, CpuConvWeight weight, WinogradGeometry geometry, int panel, int tile, float* outputs)
    {
        const int side = WinogradTransform.Outputs;
        (int n, int top, int left) = Corner(geometry, tile);
        int height = call.OutputShape[1], width = call.OutputShape[2], channels = call.OutputShape[3];
        int firstColumn = panel * kernel.Columns, columns = Math.Min(kernel.Columns, channels - firstColumn);
        if (weight.Bias.Data != null) PanelRows.Add(outputs, weight.Bias.Data + firstColumn, side * side, kernel.Columns);
        UnaryKernel.ActivateRow(tier, outputs, side * side * kernel.Columns, call.Activation);
        for (int y = 0; y < Math.Min(side, height - top); y++)
        {
            for (int x = 0; x < Math.Min(side, width - left); x++)
            {
                long offset = (((long)n * height + top + y) * width + left + x) * channels + firstColumn;
                float* added = call.Residual == null ? null : call.Residual + offset;
                PanelRows.Store(outputs + (y * side + x) * kernel.Columns, null, added, call.Output + offset, columns);
            }
        }
    }

    /// <summary>The picture of a tile, and the row and column of its first output.</summary>
    private static (int Picture, int Top, int Left) Corner(WinogradGeometry geometry, int tile)
    {
        int row = tile / geometry.TileColumns;
        return (row / geometry.TileRows, row % geometry.TileRows * WinogradTransform.Outputs, tile % geometry.TileColumns * WinogradTransform.Outputs);
    }

    private readonly struct MapInputsTask(WinogradConvolution convolution, ConvolutionCall call, WinogradGeometry geometry, int firstTile, int count,
        float* inputs, float* zeros, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min((index + 1) * TilesPerTask, count);
            for (int tile = index * TilesPerTask; tile < end; tile++) convolution.MapInput(call, geometry, firstTile, tile, inputs, zeros);
        }
    }

    private readonly struct PanelTask(WinogradConvolution convolution, ConvolutionCall call, CpuConvWeight weight, WinogradGeometry geometry, int firstTile,
        int count, int parts, int rowsPerPart, float* inputs, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = index % parts * rowsPerPart;
            convolution.RunPanel(call, weight, geometry, index / parts, firstTile, start, Math.Min(rowsPerPart, count - start), inputs);
        }
    }
}
