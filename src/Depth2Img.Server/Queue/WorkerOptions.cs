using Depth2Img.Imaging;
using Depth2Img.Server.Options;

namespace Depth2Img.Server.Queue;

/// <summary>How a worker runs.</summary>
public sealed class WorkerOptions
{
    /// <summary>As many as the decoders can be told to read.</summary>
    private const long MostPixels = 500_000_000;

    /// <summary>The message broker that jobs come from.</summary>
    public required QueueAddress Queue { get; init; }

    /// <summary>The type of the broker's queues: the same for all servers and workers.</summary>
    public QueueType QueueType { get; init; }

    /// <summary>The models whose jobs it takes, by the names of the command line; the first is loaded at the start.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The folder that server and workers see, if the server was given one; null if pictures come and go through the broker.</summary>
    public string? SharedFolder { get; init; }

    /// <summary>The kernels to run; null for the fastest.</summary>
    public string? Cpu { get; init; }

    /// <summary>Whether to stay on kernels of single precision.</summary>
    public bool Float32 { get; init; }

    /// <summary>The same for the parts that server and worker share.</summary>
    internal ServerOptions ToServerOptions()
    {
        ServerOptions options = new() { Cpu = Cpu, Float32 = Float32 };
        foreach (string model in Models) options.Models.Add(model);
        // The server has held its own limits against the job, and may have been given greater ones than the usual.
        options.Limits.Pixels = MostPixels;
        options.Limits.Side = ImageLimits.Default.MaxSide;
        options.Limits.BodyBytes = ImageLimits.Default.MaxFileBytes;
        return options;
    }
}
