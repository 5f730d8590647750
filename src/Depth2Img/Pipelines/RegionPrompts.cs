using Depth2Img.Compute;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>The encoded prompts of a request's regions, to make <see cref="DenoiseRegion"/>s of once the UNet is there.</summary>
internal sealed class RegionPrompts : IDisposable
{
    private readonly IOps _ops;
    private readonly IReadOnlyList<RegionPlan> _regions;
    private readonly int _evaluations;
    private readonly List<Tensor> _prompts = [];

    private RegionPrompts(IOps ops, IReadOnlyList<RegionPlan> regions, int evaluations)
    {
        _ops = ops;
        _regions = regions;
        _evaluations = evaluations;
    }

    /// <summary>Encodes what the regions' evaluations need.</summary>
    /// <param name="ops">The session that denoises.</param>
    /// <param name="networks">Knows the text encoder.</param>
    /// <param name="regions">The regions.</param>
    /// <param name="evaluations">How many the run has.</param>
    public static RegionPrompts Encode(IOps ops, PipelineNetworks networks, IReadOnlyList<RegionPlan> regions, int evaluations)
    {
        RegionPrompts prompts = new(ops, regions, evaluations);
        try
        {
            foreach (RegionPlan region in regions) prompts._prompts.Add(networks.EncodePrompts(ops, Texts(region, evaluations))); // [N,S,C]
            return prompts;
        }
        catch
        {
            prompts.Dispose();
            throw;
        }
    }

    /// <summary>What is encoded of a region: the negative prompt only if some evaluation is guided by it.</summary>
    public static IReadOnlyList<string> Texts(RegionPlan region, int evaluations) =>
        region.Settings.CountGuided(evaluations) > 0 ? [region.NegativePrompt, region.Prompt] : [region.Prompt];

    /// <summary>Prepares a region's cross-attentions.</summary>
    /// <param name="region">Which.</param>
    /// <param name="unet">The UNet.</param>
    public PromptContexts ContextsOf(int region, UNet2DConditionModel unet) => PromptContexts.Prepare(unet.PrepareContext, _ops, _prompts[region], SomeUnguided(region));

    /// <summary>Prepares a ControlNet under a region's prompts.</summary>
    /// <param name="region">Which.</param>
    /// <param name="network">The ControlNet.</param>
    /// <param name="settings">How much it steers, and when.</param>
    /// <param name="hint">What <see cref="DepthHint.Make"/> made.</param>
    /// <param name="size">The working size.</param>
    public DepthControl ControlOf(int region, LazyNetwork<ControlNetModel> network, ControlNetSettings settings, float[] hint, WorkingSize size) =>
        DepthControl.Prepare(network, settings, _ops, hint, size, _prompts[region], SomeUnguided(region));

    public void Dispose()
    {
        foreach (Tensor prompt in _prompts) prompt.Dispose();
    }

    private bool SomeUnguided(int region) => _regions[region].Settings.CountGuided(_evaluations) < _evaluations;
}
