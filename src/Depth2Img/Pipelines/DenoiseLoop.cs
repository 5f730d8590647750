using Depth2Img.Compute;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;
using Depth2Img.Random;
using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>
/// Denoises latents under prompts and a depth map, which is a channel of the UNet's input or a ControlNet's hint. Owns
/// classifier-free guidance, the blending of regions and the order of evaluations; the scheduler owns the mathematics of a
/// step. Latents are [n,4,h,w] as random numbers and schedulers have them; every region of every picture is evaluated by
/// itself (its unconditional half first), so memory does not grow with their number.
/// </summary>
internal sealed class DenoiseLoop(UNet2DConditionModel unet, IOps ops, IScheduler scheduler, IRandomSource random)
{
    /// <summary>What regions see around themselves; null shows them each other.</summary>
    public RegionSurroundings? Surroundings { get; init; }

    /// <summary>Runs the evaluations from <paramref name="begin"/> on.</summary>
    /// <param name="latents">[n,c,h,w], noised to the first step; denoised in place.</param>
    /// <param name="geometry">n, c, h, w.</param>
    /// <param name="depth">[h,w], -1 to 1; null for a UNet without a depth channel.</param>
    /// <param name="regions">The prompts, and where each holds.</param>
    /// <param name="held">What is kept of the picture; null keeps nothing.</param>
    /// <param name="begin">The first evaluation.</param>
    /// <param name="evaluated">Told after each picture's evaluations of one step.</param>
    public void Run(float[] latents, LatentGeometry geometry, float[]? depth, IReadOnlyList<DenoiseRegion> regions, HeldLatents? held, int begin, EvaluationObserver evaluated)
    {
        int evaluations = scheduler.Timesteps.Length - begin;
        int mostHalves = regions.Any(region => region.Settings.CountGuided(evaluations) > 0) ? 2 : 1;
        float[] scaled = new float[latents.Length];
        float[] prediction = new float[latents.Length];
        RegionBlend? blend = regions.Count == 1 ? null : new RegionBlend(geometry);
        int inputChannels = geometry.Channels + (depth is null ? 0 : 1);
        float[] inputs = new float[mostHalves * geometry.Plane * inputChannels];
        float[] outputs = new float[mostHalves * geometry.Plane * geometry.Channels];

        using FeatureCaches caches = new(regions, geometry.Count);
        scheduler.SetBeginIndex(begin);
        held?.Apply(latents, begin);
        for (int i = begin; i < scheduler.Timesteps.Length; i++)
        {
            scheduler.ScaleModelInput(latents, i, scaled);
            Surroundings?.Prepare(i);
            for (int n = 0; n < geometry.Count; n++)
            {
                ReadOnlySpan<float> sample = scaled.AsSpan(n * geometry.Size, geometry.Size);
                Span<float> predicted = prediction.AsSpan(n * geometry.Size, geometry.Size);
                for (int r = 0; r < regions.Count; r++)
                {
                    DenoiseRegion region = regions[r];
                    if (i < region.Begin) continue;
                    bool guided = region.Settings.IsGuided(i - begin, evaluations);
                    int halves = guided ? 2 : 1;
                    Span<float> input = inputs.AsSpan(0, halves * geometry.Plane * inputChannels);
                    Span<float> output = outputs.AsSpan(0, halves * geometry.Size);
                    Interleave(Surroundings is null ? sample : Surroundings.ViewOf(sample, n, region.Weights), depth, geometry, halves, input);
                    using (Tensor uploaded = ops.Upload(input, new Shape(halves, geometry.Height, geometry.Width, inputChannels)))
                    using (ControlResiduals? residuals = region.Control?.Evaluate(uploaded, scheduler.Timesteps[i], i - begin, evaluations))
                        Evaluate(uploaded, scheduler.Timesteps[i], region.Contexts.At(i - begin, guided), caches[r, n], residuals, output);
                    Guide(output, geometry, guided, region.Settings.Guidance, predicted);
                    if (guided && region.Settings.GuidanceRescale > 0) GuidanceRescaling.Apply(predicted, output[geometry.Size..], region.Settings.GuidanceRescale);
                    blend?.Add(predicted, region.Weights);
                }
                blend?.Finish(predicted);
                evaluated(n, scheduler.Timesteps[i], sample, predicted);
            }
            scheduler.Step(prediction, i, latents, random);
            held?.Apply(latents, i + 1);
        }
    }

    private void Evaluate(Tensor sample, double timestep, UNetContext context, UNetFeatureCache features, ControlResiduals? residuals, Span<float> output)
    {
        using Tensor result = unet.Forward(ops, sample, timestep, context, features, residuals);
        ops.Download(result, output);
    }

    /// <summary>One picture's latents and, if there is one, the depth as the UNet's channels-last input, once for each half.</summary>
    private static void Interleave(ReadOnlySpan<float> latents, float[]? depth, LatentGeometry geometry, int halves, Span<float> input)
    {
        int channels = geometry.Channels, plane = geometry.Plane, stride = channels + (depth is null ? 0 : 1);
        for (int p = 0; p < plane; p++)
        {
            int at = p * stride;
            for (int c = 0; c < channels; c++) input[at + c] = latents[c * plane + p];
            if (depth is not null) input[at + channels] = depth[p];
        }
        if (halves == 2) input[..(plane * stride)].CopyTo(input[(plane * stride)..]);
    }

    /// <summary>unconditional + guidance (conditional - unconditional), back in channels-first order.</summary>
    private static void Guide(ReadOnlySpan<float> output, LatentGeometry geometry, bool guided, float guidance, Span<float> prediction)
    {
        int channels = geometry.Channels, plane = geometry.Plane;
        for (int c = 0; c < channels; c++)
        {
            for (int p = 0; p < plane; p++)
            {
                float first = output[p * channels + c];
                prediction[c * plane + p] = guided
                    ? first + guidance * (output[plane * channels + p * channels + c] - first)
                    : first;
            }
        }
    }
}

/// <summary>Sees each evaluation of a picture; the spans are good until it returns.</summary>
/// <param name="picture">Which of the request's pictures, from 0.</param>
/// <param name="timestep">Where in the training schedule.</param>
/// <param name="input">[c,h,w]: the latents as the network got them.</param>
/// <param name="prediction">[c,h,w]: what it said of them, guided, regions blended.</param>
internal delegate void EvaluationObserver(int picture, double timestep, ReadOnlySpan<float> input, ReadOnlySpan<float> prediction);

/// <summary>The sizes of a batch of latents [n,c,h,w].</summary>
/// <param name="Count">n, pictures.</param>
/// <param name="Channels">c.</param>
/// <param name="Height">h.</param>
/// <param name="Width">w.</param>
internal readonly record struct LatentGeometry(int Count, int Channels, int Height, int Width)
{
    /// <summary>h times w.</summary>
    public int Plane => Height * Width;

    /// <summary>c times h times w: values of one picture.</summary>
    public int Size => Channels * Plane;

    /// <summary>All values.</summary>
    public int Total => Count * Size;
}
