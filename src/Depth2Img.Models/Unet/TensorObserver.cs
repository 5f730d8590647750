using Depth2Img.Compute;

namespace Depth2Img.Models.Unet;

/// <summary>Sees a module's output as it is made; must neither keep nor change it.</summary>
/// <param name="path">The module's path in the checkpoint: "down_blocks.0.resnets.0".</param>
/// <param name="output">Its output.</param>
internal delegate void TensorObserver(string path, Tensor output);
