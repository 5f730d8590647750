namespace Depth2Img.Server.Queue;

/// <summary>A worker's sign of life, as JSON.</summary>
/// <param name="Worker">The worker: another name at every start.</param>
/// <param name="Models">The models it has.</param>
/// <param name="Leaves">Whether it is about to stop.</param>
internal sealed record WorkerSign(string Worker, IReadOnlyList<string> Models, bool Leaves = false);
