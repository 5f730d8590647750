using System.Diagnostics;
using Depth2Img.Benchmarking;
using Depth2Img.Benchmarking.Reports;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu;
using Depth2Img.Compute.Measurement;
using Depth2Img.Models;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.TestSupport;

namespace Depth2Img.Bench.Options;

/// <summary>
/// What Stable Diffusion 2's networks take at 512x512, in units of a whole guided evaluation of the UNet: any run is a sum of
/// them. Weights are the formula's: what an evaluation takes does not depend on them.
/// </summary>
internal sealed class FullSizeCosts
{
    private const int Side = 64;

    private readonly (double One, double Both) _whole;
    private readonly (double One, double Both) _outermost;
    private readonly double _encode, _decode;

    private FullSizeCosts(PartCost[] parts)
    {
        Parts = parts;
        _whole = (parts[0].OfWholeStep, 1);
        _outermost = (parts[1].OfWholeStep, parts[2].OfWholeStep);
        (_encode, _decode) = (parts[3].OfWholeStep, parts[4].OfWholeStep);
    }

    /// <summary>The parts as they were measured.</summary>
    public IReadOnlyList<PartCost> Parts { get; }

    /// <summary>Measures: a round is peak, a whole guided evaluation, the part, a whole guided evaluation, peak.</summary>
    public static FullSizeCosts Measure(CpuBackend backend, RoundOptions rounds, Action<string> progress)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(Repository.Golden("full/unet-config.json")));
        FormulaWeights weights = FormulaWeights.FromShapes(Repository.Golden("full/unet-shapes.json"));
        using UNet2DConditionModel unet = CheckpointScope.Load(weights, backend, scope => new UNet2DConditionModel(scope, config), out _);
        FormulaWeights vaeWeights = FormulaWeights.FromShapes(Repository.Golden("full/vae-shapes.json"));
        JsonConfig vaeConfig = JsonConfig.Open(Repository.Golden("full/vae-config.json"));
        using IAutoencoder vae = CheckpointScope.Load(vaeWeights, backend, scope => Autoencoder.Create(scope, vaeConfig), out _);
        using IOps ops = backend.OpenSession();
        using UNetContext one = Context(1), both = Context(2);
        using UNetFeatureCache keptOfOne = new(int.MaxValue), keptOfBoth = new(int.MaxValue);
        using Tensor picture = ops.Upload(FormulaWeights.Uniform("input.image", 3 * 64 * Side * Side, 1), new Shape(1, 8 * Side, 8 * Side, 3));
        using Tensor latents = ops.Upload(FormulaWeights.Uniform("input.latents", 4 * Side * Side, 1.7f), new Shape(1, Side, Side, 4));
        double Baseline() => Whole(both, keptOfBoth);
        Baseline();
        return new FullSizeCosts([
            Part("a whole evaluation without guidance", () => Whole(one, keptOfOne)),
            Part("the outermost blocks without guidance", () => Outermost(one, keptOfOne)),
            Part("the outermost blocks with it", () => Outermost(both, keptOfBoth)),
            Part("encoding", () => Seconds(() => vae.Encode(ops, picture))),
            Part("decoding", () => Seconds(() => vae.Decode(ops, latents).Dispose())),
        ]);

        PartCost Part(string name, Func<double> run)
        {
            progress(name);
            run();
            RoundResult result = new RoundProtocol(rounds, TimeProvider.System).Measure(new TierPeaks(backend).Float32, Baseline, run);
            return new PartCost(name, result.PeerRatio!.Value, result.Rounds, result.Dropped, result.TooNoisy);
        }

        UNetContext Context(int batch)
        {
            using Tensor prompt = ops.Upload(FormulaWeights.Uniform("input.context", batch * 77 * 1024, 1.7f), new Shape(batch, 77, 1024));
            return unet.PrepareContext(ops, prompt);
        }

        double Whole(UNetContext context, UNetFeatureCache cache)
        {
            cache.Dispose(); // empty: the evaluation runs whole and fills it
            return Outermost(context, cache);
        }

        double Outermost(UNetContext context, UNetFeatureCache cache) => Seconds(() =>
        {
            using Tensor sample = ops.Upload(FormulaWeights.Uniform("input.sample", context.Batch * 5 * Side * Side, 1.7f), new Shape(context.Batch, Side, Side, 5));
            unet.Forward(ops, sample, 500, context, cache).Dispose();
        });
    }

    /// <summary>A run: encoding, the evaluations, decoding. Text and depth networks, a hundredth of it, are left out.</summary>
    public double Run(OptionCase option, int evaluations)
    {
        double time = _encode + _decode;
        int age = 0;
        bool wasGuided = false;
        for (int i = 0; i < evaluations; i++)
        {
            bool guided = option.Interval.Contains(i, evaluations);
            bool whole = i == 0 || guided != wasGuided || ++age >= option.ReuseFeatures;
            if (whole) age = 0;
            (double one, double both) = whole ? _whole : _outermost;
            time += guided ? both : one;
            wasGuided = guided;
        }
        return time;
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
