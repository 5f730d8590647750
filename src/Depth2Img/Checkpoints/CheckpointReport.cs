using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models.Unet;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>One network of a checkpoint.</summary>
/// <param name="Component">Its folder: "unet".</param>
/// <param name="ClassName">Its class.</param>
/// <param name="Parameters">Floating-point values.</param>
/// <param name="Bytes">Bytes of its tensors.</param>
/// <param name="Precision">The element types, the most frequent first: "Float16".</param>
public sealed record NetworkReport(string Component, string ClassName, long Parameters, long Bytes, string Precision);

/// <summary>What a checkpoint folder holds, read from its configurations and the headers of its weights.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Path">The folder.</param>
/// <param name="PipelineClass">The class its index names.</param>
/// <param name="CanDoDepth">Whether its UNet has the depth channel.</param>
/// <param name="PredictionType">What its UNet predicts.</param>
/// <param name="Scheduler">The scheduler's class.</param>
/// <param name="Networks">Its networks.</param>
/// <param name="Defaults">The settings that suit it.</param>
public sealed record CheckpointReport(
    string Name,
    string Path,
    string PipelineClass,
    bool CanDoDepth,
    PredictionType PredictionType,
    string Scheduler,
    IReadOnlyList<NetworkReport> Networks,
    ModelDefaults Defaults)
{
    private const int DepthUnetChannels = 5;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="Depth2ImgException">It is no checkpoint, or a file of it is missing or damaged.</exception>
    public static CheckpointReport Read(string folder)
    {
        Checkpoint checkpoint = Checkpoint.Open(folder);
        SchedulerConfig scheduler = checkpoint.OpenScheduler();
        UNet2DConditionConfig unet = UNet2DConditionConfig.Read(checkpoint.OpenConfig("unet"));
        NetworkReport[] networks = [.. checkpoint.Networks.Select(c => Describe(checkpoint, c))];
        return new CheckpointReport(checkpoint.Name, checkpoint.Path, checkpoint.PipelineClass, unet.InChannels == DepthUnetChannels,
            SchedulerFactory.CreateOptions(scheduler).PredictionType, scheduler.ClassName, networks, checkpoint.Defaults);
    }

    private static NetworkReport Describe(Checkpoint checkpoint, CheckpointComponent component)
    {
        IWeightSource source = checkpoint.OpenWeights(component.Name);
        using IDisposable? file = source as IDisposable;
        List<WeightTensor> tensors = [.. source.Names.Select(name => source[name])];
        string precision = string.Join(", ", tensors.Where(t => t.Type.IsFloat()).GroupBy(t => t.Type).OrderByDescending(g => g.Count()).Select(g => g.Key.ToString()));
        return new NetworkReport(component.Name, component.ClassName,
            tensors.Where(t => t.Type.IsFloat()).Sum(t => (long)t.Count), tensors.Sum(t => (long)t.Data.Length), precision);
    }
}
