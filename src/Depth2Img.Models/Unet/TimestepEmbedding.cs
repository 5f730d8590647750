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
        Span<float> waves = stackalloc float[Linear1.InFeatures];
        Sinusoids(timestep, _config.FlipSinToCos, _config.FreqShift, waves);
        return ops.Upload(waves, new Shape(1, 1, waves.Length))           // [1,1,C0]
            .ThenLinear(ops, Linear1, Activation.Silu)                    // [1,1,T]
            .ThenLinear(ops, Linear2)                                     // [1,1,T]
            .ThenRepeatToken(ops, batch)                                  // [1,N,T]
            .ThenReshape(ops, new Shape(batch, Linear2.OutFeatures));     // [N,T]
    }

    /// <summary>
    /// The waves, rounded to single precision after each operation as diffusers' get_timestep_embedding does: at
    /// large timesteps the rounding of a frequency moves its wave's phase by more than a later layer forgives.
    /// </summary>
    /// <param name="timestep">0 to 999 as a rule; schedulers may give fractions.</param>
    /// <param name="flipSinToCos">Whether cosines come first.</param>
    /// <param name="freqShift">Taken off the number of frequencies when they are spaced.</param>
    /// <param name="waves">Takes them; an odd number of values ends in a zero.</param>
    public static void Sinusoids(double timestep, bool flipSinToCos, double freqShift, Span<float> waves)
    {
        int frequencies = waves.Length / 2;
        Span<float> sines = waves.Slice(flipSinToCos ? frequencies : 0, frequencies);
        Span<float> cosines = waves.Slice(flipSinToCos ? 0 : frequencies, frequencies);
        float logPeriod = (float)-Math.Log(MaxPeriod);
        for (int i = 0; i < frequencies; i++)
        {
            float exponent = logPeriod * i / (float)(frequencies - freqShift);
            float phase = (float)timestep * MathF.Exp(exponent);
            sines[i] = MathF.Sin(phase);
            cosines[i] = MathF.Cos(phase);
        }
        waves[(2 * frequencies)..].Clear();
    }
}
