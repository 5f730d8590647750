using Depth2Img.Compute;
using Depth2Img.Models.Clip;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;

namespace Depth2Img.Pipelines;

/// <summary>The encoded prompts of a request's regions, to make <see cref="DenoiseRegion"/>s of once the UNet is there.</summary>
internal sealed class RegionPrompts : IDisposable
{
    private readonly IOps _ops;
    private readonly IReadOnlyList<RegionPlan> _regions;
    private readonly List<EncodedPrompts> _prompts = [];

    private RegionPrompts(IOps ops, IReadOnlyList<RegionPlan> regions)
    {
        _ops = ops;
        _regions = regions;
    }

    /// <summary>Encodes what the regions' evaluations need.</summary>
    /// <param name="ops">The session that denoises.</param>
    /// <param name="networks">Knows the text encoder.</param>
    /// <param name="regions">The regions.</param>
    /// <param name="programs">What the regions' prompts are.</param>
    /// <param name="prompting">How they are encoded.</param>
    /// <param name="cancellationToken">Ends the loading of the text encoder.</param>
    public static RegionPrompts Encode(IOps ops, PipelineNetworks networks, IReadOnlyList<RegionPlan> regions, IReadOnlyList<PromptProgram> programs, Prompting prompting, CancellationToken cancellationToken = default)
    {
        RegionPrompts prompts = new(ops, regions);
        try
        {
            using LazyNetwork<ClipTextModel>.Loan textEncoder = networks.TextEncoder.Borrow(cancellationToken);
            PromptEncoder encoder = new(ops, textEncoder.Network, networks.Tokenizer, prompting);
            foreach (PromptProgram program in programs) prompts._prompts.Add(encoder.Encode(program));
            return prompts;
        }
        catch
        {
            prompts.Dispose();
            throw;
        }
    }

    /// <summary>Prepares a region's cross-attentions.</summary>
    /// <param name="region">Which.</param>
    /// <param name="unet">The UNet.</param>
    public PromptContexts ContextsOf(int region, UNet2DConditionModel unet) => PromptContexts.Prepare(unet.PrepareContext, _ops, _prompts[region], _regions[region].Settings);

    /// <summary>Prepares a ControlNet under a region's prompts.</summary>
    /// <param name="region">Which.</param>
    /// <param name="network">The ControlNet.</param>
    /// <param name="settings">How much it steers, and when.</param>
    /// <param name="hint">What <see cref="DepthHint.Make"/> made.</param>
    /// <param name="size">The working size.</param>
    /// <param name="cancellationToken">Ends the loading of the ControlNet.</param>
    public DepthControl ControlOf(int region, LazyNetwork<ControlNetModel> network, ControlNetSettings settings, float[] hint, WorkingSize size, CancellationToken cancellationToken) =>
        DepthControl.Prepare(network, settings, _ops, hint, size, _prompts[region], _regions[region].Settings, cancellationToken);

    public void Dispose()
    {
        foreach (EncodedPrompts prompts in _prompts) prompts.Dispose();
    }
}
