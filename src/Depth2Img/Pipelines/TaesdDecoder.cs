using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;
using Depth2Img.Models.Vae;

namespace Depth2Img.Pipelines;

/// <summary>
/// TAESD (Ollin Boer Bohan's taesd), a decoder distilled from that of Stable Diffusion 1 and 2 that is quick enough for
/// previews. It comes with the program, and is loaded when it is first asked for.
/// </summary>
internal sealed class TaesdDecoder : IDisposable
{
    /// <summary>What Stable Diffusion 1 and 2 multiply their autoencoder's latents by. TAESD was made for the product.</summary>
    private const float StableDiffusionScale = 0.18215f;
    private const int StableDiffusionChannels = 4;

    private readonly IAutoencoder _own;
    private readonly Lazy<IAutoencoder> _taesd;

    /// <param name="own">The checkpoint's autoencoder.</param>
    /// <param name="folder">TAESD's folder; null takes the one that comes with the program.</param>
    /// <param name="backend">What runs it.</param>
    public TaesdDecoder(IAutoencoder own, string? folder, IBackend backend)
    {
        _own = own;
        // Not the default mode: an exception would be kept and thrown for ever, even when the file is mended.
        _taesd = new(() => Load(folder ?? Path.Combine(EmbeddedModels.Demo, "vae"), backend), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Whether the checkpoint's own autoencoder is a TAESD already.</summary>
    private bool IsOwn => _own is AutoencoderTiny;

    /// <summary>Whether TAESD knows the checkpoint's latents: those of Stable Diffusion 1 and 2, by their scale.</summary>
    public bool KnowsLatents => IsOwn
        || (_own.LatentChannels == StableDiffusionChannels && _own.ShiftFactor == 0 && MathF.Abs(_own.ScalingFactor - StableDiffusionScale) < 1e-4f);

    /// <summary>The network, loaded. Its scaling factor is 1: it takes latents as the UNet has them.</summary>
    /// <exception cref="Depth2ImgException">Its files are missing or damaged.</exception>
    public IAutoencoder Network => IsOwn ? _own : _taesd.Value;

    public void Dispose()
    {
        if (_taesd.IsValueCreated) _taesd.Value.Dispose();
    }

    private static IAutoencoder Load(string folder, IBackend backend)
    {
        string weights = Path.Combine(folder, "diffusion_pytorch_model.safetensors");
        JsonConfig config = JsonConfig.Open(Path.Combine(folder, "config.json"));
        using SafetensorsFile file = SafetensorsFile.Open(weights);
        return CheckpointScope.Load(file, backend, scope => Autoencoder.Create(scope, config), out _);
    }
}
