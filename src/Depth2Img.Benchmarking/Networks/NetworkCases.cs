using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Dpt;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.Pipelines;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>The networks of a checkpoint at the sizes that it is used at: what a picture costs.</summary>
internal static class NetworkCases
{
    private const int Prompts = 2;

    /// <summary>Pixels of a picture to a latent, in each direction.</summary>
    private const int Factor = 8;

    /// <summary>Every network that the source has, in the order of the time that a picture spends in them.</summary>
    public static IEnumerable<NetworkCase> Of(INetworkSource source)
    {
        int side = source.PictureSide ?? (UNet2DConditionConfig.Read(source.Config("unet")).SampleSize ?? 64) * Factor;
        bool isFullSize = source is Sd2DepthNetworks;
        foreach (NetworkCase growing in AtSide(source, side)) yield return growing;
        yield return new NetworkCase($"VAE encode from {side}x{side}", "vae", null, backend => LoadEncoder(source, side, backend)) { Work = "VAE encode", PictureSide = side };
        if (source.Has("depth_estimator"))
        {
            DptConfig depth = DptConfig.Read(source.Config("depth_estimator"));
            yield return new NetworkCase($"DPT at {depth.ImageSize}x{depth.ImageSize}", "depth_estimator", isFullSize ? "depth" : null, backend => LoadDepth(source, depth, backend))
            {
                Work = "DPT",
                IsFloat32 = true,
            };
        }
        yield return new NetworkCase($"text encoder, {Prompts} prompts", "text_encoder", null, backend => LoadText(source, backend)) { Work = "text encoder" };
    }

    /// <summary>What takes nearly all of a picture's time and grows with its side: a step of the UNet, and decoding.</summary>
    public static IEnumerable<NetworkCase> AtSide(INetworkSource source, int side)
    {
        UNet2DConditionConfig unet = UNet2DConditionConfig.Read(source.Config("unet"));
        int latentSide = side / Factor;
        // The graphs are of one size.
        bool hasGraph = source is Sd2DepthNetworks && side == source.PictureSide;
        yield return new NetworkCase(
            $"UNet step, batch {Prompts}, {latentSide}x{latentSide} latents", "unet", hasGraph ? "unet" : null, backend => LoadUnet(source, unet, latentSide, backend))
        {
            Work = "UNet step",
            PictureSide = side,
        };
        yield return new NetworkCase($"VAE decode to {side}x{side}", "vae", hasGraph ? "vae" : null, backend => LoadDecoder(source, latentSide, backend))
        {
            Work = "VAE decode",
            PictureSide = side,
        };
    }

    private static LoadedNetwork LoadUnet(INetworkSource source, UNet2DConditionConfig config, int side, IBackend backend)
    {
        UNet2DConditionModel unet = Build(source, "unet", backend, scope => new UNet2DConditionModel(scope, config));
        return new LoadedNetwork(unet, ops =>
        {
            Tensor sample = ops.UploadChannelsFirst(
                NetworkInputs.Latents("input.sample", Prompts * config.InChannels * side * side), Prompts, config.InChannels, side, side);
            using Tensor prompts = ops.Upload(
                NetworkInputs.Latents("input.context", Prompts * NetworkInputs.Tokens * config.CrossAttentionDim),
                new Shape(Prompts, NetworkInputs.Tokens, config.CrossAttentionDim));
            UNetContext context = unet.PrepareContext(ops, prompts);
            return new NetworkPass(session => unet.Forward(session, sample, NetworkInputs.Timestep, context), sample, context);
        });
    }

    private static LoadedNetwork LoadDecoder(INetworkSource source, int side, IBackend backend)
    {
        IAutoencoder vae = BuildVae(source, backend);
        return new LoadedNetwork(vae, ops =>
        {
            Tensor latents = ops.UploadChannelsFirst(
                NetworkInputs.Latents("input.latent", vae.LatentChannels * side * side), 1, vae.LatentChannels, side, side);
            // Large pictures are decoded as the pipeline does it.
            if (vae is not AutoencoderKL large || side * side <= new PipelineOptions().WholeDecodeLimit)
                return new NetworkPass(session => vae.Decode(session, latents), latents);
            TiledDecoder tiles = new(large);
            return new NetworkPass(
                session =>
                {
                    tiles.Decode(session, latents);
                    return null;
                },
                latents);
        });
    }

    private static LoadedNetwork LoadEncoder(INetworkSource source, int side, IBackend backend)
    {
        IAutoencoder vae = BuildVae(source, backend);
        return new LoadedNetwork(vae, ops =>
        {
            Tensor image = ops.UploadChannelsFirst(NetworkInputs.Pixels("input.image", 3 * side * side), 1, 3, side, side);
            return new NetworkPass(
                session =>
                {
                    vae.Encode(session, image);
                    return null;
                },
                image);
        });
    }

    private static LoadedNetwork LoadDepth(INetworkSource source, DptConfig config, IBackend backend)
    {
        DptForDepthEstimation dpt = Build(source, "depth_estimator", backend, scope => new DptForDepthEstimation(scope, config));
        int side = config.ImageSize;
        return new LoadedNetwork(dpt, ops =>
        {
            Tensor pixels = ops.UploadChannelsFirst(NetworkInputs.Pixels("input.pixels", 3 * side * side), 1, 3, side, side);
            return new NetworkPass(session => dpt.Forward(session, pixels), pixels);
        });
    }

    private static LoadedNetwork LoadText(INetworkSource source, IBackend backend)
    {
        ClipTextConfig config = ClipTextConfig.Read(source.Config("text_encoder"));
        ClipTextModel text = Build(source, "text_encoder", backend, scope => new ClipTextModel(scope, config));
        int[] ids = NetworkInputs.TokenIds(Prompts * NetworkInputs.Tokens, config.VocabSize);
        return new LoadedNetwork(text, _ => new NetworkPass(session => text.Forward(session, ids, Prompts)));
    }

    private static IAutoencoder BuildVae(INetworkSource source, IBackend backend)
    {
        JsonConfig config = source.Config("vae");
        return Build(source, "vae", backend, scope => Autoencoder.Create(scope, config));
    }

    private static T Build<T>(INetworkSource source, string component, IBackend backend, Func<CheckpointScope, T> build)
    {
        IWeightSource weights = source.Weights(component);
        using IDisposable? file = weights as IDisposable;
        return CheckpointScope.Load(weights, backend, build, out _);
    }
}
