namespace Depth2Img.Checkpoints;

/// <summary>One entry of <c>model_index.json</c>: a folder's library and class.</summary>
/// <param name="Name">The component, which is its folder's name: "unet", "vae".</param>
/// <param name="Library">"diffusers" or "transformers".</param>
/// <param name="ClassName">The class that wrote it: "UNet2DConditionModel".</param>
public sealed record CheckpointComponent(string Name, string Library, string ClassName);
