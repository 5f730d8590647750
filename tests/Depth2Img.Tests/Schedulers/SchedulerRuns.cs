using Depth2Img.Random;
using Depth2Img.Schedulers;

namespace Depth2Img.Tests.Schedulers;

/// <summary>Whole runs with a network whose output is as large as its input.</summary>
internal static class SchedulerRuns
{
    private const int Length = 4;

    public static float[] Run(IScheduler scheduler, int begin, long seed = 3)
    {
        TorchCpuRandom random = new(seed);
        float[] original = [0.5f, -1, 0.1f, 2], noise = new float[Length], sample = new float[Length], scaled = new float[Length], output = new float[Length];
        random.FillNormal(noise);
        scheduler.SetBeginIndex(begin);
        scheduler.AddNoise(original, noise, begin, sample);
        for (int i = begin; i < scheduler.Timesteps.Length; i++)
        {
            scheduler.ScaleModelInput(sample, i, scaled);
            for (int k = 0; k < Length; k++) output[k] = MathF.Sin(scaled[k] + (float)scheduler.Timesteps[i]);
            scheduler.Step(output, i, sample, random);
        }
        return sample;
    }

    public static void AssertFinite(IScheduler scheduler, int begin, string what) =>
        Assert.True(Run(scheduler, begin).All(float.IsFinite), $"{what}: from {begin} of {scheduler.Timesteps.Length}, a value is not finite.");
}
