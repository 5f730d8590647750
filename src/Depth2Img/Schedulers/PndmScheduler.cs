using Depth2Img.Random;

namespace Depth2Img.Schedulers;

/// <summary>
/// PNDM (Liu et al., 2022, arXiv 2202.09778): a linear multistep method of order 4 on the network's outputs with the
/// paper's transfer between timesteps (its equation 11). It starts with three Runge-Kutta steps of four evaluations
/// (F-PNDM) or, as Stable Diffusion does, with one step of two (S-PNDM). Reference: `PNDMScheduler`.
/// </summary>
/// <remarks>
/// The reference counts evaluations from where the run begins, not along the schedule. A run that begins later
/// therefore repeats its first step between timesteps that are not its own, and lags by one step; for the same
/// picture from the same seed this is kept.
/// </remarks>
internal sealed class PndmScheduler : AlphaScheduler
{
    private const int MultistepOrder = 4;
    private const int RungeKuttaStages = 4;

    private readonly PndmOptions _options;
    private readonly SampleHistory _outputs = new(MultistepOrder);
    private readonly float _finalAlphaCumprod;
    private readonly int _stride;
    private readonly int _rungeKuttaEvaluations;
    private float[]? _start;
    private float[]? _sum;
    private float[]? _output;

    public PndmScheduler(PndmOptions options, NoiseSchedule noise, int steps) : base(options, noise, Plan(options, steps), limiter: null)
    {
        _options = options;
        _finalAlphaCumprod = options.SetAlphaToOne ? 1 : noise.AlphasCumprod[0];
        _stride = options.NumTrainTimesteps / steps;
        _rungeKuttaEvaluations = options.SkipPrkSteps ? 0 : (MultistepOrder - 1) * RungeKuttaStages;
    }

    protected override void Advance(ReadOnlySpan<float> output, int index, Span<float> sample, IRandomSource random)
    {
        if (index - BeginIndex < _rungeKuttaEvaluations) AdvanceRungeKutta(output, index, sample);
        else AdvanceMultistep(output, index, sample);
    }

    /// <summary>A timestep of the schedule each, but for the start's extra evaluations.</summary>
    private static double[] Plan(PndmOptions options, int steps)
    {
        double[] whole = TimestepSchedule.ForSteps(options, steps, whole: true);
        if (options.SkipPrkSteps)
        {
            // The second timestep twice: it ends the first step, which is then done again with both ends' outputs.
            return steps == 1 ? whole : [whole[0], whole[1], .. whole[1..]];
        }
        if (steps < MultistepOrder)
            throw options.Refusal($"{steps} steps were asked for, but its Runge-Kutta start needs {MultistepOrder}; take {MultistepOrder} steps or more, or set skip_prk_steps to true");
        int halfStride = options.NumTrainTimesteps / steps / 2;
        double[] timesteps = new double[(MultistepOrder - 1) * RungeKuttaStages + steps - (MultistepOrder - 1)];
        int next = 0;
        for (int step = 0; step < MultistepOrder - 1; step++)
        {
            // A step's stages: its start, twice its middle, its end.
            double end = whole[step + 1], middle = end + halfStride;
            foreach (double stage in (ReadOnlySpan<double>)[whole[step], middle, middle, end]) timesteps[next++] = stage;
        }
        whole.AsSpan(MultistepOrder - 1).CopyTo(timesteps.AsSpan(next));
        return timesteps;
    }

    private void AdvanceRungeKutta(ReadOnlySpan<float> output, int index, Span<float> sample)
    {
        int count = index - BeginIndex, stage = count % RungeKuttaStages;
        Span<float> start = Buffer(ref _start, sample.Length);
        Span<float> sum = Buffer(ref _sum, sample.Length);
        Span<float> effective = Buffer(ref _output, sample.Length);
        output.CopyTo(effective);
        switch (stage)
        {
            case 0:
                Vectors.Scale(output, 1f / 6, sum);
                output.CopyTo(_outputs.Push(output.Length));
                sample.CopyTo(start);
                break;
            case 1 or 2:
                Vectors.AddScaled(sum, 1f / 3, output);
                break;
            default:
                Vectors.Combine(1, sum, 1f / 6, output, effective);
                break;
        }
        int from = Timestep(count - stage);
        int to = Timestep(index) - (stage % 2 == 0 ? _stride / 2 : 0);
        start.CopyTo(sample);
        Transfer(sample, effective, from, to);
    }

    private void AdvanceMultistep(ReadOnlySpan<float> output, int index, Span<float> sample)
    {
        int count = index - BeginIndex;
        int from = Timestep(index), to = from - _stride;
        Span<float> effective = Buffer(ref _output, sample.Length);
        if (count == 1)
        {
            (from, to) = (from + _stride, from);
            Vectors.Combine(0.5f, output, 0.5f, _outputs[0], effective);
            _start.CopyTo(sample);
        }
        else
        {
            output.CopyTo(_outputs.Push(output.Length));
            if (count == 0) sample.CopyTo(Buffer(ref _start, sample.Length));
            effective.Clear();
            _outputs.Combine(0, AdamsBashforth(_outputs.Count), effective);
        }
        Transfer(sample, effective, from, to);
    }

    /// <summary>The multistep method's weights by how many outputs there are, the newest output's first.</summary>
    private static ReadOnlySpan<float> AdamsBashforth(int order) => order switch
    {
        1 => [1f],
        2 => [3f / 2, -1f / 2],
        3 => [23f / 12, -16f / 12, 5f / 12],
        _ => [55f / 24, -59f / 24, 37f / 24, -9f / 24],
    };

    /// <summary>Takes a sample from a timestep to an earlier one in place, as an output says; the output is used up.</summary>
    private void Transfer(Span<float> sample, Span<float> output, int from, int to)
    {
        float alpha = AlphaCumprod(from), alphaTo = to >= 0 ? AlphaCumprod(to) : _finalAlphaCumprod;
        float beta = 1 - alpha, betaTo = 1 - alphaTo;
        if (_options.PredictionType == PredictionType.Velocity)
            Vectors.Combine(MathF.Sqrt(alpha), output, MathF.Sqrt(beta), sample, output);
        float denominator = alpha * MathF.Sqrt(betaTo) + MathF.Sqrt(alpha * beta * alphaTo);
        Vectors.Combine(MathF.Sqrt(alphaTo / alpha), sample, (alpha - alphaTo) / denominator, output, sample);
    }
}
