namespace Depth2Img.Adapters;

/// <summary>A LoRA, or one of its kin, to put into a model's weights.</summary>
/// <param name="Path">A safetensors or torch file, or a PEFT folder with <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> in it (or in its folders <c>unet</c> and <c>text_encoder</c>).</param>
/// <param name="UNetStrength">What the UNet's changes are multiplied by: 1 takes them as trained, 0 leaves the weights as they are, negative numbers turn them round.</param>
/// <param name="TextEncoderStrength">The same for the text encoder.</param>
public sealed record AdapterOptions(string Path, double UNetStrength = 1, double TextEncoderStrength = 1);
