using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>
/// One step of a softmax that runs along the keys: turns a row of a block of scores into powers of two relative to the largest
/// score so far, and keeps each row's largest score and sum. Scores are in units of ln 2, so that 2ˣ is the softmax's e to the score.
/// </summary>
/// <param name="kernel">The micro-kernel whose tiles the scores are in, and whose left operands the weights become.</param>
internal abstract unsafe class SoftmaxKernel(MicroKernel kernel)
{
    /// <summary>Keys of a panel of scores.</summary>
    private readonly int _width = kernel.Columns;

    /// <summary>The first half of a step, for all rows of a tile before the second: then no row waits for another one's lanes to be folded.</summary>
    /// <param name="scores">The row in the first panel of scores; filled up to a whole panel with minus infinity.</param>
    /// <param name="panelStride">Floats from one panel to the next.</param>
    /// <param name="seen">How many keys of the block the row sees; none if not positive.</param>
    /// <param name="state">What the row has seen so far.</param>
    /// <returns>The largest score, the block's included.</returns>
    public float Largest(float* scores, int panelStride, int seen, in SoftmaxState state)
    {
        if (seen <= 0) return state.Largest;
        int panels = Panels(seen), inLast = seen - (panels - 1) * _width;
        if (inLast < _width) new Span<float>(scores + (long)(panels - 1) * panelStride + inLast, _width - inLast).Fill(float.NegativeInfinity);
        return Largest(scores, panelStride, panels, state.Largest);
    }

    /// <summary>The second half: turns the row's scores into weights.</summary>
    /// <param name="scores">The row in the first panel of scores, as the first half left it.</param>
    /// <param name="panelStride">Floats from one panel to the next.</param>
    /// <param name="keys">Keys of the block.</param>
    /// <param name="seen">How many of them the row sees; none if not positive.</param>
    /// <param name="largest">What the first half found.</param>
    /// <param name="exact">Room for the weights in single precision, in whole panels.</param>
    /// <param name="weights">Takes the powers as left operands, zeros for keys that the row does not see and up to a whole panel.</param>
    /// <param name="state">What the row has seen so far; the block is added.</param>
    /// <returns>What sums made with earlier weights must be multiplied by.</returns>
    public float Weigh(float* scores, int panelStride, int keys, int seen, float largest, float* exact, float* weights, ref SoftmaxState state)
    {
        int panels = Panels(seen), written = kernel.Steps(panels * _width), steps = kernel.Steps(keys);
        if (written < steps) new Span<float>(weights + written, steps - written).Clear();
        if (panels == 0) return 1;
        // Where all scores are minus infinity so far, their weights are zeros, not 2 to the ∞ - ∞.
        float origin = float.IsNegativeInfinity(largest) ? 0 : largest;
        // A larger score is rare after the first few blocks.
        float scale = state.Largest == origin ? 1 : float.Exp2(state.Largest - origin);
        float sum = Powers(scores, panelStride, panels, origin, exact, weights);
        state = new SoftmaxState(largest, state.Sum * scale + sum);
        return scale;
    }

    /// <summary>The largest of a row's scores and of an earlier one. NaN is passed over: its own weight is NaN, and so is every sum that it enters.</summary>
    /// <param name="scores">The row in the first panel.</param>
    /// <param name="panelStride">Floats from one panel to the next.</param>
    /// <param name="panels">How many panels, at least 1.</param>
    /// <param name="earlier">The earlier score.</param>
    protected abstract float Largest(float* scores, int panelStride, int panels, float earlier);

    /// <summary>Two to the power of each score less the origin, as left operands.</summary>
    /// <param name="scores">The row in the first panel.</param>
    /// <param name="panelStride">Floats from one panel to the next.</param>
    /// <param name="panels">How many panels, at least 1.</param>
    /// <param name="origin">No score is larger.</param>
    /// <param name="exact">Room for the powers in single precision.</param>
    /// <param name="weights">Takes an operand a product.</param>
    /// <returns>The sum of all powers.</returns>
    protected abstract float Powers(float* scores, int panelStride, int panels, float origin, float* exact, float* weights);

    private int Panels(int seen) => Math.Max(0, (seen + _width - 1) / _width);
}
