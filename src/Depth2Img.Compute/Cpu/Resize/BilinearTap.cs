namespace Depth2Img.Compute.Cpu.Resize;

/// <summary>The two input positions next to an output position along one side, and the second one's weight, as torch's interpolate places them.</summary>
internal readonly record struct BilinearTap(int First, int Second, float Weight)
{
    /// <summary>The taps of every output position.</summary>
    /// <param name="inputs">Positions in.</param>
    /// <param name="outputs">Positions out.</param>
    /// <param name="alignCorners">Whether the end pixels' centres (true) or outer edges (false) coincide.</param>
    public static BilinearTap[] Of(int inputs, int outputs, bool alignCorners)
    {
        BilinearTap[] taps = new BilinearTap[outputs];
        for (int i = 0; i < outputs; i++)
        {
            double at = alignCorners
                ? outputs > 1 ? (double)i * (inputs - 1) / (outputs - 1) : 0
                : Math.Max((i + 0.5) * inputs / outputs - 0.5, 0);
            int first = Math.Min((int)at, inputs - 1);
            taps[i] = new(first, Math.Min(first + 1, inputs - 1), (float)(at - first));
        }
        return taps;
    }
}
