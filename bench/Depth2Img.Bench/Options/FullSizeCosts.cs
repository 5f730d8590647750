using System.Diagnostics;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Bench.Options;

/// <summary>
/// Seconds of Stable Diffusion 2's networks at 512x512, which any run is a sum of. Weights are the formula's: what an
/// evaluation takes does not depend on them.
/// </summary>
/// <param name="Whole">A whole UNet evaluation of one half and of both halves of guidance.</param>
/// <param name="Outermost">The same with the deep feature re-used.</param>
/// <param name="Encode">Encoding the picture.</param>
/// <param name="Decode">Decoding it by the checkpoint's autoencoder.</param>
/// <param name="Taesd">Decoding it by TAESD.</param>
internal sealed record FullSizeCosts((double One, double Both) Whole, (double One, double Both) Outermost, double Encode, double Decode, double Taesd)
{
    private const int Side = 64;

    /// <summary>Measures: the least of the rounds, each round taking every kind once, since what else a machine does only adds.</summary>
    public static FullSizeCosts Measure(int rounds)
    {
        using CpuBackend backend = new();
        double[] unet = MeasureUnet(backend, rounds);
        double[] vae = MeasureVae(backend, rounds);
        return new FullSizeCosts((unet[0], unet[1]), (unet[2], unet[3]), vae[0], vae[1], vae[2]);
    }

    /// <summary>Seconds of a run: encoding, the evaluations, decoding. Text and depth networks, a hundredth of it, are left out.</summary>
    public double Run(OptionCase option, int evaluations)
    {
        double seconds = Encode + Decode;
        int age = 0;
        bool wasGuided = false;
        for (int i = 0; i < evaluations; i++)
        {
            bool guided = option.Interval.Contains(i, evaluations);
            bool whole = i == 0 || guided != wasGuided || ++age >= option.ReuseFeatures;
            if (whole) age = 0;
            (double one, double both) = whole ? Whole : Outermost;
            seconds += guided ? both : one;
            wasGuided = guided;
        }
        return seconds;
    }

    private static double[] MeasureUnet(CpuBackend backend, int rounds)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Repository.Golden("full/unet-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json"));
        using UNet2DConditionModel unet = CheckpointScope.Load(weights, backend, scope => new UNet2DConditionModel(scope, config), out _);
        using IOps ops = backend.OpenSession();
        using UNetContext one = Context(1), both = Context(2);
        using UNetFeatureCache keptOfOne = new(int.MaxValue), keptOfBoth = new(int.MaxValue);
        return Least(rounds, Whole(one, keptOfOne), Whole(both, keptOfBoth), Outermost(one, keptOfOne), Outermost(both, keptOfBoth));

        UNetContext Context(int batch)
        {
            using Tensor prompt = ops.Upload(FormulaWeights.Uniform("input.context", batch * 77 * 1024, 1.7f), new Shape(batch, 77, 1024));
            return unet.PrepareContext(ops, prompt);
        }

        Func<double> Whole(UNetContext context, UNetFeatureCache cache) => () =>
        {
            cache.Dispose(); // empty: the evaluation runs whole and fills it
            return Seconds(() => Evaluate(context, cache));
        };

        Func<double> Outermost(UNetContext context, UNetFeatureCache cache) => () => Seconds(() => Evaluate(context, cache));

        void Evaluate(UNetContext context, UNetFeatureCache cache)
        {
            using Tensor sample = ops.Upload(FormulaWeights.Uniform("input.sample", context.Batch * 5 * Side * Side, 1.7f), new Shape(context.Batch, Side, Side, 5));
            unet.Forward(ops, sample, 500, context, cache).Dispose();
        }
    }

    private static double[] MeasureVae(CpuBackend backend, int rounds)
    {
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/vae-shapes.json"));
        JsonConfig config = JsonConfig.Open(Repository.Golden("full/vae-config.json"));
        using IAutoencoder vae = CheckpointScope.Load(weights, backend, scope => Autoencoder.Create(scope, config), out _);
        using SafetensorsFile file = SafetensorsFile.Open(Repository.Models("demo/vae/diffusion_pytorch_model.safetensors"));
        JsonConfig taesdConfig = JsonConfig.Open(Repository.Models("demo/vae/config.json"));
        using IAutoencoder taesd = CheckpointScope.Load(file, backend, scope => Autoencoder.Create(scope, taesdConfig), out _);
        using IOps ops = backend.OpenSession();
        using Tensor picture = ops.Upload(FormulaWeights.Uniform("input.image", 3 * 64 * Side * Side, 1), new Shape(1, 8 * Side, 8 * Side, 3));
        using Tensor latents = ops.Upload(FormulaWeights.Uniform("input.latents", 4 * Side * Side, 1.7f), new Shape(1, Side, Side, 4));
        return Least(rounds, () => Seconds(() => vae.Encode(ops, picture)), () => Seconds(() => vae.Decode(ops, latents).Dispose()), () => Seconds(() => taesd.Decode(ops, latents).Dispose()));
    }

    private static double[] Least(int rounds, params Func<double>[] kinds)
    {
        double[][] seconds = [.. Enumerable.Range(0, rounds).Select(_ => kinds.Select(kind => kind()).ToArray())];
        return [.. kinds.Select((_, k) => seconds.Select(round => round[k]).Min())];
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
