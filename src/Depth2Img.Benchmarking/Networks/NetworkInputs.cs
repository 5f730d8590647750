using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>The values that networks are run on, channels first: the formula's, so that every run and every rival has the same.</summary>
internal static class NetworkInputs
{
    /// <summary>Tokens of a prompt.</summary>
    public const int Tokens = 77;

    /// <summary>The noise level of a step.</summary>
    public const int Timestep = 981;

    /// <summary>Values of variance 1, as latents and text embeddings have.</summary>
    public static float[] Latents(string name, int count) => FormulaWeights.Uniform(name, count, MathF.Sqrt(3));

    /// <summary>Values in -1..1, as pixels have.</summary>
    public static float[] Pixels(string name, int count) => FormulaWeights.Uniform(name, count, 1);

    /// <summary>Token numbers below a vocabulary's size.</summary>
    public static int[] TokenIds(int count, int vocabulary) => [.. Enumerable.Range(0, count).Select(i => (int)(i * 7919L % vocabulary))];
}
