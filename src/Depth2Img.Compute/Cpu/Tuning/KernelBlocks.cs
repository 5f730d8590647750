using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Tuning;

/// <summary>What a tier's kernels are cut into, and when they are taken: one entry of the <see cref="KernelTable"/>.</summary>
internal sealed record KernelBlocks
{
    /// <summary>Rows of a matrix product that are packed at a time, at most: they stay in the second cache level.</summary>
    public required int GemmRows { get; init; }

    /// <summary>Columns that packed rows are multiplied by before they are packed again, at most.</summary>
    public required int GemmColumns { get; init; }

    /// <summary>Tiles of a Winograd convolution that are worked on at a time, at most: enough to pay for mapping the filters, few enough for their products to stay in cache.</summary>
    public required int WinogradTiles { get; init; }

    /// <summary>How many times the time of a direct convolution's product one of Winograd's takes: the direct method is taken where it wins by that.</summary>
    public required double WinogradCost { get; init; }

    /// <summary>Queries of a block of attention, at most: scores, weights and sums of a block stay in the second cache level.</summary>
    public required int AttentionQueries { get; init; }

    /// <summary>Steps of keys that a block of queries meets at a time; a step is two keys where products are of 16 bits. The only entry that results depend on, in their last bits.</summary>
    public required int AttentionKeys { get; init; }

    /// <summary>Refuses what kernels cannot work with.</summary>
    /// <param name="name">The entry's name, for the error.</param>
    /// <exception cref="Depth2ImgException">A value is out of its range.</exception>
    public void Validate(string name)
    {
        Check(nameof(GemmRows), GemmRows, MicroKernel.MaxRows, 1024, 1);
        Check(nameof(GemmColumns), GemmColumns, MicroKernel.MaxColumns, 8192, 1);
        Check(nameof(WinogradTiles), WinogradTiles, MicroKernel.MaxRows, 1024, 1);
        Check(nameof(AttentionQueries), AttentionQueries, MicroKernel.MaxRows, 512, 1);
        Check(nameof(AttentionKeys), AttentionKeys, MicroKernel.MaxColumns, MicroKernel.MaxDepth, MicroKernel.MaxColumns);
        if (!(WinogradCost is >= 0.25 and <= 4)) throw new Depth2ImgException($"The kernel table's entry '{name}' has a {nameof(WinogradCost)} of {WinogradCost}; 0.25 to 4 is expected.");

        void Check(string property, int value, int least, int most, int multiple)
        {
            if (value < least || value > most || value % multiple != 0)
                throw new Depth2ImgException($"The kernel table's entry '{name}' has {value} {property}; {least} to {most}{(multiple > 1 ? $" in steps of {multiple}" : "")} is expected.");
        }
    }
}
