using Depth2Img.Compute.Cpu.Tuning;

namespace Depth2Img.Benchmarking.Tuning;

/// <summary>One value of a tier's entry, what it may become, and the kernels that tell which is best.</summary>
/// <param name="Name">The value's name in the table.</param>
/// <param name="Candidates">What is tried.</param>
/// <param name="Read">Its value.</param>
/// <param name="Write">The entry with another value.</param>
/// <param name="Kernels">Names of the bench's kernels.</param>
internal sealed record TuningKnob(string Name, double[] Candidates, Func<KernelBlocks, double> Read, Func<KernelBlocks, double, KernelBlocks> Write, string[] Kernels)
{
    private static readonly string[] s_products =
        ["gemm 2048 x 2048 x 2048", "linear 8192 x 320 x 320", "linear 2048 x 640 x 5120", "linear 512 x 5120 x 1280"];

    private static readonly string[] s_convolutions = ["conv 3x3 2 x 64², 320 -> 320", "conv 3x3 2 x 32², 960 -> 640", "conv 3x3 2 x 16², 1280 -> 1280"];

    private static readonly string[] s_attention = ["attention 1 x 4096 tokens, 5 heads of 64"];

    /// <summary>All values, in the order in which they are tuned.</summary>
    public static IReadOnlyList<TuningKnob> All { get; } =
    [
        new("gemmRows", [120, 180, 240, 360, 480], b => b.GemmRows, (b, v) => b with { GemmRows = (int)v }, s_products),
        new("gemmColumns", [256, 384, 512, 768, 1024], b => b.GemmColumns, (b, v) => b with { GemmColumns = (int)v }, s_products),
        new("winogradTiles", [48, 72, 96, 144, 192], b => b.WinogradTiles, (b, v) => b with { WinogradTiles = (int)v }, s_convolutions),
        // Small pictures of many channels are where the two methods are closest.
        new("winogradCost", [1, 1.25, 1.6, 2], b => b.WinogradCost, (b, v) => b with { WinogradCost = v }, ["conv 3x3 2 x 8², 1280 -> 1280", "conv 3x3 2 x 8², 2560 -> 1280"]),
        new("attentionQueries", [48, 96, 144, 192, 384], b => b.AttentionQueries, (b, v) => b with { AttentionQueries = (int)v }, s_attention),
        new("attentionKeys", [96, 128, 160, 192, 256, 320], b => b.AttentionKeys, (b, v) => b with { AttentionKeys = (int)v }, s_attention),
    ];
}
