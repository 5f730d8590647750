namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>What one query's softmax has seen so far.</summary>
/// <param name="Largest">The largest score.</param>
/// <param name="Sum">The sum of all exponentials relative to it.</param>
internal readonly record struct SoftmaxState(float Largest, float Sum)
{
    /// <summary>Nothing seen yet.</summary>
    public static SoftmaxState Empty => new(float.NegativeInfinity, 0);
}
