namespace Depth2Img.Compute.Cpu.Elementwise;

/// <summary>What <see cref="Chunks"/> does to pieces of a tensor, several at once. A struct, for the reason of <see cref="IParallelTask"/>.</summary>
internal interface IRangeTask
{
    /// <summary>Does one piece.</summary>
    /// <param name="first">Its first float or row.</param>
    /// <param name="end">The one after its last.</param>
    void Run(long first, long end);
}
