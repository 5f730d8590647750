using Depth2Img.Compute.Cpu;
using Depth2Img.Pipelines;

namespace Depth2Img.Extensions;

/// <summary>What an application says of its pipeline; in configuration, the section <see cref="SectionName"/> by convention.</summary>
public sealed class Depth2ImgOptions
{
    /// <summary>The usual name of the configuration section.</summary>
    public const string SectionName = "Depth2Img";

    /// <summary>A checkpoint's folder or file, a model that comes with the program ("demo"), or one in Hugging Face's cache ("sd2-depth", "owner/name").</summary>
    public string Model { get; set; } = "demo";

    /// <summary>What arithmetic is allowed.</summary>
    public Precision Precision { get; set; }

    /// <summary>Whether networks are in memory only while their stage runs (<see cref="PipelineOptions.LowMemory"/>).</summary>
    public bool LowMemory { get; set; }

    /// <summary>A depth ControlNet's folder or file, for checkpoints without a depth channel; null for none.</summary>
    public string? ControlNet { get; set; }

    /// <summary>LoRAs and their kin to put into the model's weights.</summary>
    public IList<AdapterSetting> Adapters { get; } = [];

    /// <summary>Files of textual inversions that prompts may name.</summary>
    public IList<string> Embeddings { get; } = [];

    /// <summary>
    /// How many requests run at a time, 1 to 64; others wait, in order. They share the processors, so that more of them
    /// make nothing faster, and each takes the memory of its activations.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 1;

    /// <summary>
    /// Whether logs and activities may contain prompts, and messages that quote them. They belong to whoever wrote them,
    /// so the default is no. Pictures are in neither, ever.
    /// </summary>
    public bool LogPrompts { get; set; }

    /// <summary>Whether pictures that the <see cref="Microsoft.Extensions.AI.IImageGenerator"/> gives have their settings, with the prompt, written into them.</summary>
    public bool WriteSettings { get; set; } = true;
}

/// <summary>An adapter as configuration names it.</summary>
public sealed class AdapterSetting
{
    /// <summary>Its file or PEFT folder.</summary>
    public string Path { get; set; } = "";

    /// <summary>What its changes are multiplied by: 1 takes them as trained.</summary>
    public double Strength { get; set; } = 1;
}
