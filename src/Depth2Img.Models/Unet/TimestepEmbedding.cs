using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Unet;

/// <summary>The timestep as a vector: sines and cosines of many frequencies, then two linear layers.</summary>
internal sealed class TimestepEmbedding
{
    /// <summary>The slowest wave has about this many timesteps to a radian.</summary>
    private const double MaxPeriod = 10000;

    private readonly UNet2DConditionConfig _config;

    public TimestepEmbedding(CheckpointScope scope, UNet2DConditionConfig config)
    {
        _config = config;
        Linear1 = scope.Child("linear_1").Linear(config.BlockOutChannels[0], config.TimeEmbeddingDim, sensitive: true);
        Linear2 = scope.Child("linear_2").Linear(config.TimeEmbeddingDim, config.TimeEmbeddingDim, sensitive: true);
    }

    public LinearWeight Linear1 { get; }
    public LinearWeight Linear2 { get; }

    /// <summary>[N,T], the same row N times.</summary>
    public Tensor Forward(IOps ops, double timestep, int batch)
    {
        float[] row = Sinusoids(timestep, Linear1.InFeatures, _config.FlipSinToCos, _config.FreqShift);
        float[] rows = new float[batch * row.Length];
        for (int i = 0; i < batch; i++) row.CopyTo(rows, i * row.Length);
        return ops.Upload(rows, new Shape(batch, row.Length))             // [N,C0]
            .Then(x => ops.Linear(x, Linear1, Activation.Silu))           // [N,T]
            .Then(x => ops.Linear(x, Linear2));                           // [N,T]
    }

    /// <summary>
    /// The waves, rounded to single precision after each operation as diffusers' get_timestep_embedding does: at
    /// large timesteps the rounding of a frequency moves its wave's phase by more than a later layer forgives.
    /// </summary>
    /// <param name="timestep">0 to 999 as a rule; schedulers may give fractions.</param>
    /// <param name="channels">How many values; an odd count ends in a zero.</param>
    /// <param name="flipSinToCos">Whether cosines come first.</param>
    /// <param name="freqShift">Taken off the number of frequencies when they are spaced.</param>
    public static float[] Sinusoids(double timestep, int channels, bool flipSinToCos, double freqShift)
    {
        int frequencies = channels / 2;
        float[] values = new float[channels];
        Span<float> sines = values.AsSpan(flipSinToCos ? frequencies : 0, frequencies);
        Span<float> cosines = values.AsSpan(flipSinToCos ? 0 : frequencies, frequencies);
        float logPeriod = (float)-Math.Log(MaxPeriod);
        for (int i = 0; i < frequencies; i++)
        {
            float exponent = logPeriod * i / (float)(frequencies - freqShift);
            float phase = (float)timestep * MathF.Exp(exponent);
            sines[i] = MathF.Sin(phase);
            cosines[i] = MathF.Cos(phase);
        }
        return values;
    }
}
