using Depth2Img.Imaging;
using Depth2Img.Pipelines;

namespace Depth2Img.Layers;

/// <summary>
/// A request's layers as the denoising loop runs them: layers of equal prompt and settings are one region, so that nothing
/// is evaluated twice; layers that are kept, and those that join later, are held at the picture's own latents.
/// </summary>
internal sealed class LayerRun
{
    private readonly DepthLayers _layers;
    private readonly IReadOnlyList<Layer> _resolved;
    private readonly List<(RegionPlan Plan, int Steps)> _regions;
    private readonly int _steps;

    private LayerRun(DepthLayers layers, IReadOnlyList<Layer> resolved, int steps)
    {
        _layers = layers;
        _resolved = resolved;
        _steps = steps;
        _regions = [.. resolved.Where(layer => layer.StepsToRun > 0).Select(layer => (layer.Plan, layer.StepsToRun)).Distinct()];
        Regions = [.. _regions.Select(region => region.Plan)];
    }

    /// <summary>What is evaluated.</summary>
    public IReadOnlyList<RegionPlan> Regions { get; }

    /// <summary>The part of the run, from its beginning, in which layers do not see each other.</summary>
    public double Isolation => _layers.Isolation;

    /// <summary>Fills in a request's layers, which must be valid.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="whole">What they take where they say nothing.</param>
    /// <param name="strength">The request's.</param>
    /// <param name="guidance">The request's.</param>
    /// <param name="steps">Steps of the full schedule.</param>
    /// <param name="stepsOf">How many steps a strength leaves.</param>
    public static LayerRun Make(DepthLayers layers, RegionPlan whole, double strength, double guidance, int steps, Func<double, int> stepsOf)
    {
        List<Layer> resolved = [];
        foreach (DepthLayer layer in layers.All)
        {
            double own = layer.Guidance ?? guidance, anew = layer.Keep ? 0 : layer.Strength ?? strength;
            RegionPlan plan = whole with
            {
                Prompt = layer.Prompt ?? whole.Prompt,
                NegativePrompt = layer.NegativePrompt ?? whole.NegativePrompt,
                Settings = whole.Settings with { Guidance = (float)own },
            };
            resolved.Add(new Layer(plan, layer.Keep, anew, own, stepsOf(anew)));
        }
        return new LayerRun(layers, resolved, steps);
    }

    /// <summary>Cuts the picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="depth">Gives its depth at its size; asked only if there is anything to cut by it.</param>
    /// <exception cref="InvalidRequestException">A layer has no pixels.</exception>
    public LayerMasks Cut(Image picture, Func<Depth.DepthMap> depth)
    {
        LayerCut cut = _layers.Cut is { Thresholds: null, Masks: null } ? LayerCut.Automatic(_layers.Count) : _layers.Cut;
        try
        {
            return DepthLayering.Cut(picture, cut.Masks is null ? depth() : null, cut, _layers.Softness);
        }
        catch (Depth2ImgException e)
        {
            throw new InvalidRequestException([new RequestFault(nameof(DepthToImageRequest.Layers), e.Message)]);
        }
    }

    /// <summary>A region's part of each latent; kept layers are no region's.</summary>
    /// <param name="region">Which.</param>
    /// <param name="masks">At the latents' size.</param>
    public float[] WeightsOf(int region, LayerMasks masks)
    {
        float[] weights = new float[masks.Width * masks.Height];
        for (int layer = 0; layer < masks.Count; layer++)
        {
            if ((_resolved[layer].Plan, _resolved[layer].StepsToRun) != _regions[region]) continue;
            for (int i = 0; i < weights.Length; i++) weights[i] += masks[layer][i];
        }
        return weights;
    }

    /// <summary>The first evaluation of a region, as an index into the scheduler's timesteps.</summary>
    /// <param name="region">Which.</param>
    /// <param name="order">The scheduler's evaluations a step.</param>
    public int BeginOf(int region, int order) => (_steps - _regions[region].Steps) * order;

    /// <summary>What is held of the picture: all of a run for kept layers, up to its first evaluation for one that joins later.</summary>
    /// <param name="masks">At the latents' size.</param>
    /// <param name="order">The scheduler's evaluations a step.</param>
    /// <param name="begin">The run's first evaluation.</param>
    public IEnumerable<LatentHold> Holds(LayerMasks masks, int order, int begin)
    {
        for (int layer = 0; layer < masks.Count; layer++)
        {
            int run = _resolved[layer].StepsToRun, joins = (_steps - run) * order;
            if (run == 0) yield return new LatentHold(masks[layer].ToArray(), LatentHold.ToTheEnd);
            // Let go after it was set once more for the evaluation that it joins at: what it joins from is the picture noised, and no step of others.
            else if (joins > begin) yield return new LatentHold(masks[layer].ToArray(), joins + 1);
        }
    }

    /// <summary>Lays the picture's own pixels over what was made of its kept layers.</summary>
    /// <param name="original">The picture, opaque.</param>
    /// <param name="made">What was made of it, of the same size.</param>
    /// <param name="masks">At the picture's size.</param>
    public Image Restore(Image original, Image made, LayerMasks masks)
    {
        int[] kept = [.. Enumerable.Range(0, masks.Count).Where(layer => _resolved[layer].Keep)];
        if (kept.Length == 0) return made;
        byte[] pixels = new byte[made.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            float part = 0;
            foreach (int layer in kept) part += masks[layer][i / 3];
            pixels[i] = (byte)MathF.Round(made.Pixels[i] + Math.Min(1, part) * (original.Pixels[i] - made.Pixels[i]));
        }
        return new Image(made.Width, made.Height, pixels);
    }

    /// <summary>What is written into the picture.</summary>
    /// <param name="masks">At the picture's size.</param>
    /// <param name="isolated">Whether layers were kept from seeing each other.</param>
    public LayerSettings Describe(LayerMasks masks, bool isolated) => new()
    {
        Cut = _layers.Cut switch
        {
            { Masks: not null } => "masks",
            { Thresholds: not null } => "thresholds",
            _ => "automatic",
        },
        Thresholds = masks.Thresholds.Count == 0 ? null : masks.Thresholds,
        Softness = _layers.Softness,
        Isolation = isolated ? _layers.Isolation : 0,
        Layers = [.. _resolved.Select((layer, i) => layer.Describe(Math.Round(masks.ShareOf(i), 4)))],
    };

    private sealed record Layer(RegionPlan Plan, bool Keep, double Strength, double Guidance, int StepsToRun)
    {
        public LayerUse Describe(double share) => Keep ? new LayerUse(share, true) : new LayerUse(share, false, Plan.Prompt, Plan.NegativePrompt, Strength, Guidance);
    }
}
