using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Convolution.Winograd;

/// <summary>
/// How a convolution is cut into tiles and its buffers are laid out. Planes are an odd number of cache lines apart, so that
/// the 36 of a tile do not meet in the same cache sets.
/// </summary>
internal readonly struct WinogradGeometry
{
    /// <summary>Input channels that are mapped, multiplied and dropped at a time: their filters, mapped, stay in the second cache level.</summary>
    public const int ChannelsAtATime = 64;

    private const int CacheLine = 16;

    /// <summary>Lays out a convolution.</summary>
    /// <param name="output">[N,H',W',out].</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="kernel">The micro-kernel.</param>
    public WinogradGeometry(Shape output, int inputs, MicroKernel kernel)
    {
        TileRows = (output[1] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        TileColumns = (output[2] + WinogradTransform.Outputs - 1) / WinogradTransform.Outputs;
        Tiles = checked(output[0] * TileRows * TileColumns);
        int chunks = (Tiles + kernel.Blocks.WinogradTiles - 1) / kernel.Blocks.WinogradTiles;
        int perChunk = chunks == 0 ? 0 : (Tiles + chunks - 1) / chunks;
        TilesAtATime = (perChunk + kernel.Rows - 1) / kernel.Rows * kernel.Rows;
        InputPlane = OddLines(TilesAtATime * MicroKernel.RowStride);
        InputBlocks = (inputs + MicroKernel.MaxDepth - 1) / MicroKernel.MaxDepth;
        FilterPlane = OddLines(ChannelsAtATime * kernel.Columns);
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

    /// <summary>Floats from one plane of mapped filters to the next.</summary>
    public int FilterPlane { get; }

    /// <summary>Floats from one plane of products to the next.</summary>
    public int ProductPlane { get; }

    /// <summary>Floats of a chunk's mapped inputs.</summary>
    public long InputFloats => (long)InputBlocks * WinogradTransform.Planes * InputPlane;

    /// <summary>Where a channel of a tile of the chunk is in the first plane of mapped inputs.</summary>
    public long InputOffset(int tile, int channel) =>
        (long)(channel / MicroKernel.MaxDepth) * WinogradTransform.Planes * InputPlane + (long)tile * MicroKernel.RowStride + channel % MicroKernel.MaxDepth;

    private static int OddLines(int floats)
    {
        int lines = (floats + CacheLine - 1) / CacheLine;
        return (lines | 1) * CacheLine;
    }
}
