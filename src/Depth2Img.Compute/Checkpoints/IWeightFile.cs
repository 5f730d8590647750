namespace Depth2Img.Compute.Checkpoints;

/// <summary>Tensors of a file, or of several that belong together, that are open until this is disposed.</summary>
public interface IWeightFile : IWeightSource, IDisposable
{
}
