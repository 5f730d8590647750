using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Elementwise;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// 3x3 convolutions in tile registers: pictures are rounded to bfloat16 within a border of zeros, a chunk at a time, and every output is
/// summed from the pixels under its window where they lie. Winograd's method, which saves products in single precision, would
/// magnify the rounding.
/// </summary>
internal sealed unsafe class AmxConvolution(CpuTier tier, MicroKernelAmx kernel, WorkerPool pool, ScratchPool scratch, Workspace workspace) : ConvolutionKernel
{
    /// <summary>Bytes of pixels that a task keeps in the second cache level while panels of filters go by.</summary>
    private const long PixelBytesPerTask = 768 << 10;

    /// <summary>Tasks for each thread, so that none waits long for the last.</summary>
    private const int TasksPerThread = 4;

    /// <summary>Bytes of bordered pictures at a time: they then stay in the last cache level until all panels have read them.</summary>
    public long ChunkBytes { get; init; } = 16 << 20;

    /// <inheritdoc/>
    public override bool Suits(in ConvolutionCall call) => call.Weight is AmxConvWeight;

    /// <inheritdoc/>
    public override void Run(in ConvolutionCall call, CancellationToken cancellationToken)
    {
        if (call.OutputShape.Count == 0) return;
        AmxConvWeight weight = (AmxConvWeight)call.Weight;
        BorderedGeometry geometry = new(call.InputShape, call.OutputShape, call.Window, ChunkBytes);
        using WorkspaceBlock block = workspace.Rent(geometry.Bytes / sizeof(float));
        for (int picture = 0; picture < call.OutputShape[0]; picture += geometry.PicturesAtATime)
        {
            for (int row = 0; row < geometry.Height; row += geometry.RowsAtATime)
            {
                Chunk chunk = new(call, weight, geometry, (byte*)block.Data)
                {
                    FirstPicture = picture,
                    Pictures = Math.Min(geometry.PicturesAtATime, call.OutputShape[0] - picture),
                    FirstRow = row,
                    Rows = Math.Min(geometry.RowsAtATime, geometry.Height - row),
                };
                pool.Run(checked((int)(chunk.Pictures * geometry.Lines(chunk.Rows))), new RoundTask(chunk, cancellationToken));
                pool.Run(Plan(chunk, out int panelGroups, out int stripsPerTask), new MultiplyTask(this, chunk, panelGroups, stripsPerTask, cancellationToken));
            }
        }
    }

    /// <summary>Shares strips of two runs out, and panels too where there are not enough strips for all threads; in the end smaller shares of strips.</summary>
    private int Plan(in Chunk chunk, out int panelGroups, out int stripsPerTask)
    {
        int strips = (chunk.Runs + 1) / 2, panels = chunk.Weight.Panels, wanted = TasksPerThread * pool.Threads;
        long stripBytes = (long)TileBlock.MaxRows * chunk.Geometry.Step * chunk.Geometry.Step * chunk.Geometry.PixelBytes;
        stripsPerTask = (int)Math.Clamp(PixelBytesPerTask / stripBytes, 1, strips);
        panelGroups = Math.Min(panels, DivideUp(wanted, DivideUp(strips, stripsPerTask)));
        stripsPerTask = Math.Min(stripsPerTask, DivideUp(strips, DivideUp(wanted, panelGroups)));
        return DivideUp(strips, stripsPerTask) * panelGroups;
    }

    private static int DivideUp(int value, int divisor) => (value + divisor - 1) / divisor;

    private void Multiply(in Chunk chunk, int firstPanel, int endPanel, int firstStrip, int endStrip)
    {
        using ScratchPool.Lease lease = scratch.Rent(TileBlock.MaxRows * TileBlock.Columns);
        using MicroKernel.Use use = kernel.Begin();
        ConvolveStrides strides = chunk.Geometry.Strides;
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            ushort* filters = chunk.Weight.Panel(panel);
            for (int strip = firstStrip; strip < endStrip; strip++)
            {
                int run = 2 * strip;
                bool isFull = run + 1 < chunk.Runs;
                kernel.Unit.Convolve(chunk.Pixels(run), isFull ? chunk.Pixels(run + 1) : null, filters, lease.Data, chunk.Geometry.Blocks, strides);
                Store(chunk, panel, run, isFull ? TileBlock.MaxRows : Tiles.Rows, lease.Data);
            }
        }
    }

    /// <summary>Adds the bias to the sums of one or two runs, activates them, and stores those within the picture.</summary>
    private void Store(in Chunk chunk, int panel, int run, int rows, float* sums)
    {
        const int width = TileBlock.Columns;
        int channels = chunk.Weight.OutChannels, first = panel * width, count = Math.Min(width, channels - first);
        float* bias = chunk.Weight.Bias.Data == null ? null : chunk.Weight.Bias.Data + first;
        if (chunk.Call.Activation.Kind != ActivationKind.None)
        {
            if (bias != null) PanelRows.Add(sums, bias, rows, width);
            UnaryKernel.ActivateRow(tier, sums, rows * width, chunk.Call.Activation);
            bias = null;
        }
        for (int r = 0; r < rows; r++)
        {
            long pixel = chunk.Output(run + r / Tiles.Rows, r % Tiles.Rows);
            if (pixel < 0) continue;
            long offset = pixel * channels + first;
            float* added = chunk.Call.Residual == null ? null : chunk.Call.Residual + offset;
            PanelRows.Store(sums + r * width, bias, added, chunk.Call.Output + offset, count);
        }
    }

    /// <summary>Whole pictures, or some rows of one, that are in memory at a time.</summary>
    private readonly struct Chunk(ConvolutionCall call, AmxConvWeight weight, BorderedGeometry geometry, byte* pixels)
    {
        public ConvolutionCall Call => call;

        public AmxConvWeight Weight => weight;

        public BorderedGeometry Geometry => geometry;

        public required int FirstPicture { get; init; }

        public required int Pictures { get; init; }

        public required int FirstRow { get; init; }

        public required int Rows { get; init; }

        public int Runs => Pictures * geometry.Runs(Rows);

        /// <summary>The pixel where a run's first window begins. Runs are counted through all pictures.</summary>
        public ushort* Pixels(int run)
        {
            (int picture, int inside) = Math.DivRem(run, geometry.Runs(Rows));
            return (ushort*)(pixels + picture * geometry.PictureBytes(Rows) + geometry.RunOffset(inside));
        }

        /// <summary>Which pixel of the result a run's output is, or -1 if it is none.</summary>
        public long Output(int run, int index)
        {
            (int picture, int inside) = Math.DivRem(run, geometry.Runs(Rows));
            (int row, int column) = geometry.Output(inside, index);
            if (row >= Rows || column >= geometry.Width) return -1;
            return ((long)(FirstPicture + picture) * geometry.Height + FirstRow + row) * geometry.Width + column;
        }

        /// <summary>Rounds one line of a picture, or makes zeros of it where it is outside.</summary>
        public void Round(int index)
        {
            (int picture, int line) = Math.DivRem(index, (int)geometry.Lines(Rows));
            byte* target = pixels + picture * geometry.PictureBytes(Rows) + line * geometry.LineBytes;
            int y = FirstRow * geometry.Step - call.Window.Top + line;
            int height = call.InputShape[1], width = call.InputShape[2], channels = call.InputShape[3];
            bool isInside = (uint)y < (uint)height;
            int start = isInside ? Math.Min(call.Window.Left, geometry.Columns) : geometry.Columns;
            int stop = isInside ? Math.Clamp(call.Window.Left + width, start, geometry.Columns) : geometry.Columns;
            new Span<byte>(target, start * geometry.PixelBytes).Clear();
            float* source = call.Input + (((long)(FirstPicture + picture) * height + y) * width + (start - call.Window.Left)) * channels;
            target += (long)start * geometry.PixelBytes;
            int filled = geometry.Blocks * Tiles.Products - channels;
            for (int column = start; column < stop; column++, source += channels, target += geometry.PixelBytes)
            {
                BFloat16Rounding.RoundRow(source, channels, (ushort*)target);
                new Span<ushort>((ushort*)target + channels, filled).Clear();
            }
            new Span<byte>(target, (geometry.Columns - stop) * geometry.PixelBytes).Clear();
        }
    }

    private readonly struct RoundTask(Chunk chunk, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunk.Round(index);
        }
    }

    private readonly struct MultiplyTask(AmxConvolution convolution, Chunk chunk, int panelGroups, int stripsPerTask, CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int panels = chunk.Weight.Panels, group = index % panelGroups, firstStrip = index / panelGroups * stripsPerTask;
            int strips = (chunk.Runs + 1) / 2;
            convolution.Multiply(
                chunk,
                (int)((long)panels * group / panelGroups),
                (int)((long)panels * (group + 1) / panelGroups),
                firstStrip,
                Math.Min(firstStrip + stripsPerTask, strips));
        }
    }
}
