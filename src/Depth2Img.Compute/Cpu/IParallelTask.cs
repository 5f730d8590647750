namespace Depth2Img.Compute.Cpu;

/// <summary>
/// What a <see cref="WorkerPool"/> does many times at once. A struct, so that opening a region takes no memory from
/// the garbage collector's heap as a closure would.
/// </summary>
internal interface IParallelTask
{
    /// <summary>Does one of the region's tasks. Several threads call it on the same value: it must not change itself.</summary>
    /// <param name="index">Which, from 0.</param>
    void Run(int index);
}
