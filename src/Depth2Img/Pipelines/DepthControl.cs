using Depth2Img.Compute;
using Depth2Img.Models.ControlNet;

namespace Depth2Img.Pipelines;

/// <summary>A ControlNet at work in one request: its hint embedded and the prompts prepared, both once for all evaluations.</summary>
internal sealed class DepthControl : IDisposable
{
    private readonly LazyNetwork<ControlNetModel>.Loan _loan;
    private readonly ControlNetSettings _settings;
    private readonly IOps _ops;
    private PromptContexts? _contexts;

    /// <summary>[1,h,w,C], and the same twice for both halves of guidance.</summary>
    private Tensor? _hint, _hints;

    private DepthControl(LazyNetwork<ControlNetModel>.Loan loan, ControlNetSettings settings, IOps ops)
    {
        _loan = loan;
        _settings = settings;
        _ops = ops;
    }

    /// <summary>Prepares a ControlNet for a request.</summary>
    /// <param name="network">The ControlNet; lent until this object is disposed.</param>
    /// <param name="settings">How much it steers, and when.</param>
    /// <param name="ops">The session that denoises.</param>
    /// <param name="hint">What <see cref="DepthHint.Make"/> made.</param>
    /// <param name="size">The working size.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="denoising">Which evaluations are guided.</param>
    /// <param name="cancellationToken">Ends the loading of the ControlNet.</param>
    public static DepthControl Prepare(
        LazyNetwork<ControlNetModel> network, ControlNetSettings settings, IOps ops, float[] hint, WorkingSize size, EncodedPrompts prompts, DenoiseSettings denoising,
        CancellationToken cancellationToken)
    {
        DepthControl control = new(network.Borrow(cancellationToken), settings, ops);
        try
        {
            using Tensor picture = ops.Upload(hint, new Shape(1, size.PaddedHeight, size.PaddedWidth, 3));
            control._hint = control._loan.Network.EmbedHint(ops, picture);                            // [1,h,w,C]
            control._hints = Twice(ops, control._hint);                                               // [2,h,w,C]
            control._contexts = PromptContexts.Prepare(control._loan.Network.PrepareContext, ops, prompts, denoising);
            return control;
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    /// <summary>What it adds to an evaluation; null if it does not steer it. The caller disposes it.</summary>
    /// <param name="sample">The UNet's input, [1,h,w,c], or [2,h,w,c] for both halves of guidance.</param>
    /// <param name="timestep">The timestep.</param>
    /// <param name="evaluation">From 0.</param>
    /// <param name="evaluations">How many the run has.</param>
    public ControlResiduals? Evaluate(Tensor sample, double timestep, int evaluation, int evaluations)
    {
        if (!_settings.Steers(evaluation, evaluations)) return null;
        bool guided = sample.Shape[0] == 2;
        return _loan.Network.Forward(_ops, sample, timestep, _contexts!.At(evaluation, guided), guided ? _hints! : _hint!, (float)_settings.Weight);
    }

    /// <summary>Gives the memory and the network back.</summary>
    public void Dispose()
    {
        _contexts?.Dispose();
        _hint?.Dispose();
        _hints?.Dispose();
        _loan.Dispose();
    }

    private static Tensor Twice(IOps ops, Tensor picture)
    {
        Shape shape = picture.Shape;
        using Tensor tokens = ops.Reshape(picture, new Shape(1, shape[1] * shape[2], shape[3]));
        using Tensor both = ops.ConcatTokens(tokens, tokens);
        return ops.Reshape(both, new Shape(2, shape[1], shape[2], shape[3]));
    }
}
