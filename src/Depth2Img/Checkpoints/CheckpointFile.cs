namespace Depth2Img.Checkpoints;

/// <summary>A small file of a checkpoint folder: a configuration, a vocabulary, a licence.</summary>
/// <param name="Name">Its place in the folder, with "/" between names: "unet/config.json".</param>
/// <param name="Content">Its bytes.</param>
internal sealed record CheckpointFile(string Name, byte[] Content);
