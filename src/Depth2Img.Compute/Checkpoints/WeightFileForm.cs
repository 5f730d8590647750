namespace Depth2Img.Compute.Checkpoints;

/// <summary>The forms that weight files have.</summary>
internal enum WeightFileForm
{
    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>JSON that names several files.</summary>
    ShardIndex,

    /// <summary>A torch file: a zip, or pickles in a row.</summary>
    Torch,
}
