using Depth2Img.Compute.Checkpoints;
using Depth2Img.Hub;
using Depth2Img.Models;
using Depth2Img.Models.ControlNet;
using Depth2Img.Models.Unet;

namespace Depth2Img.Checkpoints;

/// <summary>A ControlNet on disk: a folder in diffusers' layout, or one file in its authors' own form. Opening one reads no weights.</summary>
internal sealed class ControlNetCheckpoint
{
    /// <summary>Red, green and blue of the hint.</summary>
    private const int HintChannels = 3;

    private readonly bool _isFile;

    private ControlNetCheckpoint(string path, bool isFile, ControlNetConfig config)
    {
        Path = path;
        _isFile = isFile;
        Config = config;
        string name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        Name = isFile ? System.IO.Path.GetFileNameWithoutExtension(name) : name;
        if (config.ConditioningChannels != HintChannels)
            throw new Depth2ImgException($"The ControlNet '{path}' is guided by pictures of {config.ConditioningChannels} channels; {HintChannels} were expected, as a depth ControlNet has.");
    }

    /// <summary>The folder or file.</summary>
    public string Path { get; }

    /// <summary>The folder's or file's own name, as settings show it.</summary>
    public string Name { get; }

    /// <summary>The sizes.</summary>
    public ControlNetConfig Config { get; }

    /// <summary>Opens a ControlNet.</summary>
    /// <param name="path">The folder with its config.json, the file, or the name of a fetched model.</param>
    /// <exception cref="Depth2ImgException">There is nothing there, or no ControlNet that fits Stable Diffusion 1 or 2.</exception>
    public static ControlNetCheckpoint Open(string path)
    {
        if (!Directory.Exists(path) && !File.Exists(path) && ModelLocator.LooksFetched(path)) path = ModelLocator.Find(path);
        if (File.Exists(path))
        {
            using ControlNetLdmWeights weights = OpenFile(path);
            return new ControlNetCheckpoint(path, isFile: true, weights.Config);
        }
        if (!Directory.Exists(path))
            throw new Depth2ImgException($"There is no ControlNet '{path}': a folder with a config.json, a file, or the name of a fetched model was expected.");
        return new ControlNetCheckpoint(path, isFile: false, ControlNetConfig.Read(JsonConfig.Open(System.IO.Path.Combine(path, "config.json"))));
    }

    /// <summary>Opens the weights under diffusers' keys; dispose the result when the network is built.</summary>
    /// <exception cref="Depth2ImgException">There are none, or only in a form that is not read.</exception>
    public IWeightSource OpenWeights() => _isFile ? OpenFile(Path) : CheckpointFolder.OpenWeightsIn(Path);

    /// <summary>Refuses a UNet that the ControlNet was not made for.</summary>
    /// <param name="unet">The UNet.</param>
    /// <param name="checkpoint">Where it is from, for messages.</param>
    /// <exception cref="Depth2ImgException">Their sizes differ.</exception>
    public void RequireFit(UNet2DConditionConfig unet, string checkpoint)
    {
        UNet2DConditionConfig own = Config.Unet;
        if (own.CrossAttentionDim != unet.CrossAttentionDim)
            throw new Depth2ImgException($"The ControlNet '{Path}' is for a text width of {Family(own)} and the UNet of '{checkpoint}' has {Family(unet)}: take a ControlNet that was made for the UNet's family.");
        if (own.InChannels != unet.InChannels)
            throw new Depth2ImgException($"The ControlNet '{Path}' takes {own.InChannels} channels and the UNet of '{checkpoint}' {unet.InChannels}: they do not fit.");
        if (!own.BlockOutChannels.SequenceEqual(unet.BlockOutChannels) || !own.LayersPerBlock.SequenceEqual(unet.LayersPerBlock))
            throw new Depth2ImgException($"The ControlNet '{Path}' has blocks of {Blocks(own)} and the UNet of '{checkpoint}' of {Blocks(unet)}: they do not fit.");
    }

    private static ControlNetLdmWeights OpenFile(string path)
    {
        IWeightFile file = WeightFiles.Open(path);
        try
        {
            return new ControlNetLdmWeights(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string Family(UNet2DConditionConfig unet) => unet.CrossAttentionDim switch
    {
        768 => "768 (Stable Diffusion 1)",
        1024 => "1024 (Stable Diffusion 2)",
        2048 => "2048 (Stable Diffusion XL)",
        int other => $"{other}",
    };

    private static string Blocks(UNet2DConditionConfig unet) =>
        $"{string.Join(", ", unet.BlockOutChannels)} channels and {string.Join(", ", unet.LayersPerBlock)} layers";
}
