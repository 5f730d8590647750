using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;
using Depth2Img.Models.Clip;
using Depth2Img.Models.Unet;
using Depth2Img.Models.Vae;
using Depth2Img.Prompts;
using Depth2Img.Schedulers;

namespace Depth2Img.Pipelines;

/// <summary>The networks of a checkpoint that every request needs, loaded and checked against each other.</summary>
internal sealed class PipelineNetworks : IDisposable
{
    /// <summary>Four of latents and one of depth.</summary>
    private const int DepthUnetChannels = 5;

    private PipelineNetworks(CheckpointFolder checkpoint, ClipTokenizer tokenizer, ClipTextModel textEncoder, UNet2DConditionModel unet, IAutoencoder vae, SchedulerConfig scheduler, IReadOnlyList<string> notes)
    {
        Tokenizer = tokenizer;
        TextEncoder = textEncoder;
        Unet = unet;
        Vae = vae;
        Scheduler = scheduler;
        SchedulerOptions training = SchedulerFactory.CreateOptions(scheduler);
        TrainingSteps = training.NumTrainTimesteps;
        CleanLatents = new CleanLatents(training);
        Defaults = ModelDefaults.Read(checkpoint.Path);
        Name = checkpoint.Name;
        Notes = notes;
    }

    public ClipTokenizer Tokenizer { get; }

    public ClipTextModel TextEncoder { get; }

    public UNet2DConditionModel Unet { get; }

    public IAutoencoder Vae { get; }

    public SchedulerConfig Scheduler { get; }

    /// <summary>How many noise levels the UNet was trained on.</summary>
    public int TrainingSteps { get; }

    /// <summary>What the UNet's outputs say of the picture in the making.</summary>
    public CleanLatents CleanLatents { get; }

    /// <summary>The checkpoint's own name, else its folder's.</summary>
    public string Name { get; }

    public ModelDefaults Defaults { get; }

    public IReadOnlyList<string> Notes { get; }

    /// <summary>The latents' side that the UNet was made for; 64 if its configuration does not say.</summary>
    public int UnetSampleSize => Unet.Config.SampleSize ?? 64;

    /// <summary>Loads tokenizer, text encoder, UNet, autoencoder and the scheduler's settings.</summary>
    public static PipelineNetworks Load(CheckpointFolder checkpoint, IBackend backend, CancellationToken cancellationToken)
    {
        // Small files first: what is wrong with them is told before gigabytes are read.
        SchedulerConfig scheduler = SchedulerConfig.FromJson(checkpoint.FileOf("scheduler", "scheduler_config.json"));
        ClipTextConfig textConfig = ReadTextConfig(checkpoint);
        UNet2DConditionConfig unetConfig = ReadUnetConfig(checkpoint, textConfig);
        checkpoint.ClassOf("vae", "AutoencoderKL", "AutoencoderTiny");
        JsonConfig vaeConfig = JsonConfig.Open(checkpoint.FileOf("vae", "config.json"));
        checkpoint.ClassOf("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast");
        ClipTokenizer tokenizer = ClipTokenizer.Load(checkpoint.FolderOf("tokenizer"));

        List<string> notes = [];
        List<IDisposable> loaded = [];
        try
        {
            T Build<T>(string component, Func<CheckpointScope, T> build) where T : IDisposable
            {
                cancellationToken.ThrowIfCancellationRequested();
                IWeightSource source = checkpoint.OpenWeights(component);
                using IDisposable? file = source as IDisposable;
                T network = CheckpointScope.Load(source, backend, build, out IReadOnlyList<string> unused);
                loaded.Add(network);
                if (unused.Count > 0)
                    notes.Add($"The {component} file holds {unused.Count} {(unused.Count == 1 ? "tensor" : "tensors")} that nothing uses, such as {unused[0]}.");
                return network;
            }

            ClipTextModel textEncoder = Build("text_encoder", scope => new ClipTextModel(scope, textConfig));
            IAutoencoder vae = Build("vae", scope => Autoencoder.Create(scope, vaeConfig));
            UNet2DConditionModel unet = Build("unet", scope => new UNet2DConditionModel(scope, unetConfig));
            if (vae.LatentChannels != unetConfig.OutChannels)
                throw new Depth2ImgException($"The parts of '{checkpoint.Path}' do not fit: the autoencoder has {vae.LatentChannels} latent channels and the UNet makes {unetConfig.OutChannels}.");
            return new PipelineNetworks(checkpoint, tokenizer, textEncoder, unet, vae, scheduler, notes);
        }
        catch
        {
            foreach (IDisposable network in loaded) network.Dispose();
            throw;
        }
    }

    /// <summary>Encodes prompts and prepares the UNet's cross-attention for them.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="prompts">The negative prompt and the prompt; or the prompt alone, if nothing is guided.</param>
    /// <param name="conditionalToo">Whether some evaluations are guided and others not.</param>
    public PromptContexts EncodePrompts(IOps ops, IReadOnlyList<string> prompts, bool conditionalToo)
    {
        int[] ids = [.. prompts.SelectMany(prompt => Tokenizer.Encode(prompt).Ids)];
        using Tensor context = TextEncoder.Forward(ops, ids, prompts.Count);                    // [N,S,C]
        UNetContext all = Unet.PrepareContext(ops, context);
        if (prompts.Count == 1) return new PromptContexts(null, all);
        try
        {
            return new PromptContexts(all, conditionalToo ? PrepareLast(ops, context) : null);
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    /// <summary>The last prompt of [N,S,C] alone.</summary>
    private UNetContext PrepareLast(IOps ops, Tensor context)
    {
        int prompts = context.Shape[0], tokens = context.Shape[1], channels = context.Shape.Channels;
        using Tensor flat = ops.Reshape(context, new Shape(1, prompts * tokens, channels));
        using Tensor last = ops.SliceTokens(flat, (prompts - 1) * tokens, tokens);              // [1,S,C]
        return Unet.PrepareContext(ops, last);
    }

    /// <summary>Unloads the networks.</summary>
    public void Dispose()
    {
        TextEncoder.Dispose();
        Unet.Dispose();
        Vae.Dispose();
    }

    private static ClipTextConfig ReadTextConfig(CheckpointFolder checkpoint)
    {
        checkpoint.ClassOf("text_encoder", "CLIPTextModel");
        return ClipTextConfig.Read(JsonConfig.Open(checkpoint.FileOf("text_encoder", "config.json")));
    }

    private static UNet2DConditionConfig ReadUnetConfig(CheckpointFolder checkpoint, ClipTextConfig text)
    {
        checkpoint.ClassOf("unet", "UNet2DConditionModel");
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(JsonConfig.Open(checkpoint.FileOf("unet", "config.json")));
        if (config.InChannels != DepthUnetChannels)
        {
            string kind = config.InChannels switch
            {
                4 => "a text-to-image model without a depth channel",
                7 => "an upscaler",
                8 => "an instruct-pix2pix model",
                9 => "an inpainting model",
                _ => "no depth-to-image model",
            };
            throw new Depth2ImgException($"The UNet of '{checkpoint.Path}' takes {config.InChannels} channels: this is {kind}. Depth-to-image needs {DepthUnetChannels} (4 of latents and 1 of depth), as Stable Diffusion 2's depth model has.");
        }
        if (config.CrossAttentionDim != text.HiddenSize)
            throw new Depth2ImgException($"The parts of '{checkpoint.Path}' do not fit: the UNet's cross_attention_dim is {config.CrossAttentionDim} and the text encoder's hidden_size is {text.HiddenSize}.");
        return config;
    }
}
