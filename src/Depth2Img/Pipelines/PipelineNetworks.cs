using Depth2Img.Adapters;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Embeddings;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>The networks of a checkpoint that every request needs, checked against each other, and loaded as memory allows.</summary>
internal sealed class PipelineNetworks : IDisposable
{
    /// <summary>Four of latents and one of depth.</summary>
    private const int DepthUnetChannels = 5;

    /// <summary>Latents alone.</summary>
    private const int PlainUnetChannels = 4;

    private readonly List<string> _notes = [];
    private readonly AdapterSet _adapters;
    private readonly LazyNetwork<ClipTextModel> _textEncoder;

    private PipelineNetworks(Checkpoint checkpoint, ControlNetCheckpoint? controlNet, AdapterSet adapters, IBackend backend, PipelineOptions options)
    {
        bool lowMemory = options.LowMemory;
        _adapters = adapters;
        _notes.AddRange(adapters.Notes);
        // Small files first: what is wrong with them is told before gigabytes are read.
        Scheduler = checkpoint.OpenScheduler();
        SchedulerOptions training = SchedulerFactory.CreateOptions(Scheduler);
        TrainingSteps = training.NumTrainTimesteps;
        CleanLatents = new CleanLatents(training);
        ClipTextConfig textConfig = ReadTextConfig(checkpoint);
        UnetConfig = ReadUnetConfig(checkpoint, textConfig, controlNet, options.ImageToImage);
        FollowsDepth = !options.ImageToImage;
        checkpoint.ClassOf("vae", "AutoencoderKL", "AutoencoderTiny");
        JsonConfig vaeConfig = checkpoint.OpenConfig("vae");
        Defaults = checkpoint.Defaults;
        Name = checkpoint.Name;
        _notes.AddRange(checkpoint.Notes);
        HasDepthNetwork = checkpoint.Has("depth_estimator");
        ControlNetName = controlNet?.Name;
        ClipTokenizer tokenizer = checkpoint.LoadTokenizer();
        EmbeddingSet embeddings = EmbeddingSet.Open(options.Embeddings, Name, textConfig, tokenizer);
        Embeddings = embeddings.Uses;
        Tokenizer = embeddings.Extend(tokenizer, firstId: textConfig.VocabSize);
        textConfig = embeddings.Extend(textConfig);

        _textEncoder = new(() => Build("text_encoder", scope => new ClipTextModel(scope, textConfig)), keep: !lowMemory);
        Unet = new(() => Build("unet", scope => new UNet2DConditionModel(scope, UnetConfig)), keep: !lowMemory);
        ControlNet = controlNet is null ? null : new(() => BuildFrom("ControlNet", controlNet.OpenWeights(), scope => new ControlNetModel(scope, controlNet.Config)), keep: !lowMemory);
        Vae = Build("vae", scope => Autoencoder.Create(scope, vaeConfig));

        T Build<T>(string component, Func<CheckpointScope, T> build) where T : IDisposable => BuildFrom(component, checkpoint.OpenWeights(component), build);

        T BuildFrom<T>(string component, IWeightSource source, Func<CheckpointScope, T> build) where T : IDisposable
        {
            using IDisposable? file = source as IDisposable;
            T network = CheckpointScope.Load(embeddings.Apply(component, adapters.Apply(component, source)), backend, build, out IReadOnlyList<string> unused);
            if (unused.Count > 0) AddNote($"The {component} file holds {unused.Count} {(unused.Count == 1 ? "tensor" : "tensors")} that nothing uses, such as {unused[0]}.");
            return network;
        }
    }

    public ClipTokenizer Tokenizer { get; }

    public UNet2DConditionConfig UnetConfig { get; }

    public LazyNetwork<UNet2DConditionModel> Unet { get; }

    /// <summary>What follows depth for a UNet without a depth channel; null for one with it.</summary>
    public LazyNetwork<ControlNetModel>? ControlNet { get; }

    /// <summary>The ControlNet's folder's or file's name.</summary>
    public string? ControlNetName { get; }

    /// <summary>Whether the UNet takes depth as a channel of its input.</summary>
    public bool HasDepthChannel => UnetConfig.InChannels == DepthUnetChannels;

    /// <summary>Whether depth is followed at all, by a channel or a ControlNet; false in plain image-to-image.</summary>
    public bool FollowsDepth { get; }

    /// <summary>Whether the checkpoint has a depth network of its own.</summary>
    public bool HasDepthNetwork { get; }

    /// <summary>Always loaded: it is the smallest, and every picture needs it twice.</summary>
    public IAutoencoder Vae { get; }

    public SchedulerConfig Scheduler { get; }

    /// <summary>How many noise levels the UNet was trained on.</summary>
    public int TrainingSteps { get; }

    /// <summary>What the UNet's outputs say of the picture in the making.</summary>
    public CleanLatents CleanLatents { get; }

    /// <summary>The checkpoint's own name, else its folder's.</summary>
    public string Name { get; }

    public ModelDefaults Defaults { get; }

    /// <summary>The adapters in the weights, with their strengths.</summary>
    public IReadOnlyList<AdapterUse> Adapters => _adapters.Uses;

    /// <summary>The textual inversions that prompts may name.</summary>
    public IReadOnlyList<EmbeddingUse> Embeddings { get; }

    /// <summary>What is odd about the files that were read so far.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes) return [.. _notes];
        }
    }

    /// <summary>The latents' side that the UNet was made for; 64 if its configuration does not say.</summary>
    public int UnetSampleSize => UnetConfig.SampleSize ?? 64;

    /// <summary>Loads tokenizer, autoencoder, the scheduler's settings and, unless memory is short, text encoder and UNet.</summary>
    public static PipelineNetworks Load(Checkpoint checkpoint, ControlNetCheckpoint? controlNet, IBackend backend, PipelineOptions options, CancellationToken cancellationToken)
    {
        AdapterSet adapters = AdapterSet.Open(options.Adapters, checkpoint);
        PipelineNetworks networks;
        try
        {
            networks = new PipelineNetworks(checkpoint, controlNet, adapters, backend, options);
        }
        catch
        {
            adapters.Dispose();
            throw;
        }
        try
        {
            if (networks.Vae.LatentChannels != networks.UnetConfig.OutChannels)
                throw new Depth2ImgException($"The parts of '{checkpoint.Path}' do not fit: the autoencoder has {networks.Vae.LatentChannels} latent channels and the UNet makes {networks.UnetConfig.OutChannels}.");
            if (options.LowMemory)
            {
                // A file that is missing or cut short is told now all the same.
                foreach (string component in (string[])["text_encoder", "unet"]) (checkpoint.OpenWeights(component) as IDisposable)?.Dispose();
                (controlNet?.OpenWeights() as IDisposable)?.Dispose();
                return networks;
            }
            cancellationToken.ThrowIfCancellationRequested();
            networks._textEncoder.Borrow().Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            networks.Unet.Borrow().Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            networks.ControlNet?.Borrow().Dispose();
            return networks;
        }
        catch
        {
            networks.Dispose();
            throw;
        }
    }

    /// <summary>Encodes prompts.</summary>
    /// <returns>[N,S,C].</returns>
    public Tensor EncodePrompts(IOps ops, IReadOnlyList<string> prompts)
    {
        int[] ids = [.. prompts.SelectMany(prompt => Tokenizer.Encode(prompt).Ids)];
        using LazyNetwork<ClipTextModel>.Loan textEncoder = _textEncoder.Borrow();
        return textEncoder.Network.Forward(ops, ids, prompts.Count);
    }

    /// <summary>Unloads the networks.</summary>
    public void Dispose()
    {
        _textEncoder.Dispose();
        Unet.Dispose();
        ControlNet?.Dispose();
        Vae.Dispose();
        _adapters.Dispose();
    }

    /// <summary>Notes something once, however often its network is loaded.</summary>
    private void AddNote(string note)
    {
        lock (_notes)
        {
            if (!_notes.Contains(note)) _notes.Add(note);
        }
    }

    private static ClipTextConfig ReadTextConfig(Checkpoint checkpoint)
    {
        checkpoint.ClassOf("text_encoder", "CLIPTextModel");
        return ClipTextConfig.Read(checkpoint.OpenConfig("text_encoder"));
    }

    private static UNet2DConditionConfig ReadUnetConfig(Checkpoint checkpoint, ClipTextConfig text, ControlNetCheckpoint? controlNet, bool imageToImage)
    {
        if (imageToImage && controlNet is not null)
            throw new Depth2ImgException($"Plain image-to-image follows no depth, and the ControlNet '{controlNet.Path}' would: leave one of them away.");
        checkpoint.ClassOf("unet", "UNet2DConditionModel");
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(checkpoint.OpenConfig("unet"));
        if (config.InChannels == DepthUnetChannels && imageToImage)
        {
            throw new Depth2ImgException(
                $"The UNet of '{checkpoint.Path}' has a depth channel, and plain image-to-image takes a text-to-image checkpoint, of {PlainUnetChannels} channels. To withhold depth from this one, give it a flat depth map.");
        }
        if (config.InChannels == PlainUnetChannels && controlNet is null && !imageToImage)
        {
            throw new Depth2ImgException(
                $"The UNet of '{checkpoint.Path}' takes {PlainUnetChannels} channels: this is a text-to-image model without a depth channel. Take a checkpoint that has one, as Stable Diffusion 2's depth model does, or give a depth ControlNet (--controlnet) that was made for this model's family.");
        }
        if (config.InChannels == DepthUnetChannels && controlNet is not null)
        {
            throw new Depth2ImgException(
                $"The UNet of '{checkpoint.Path}' has a depth channel of its own and needs no ControlNet: leave '{controlNet.Path}' away, or take a text-to-image checkpoint.");
        }
        if (config.InChannels is not (DepthUnetChannels or PlainUnetChannels))
        {
            string kind = config.InChannels switch
            {
                7 => "an upscaler",
                8 => "an instruct-pix2pix model",
                9 => "an inpainting model",
                _ => "no depth-to-image model",
            };
            throw new Depth2ImgException($"The UNet of '{checkpoint.Path}' takes {config.InChannels} channels: this is {kind}. Depth-to-image needs {DepthUnetChannels} (4 of latents and 1 of depth), as Stable Diffusion 2's depth model has.");
        }
        if (config.CrossAttentionDim != text.HiddenSize)
            throw new Depth2ImgException($"The parts of '{checkpoint.Path}' do not fit: the UNet's cross_attention_dim is {config.CrossAttentionDim} and the text encoder's hidden_size is {text.HiddenSize}.");
        controlNet?.RequireFit(config, checkpoint.Path);
        return config;
    }
}
