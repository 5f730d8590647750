using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// How a convolution is cut into tiles and its buffers are laid out. Planes are an odd number of cache lines apart, so that
/// the 36 of a tile do not meet in the same cache sets.
/// </summary>
internal readonly struct WinogradGeometry
{
    /// <summary>
    /// Mapped filters are kept for all chunks if they take no more than this, so that they stay in the last cache level
    /// beside the inputs.
    /// </summary>
    private const long MaxKeptFilterBytes = 32L << 20;

    /// <summary>Input channels that are multiplied at a time: mapped filters of all planes then stay in the second cache level.</summary>
    private const int MostChannelsAtATime = 64;

    /// <summary>As <see cref="MostChannelsAtATime"/>, where filters are kept and panels are narrow: a plane's stay in the first level, and sums are fetched less often.</summary>
    private const int MostOfNarrowPanels = 160;

    /// <summary>
    /// Columns that each mapped input is multiplied by when it has come from the last cache level or from memory: with the 16 of one narrow
    /// panel those would have to bring more than they can.
    /// </summary>
    private const int ColumnsAtATime = 32;

    /// <summary>So many floats of a plane's filters leave room in the cache for the weights that they are made of.</summary>
    private const int FreshFilterPlane = 1024;

    private const int CacheLine = 16;

    /// <summary>Lays out a convolution.</summary>
    /// <param name="output">[N,H',W',out].</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="panels">Panels of the filters.</param>
    /// <param name="kernel">The micro-kernel.</param>
    public WinogradGeometry(Shape output, int inputs, int panels, MicroKernel kernel)
    {
        TileRows = (output[1] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        TileColumns = (output[2] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        Tiles = checked(output[0] * TileRows * TileColumns);
        int chunks = (Tiles + kernel.Blocks.WinogradTiles - 1) / kernel.Blocks.WinogradTiles;
        int perChunk = chunks == 0 ? 0 : (Tiles + chunks - 1) / chunks;
        TilesAtATime = (perChunk + kernel.Rows - 1) / kernel.Rows * kernel.Rows;
        InputPlane = OddLines(TilesAtATime * MicroKernel.RowStride);
        InputBlocks = (inputs + MicroKernel.MaxDepth - 1) / MicroKernel.MaxDepth;
        long filters = (long)panels * inputs * kernel.Columns * WinogradTransform.Planes;
        KeepsFilters = chunks > 1 && filters * sizeof(float) <= MaxKeptFilterBytes;
        ChannelsAtATime = !KeepsFilters ? Math.Min(MostChannelsAtATime, FreshFilterPlane / kernel.Columns)
            : kernel.Columns < ColumnsAtATime ? MostOfNarrowPanels : MostChannelsAtATime;
        PanelsAtATime = Math.Max(1, ColumnsAtATime / kernel.Columns);
        FilterPlane = OddLines(ChannelsAtATime * kernel.Columns);
        FilterBlocks = (inputs + ChannelsAtATime - 1) / ChannelsAtATime;
        FilterFloats = (long)panels * FilterBlocks * WinogradTransform.Planes * FilterPlane;
        ProductPlane = OddLines(TilesAtATime * kernel.Columns);
    }

    /// <summary>Rows of tiles of a picture.</summary>
    public int TileRows { get; }

    /// <summary>Columns of tiles of a picture.</summary>
    public int TileColumns { get; }

    /// <summary>Tiles of all pictures.</summary>
    public int Tiles { get; }

    /// <summary>Tiles of a chunk, a multiple of the micro-kernel's rows.</summary>
    public int TilesAtATime { get; }

    /// <summary>Floats from one plane of mapped inputs to the next.</summary>
    public int InputPlane { get; }

    /// <summary>Blocks of <see cref="MicroKernel.MaxDepth"/> channels of mapped inputs.</summary>
    public int InputBlocks { get; }

    /// <summary>Input channels that are multiplied at a time, a divisor of <see cref="MicroKernel.MaxDepth"/>: their filters, mapped, stay in the second cache level.</summary>
    public int ChannelsAtATime { get; }

    /// <summary>Panels of the same task, which take turns with each plane.</summary>
    public int PanelsAtATime { get; }

    /// <summary>Whether all filters are mapped before any is used, and not anew for each chunk.</summary>
    public bool KeepsFilters { get; }

    /// <summary>Blocks of <see cref="ChannelsAtATime"/> channels of mapped filters.</summary>
    public int FilterBlocks { get; }

    /// <summary>Floats of all mapped filters.</summary>
    public long FilterFloats { get; }

    /// <summary>Floats from one plane of mapped filters to the next.</summary>
    public int FilterPlane { get; }

    /// <summary>Floats from one plane of products to the next.</summary>
    public int ProductPlane { get; }

    /// <summary>Floats of a chunk's mapped inputs.</summary>
    public long InputFloats => (long)InputBlocks * WinogradTransform.Planes * InputPlane;

    /// <summary>Where a channel of a tile of the chunk is in the first plane of mapped inputs.</summary>
    public long InputOffset(int tile, int channel) =>
        (long)(channel / MicroKernel.MaxDepth) * WinogradTransform.Planes * InputPlane + (long)tile * MicroKernel.RowStride + channel % MicroKernel.MaxDepth;

    /// <summary>Where the first plane of a panel's mapped filters of some channels is, among all that are kept.</summary>
    public long FilterOffset(int panel, int channel) =>
        ((long)panel * FilterBlocks + channel / ChannelsAtATime) * WinogradTransform.Planes * FilterPlane;

    /// <summary>The picture of a tile, and the row and column of its first output.</summary>
    public (int Picture, int Top, int Left) CornerOf(int tile)
    {
        int row = tile / TileColumns;
        return (row / TileRows, row % TileRows * WinogradTransform.Outputs, tile % TileColumns * WinogradTransform.Outputs);
    }

    /// <summary>How many rows and columns of a tile are within the picture.</summary>
    /// <param name="tile">Which tile.</param>
    /// <param name="output">[N,H',W',out].</param>
    public (int Height, int Width) SizeOf(int tile, Shape output)
    {
        (_, int top, int left) = CornerOf(tile);
        return (Math.Min(WinogradTransform.Outputs, output[1] - top), Math.Min(WinogradTransform.Outputs, output[2] - left));
    }

    /// <summary>The rows of the input that some tiles see, counted through the pictures.</summary>
    /// <param name="first">The first tile.</param>
    /// <param name="count">How many tiles.</param>
    /// <param name="height">Rows of an input picture.</param>
    /// <param name="border">Rows of zeros above it.</param>
    public (int First, int End) InputRowsOf(int first, int count, int height, int border)
    {
        (int picture, int top, _) = CornerOf(first);
        (int lastPicture, int lastTop, _) = CornerOf(first + count - 1);
        return (picture * height + Math.Clamp(top - border, 0, height), lastPicture * height + Math.Clamp(lastTop - border + WinogradTransform.Side, 0, height));
    }

    private static int OddLines(int floats)
    {
        int lines = (floats + CacheLine - 1) / CacheLine;
        return (lines | 1) * CacheLine;
    }
}
