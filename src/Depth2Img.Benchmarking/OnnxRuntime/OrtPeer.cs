using System.Diagnostics;
using Depth2Img.Benchmarking.Networks;

namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>A network of the model at full size in ONNX Runtime, on the same weights and inputs as ours.</summary>
internal sealed class OrtPeer : IDisposable
{
    /// <summary>The library's threads look for more work for a moment after a run; they would disturb what is measured next.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly OnnxModelFiles _files;
    private readonly OrtSession _session;

    private OrtPeer(OnnxModelFiles files, OrtSession session)
    {
        _files = files;
        _session = session;
    }

    /// <summary>The folder of the graphs, beside the program.</summary>
    public static string GraphFolder => Path.Combine(AppContext.BaseDirectory, "onnx");

    /// <summary>Loads a network.</summary>
    /// <param name="library">The library.</param>
    /// <param name="network">A network that has a graph.</param>
    /// <param name="threads">How many threads.</param>
    public static OrtPeer Load(OrtLibrary library, NetworkCase network, int threads)
    {
        string graph = Path.Combine(GraphFolder, $"{network.Graph}.onnx");
        if (!File.Exists(graph)) throw new Depth2ImgException($"The graph '{graph}' is missing; bench/onnx holds it.");
        OnnxModelFiles files = OnnxModelFiles.Write(graph, Sd2DepthNetworks.Formula(network.Component));
        OrtSession? session = null;
        try
        {
            session = new OrtSession(library, files.Path, threads);
            AddTensors(session, network.Graph!);
            return new OrtPeer(files, session);
        }
        catch
        {
            session?.Dispose();
            files.Dispose();
            throw;
        }
    }

    /// <summary>What the last run computed, channels first.</summary>
    public ReadOnlySpan<float> Output => _session.Output;

    /// <summary>One run.</summary>
    /// <returns>Seconds.</returns>
    public double Time()
    {
        long start = Stopwatch.GetTimestamp();
        _session.Run();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Thread.Sleep(Rest);
        return seconds;
    }

    /// <summary>Unloads the network and removes its files.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _files.Dispose();
    }

    private static void AddTensors(OrtSession session, string graph)
    {
        switch (graph)
        {
            case "unet":
                session.AddInput("sample", NetworkInputs.Latents("input.sample", 2 * 5 * 64 * 64), 2, 5, 64, 64);
                session.AddInput("timestep", [NetworkInputs.Timestep, (long)NetworkInputs.Timestep], 2);
                session.AddInput("context", NetworkInputs.Latents("input.context", 2 * NetworkInputs.Tokens * 1024), 2, NetworkInputs.Tokens, 1024);
                session.SetOutput("out", 2, 4, 64, 64);
                break;
            case "vae":
                session.AddInput("latent", NetworkInputs.Latents("input.latent", 4 * 64 * 64), 1, 4, 64, 64);
                session.SetOutput("out", 1, 3, 512, 512);
                break;
            case "depth":
                session.AddInput("pixels", NetworkInputs.Pixels("input.pixels", 3 * 384 * 384), 1, 3, 384, 384);
                session.SetOutput("out", 1, 384, 384);
                break;
            default:
                throw new ArgumentException($"No inputs are known for the graph '{graph}'.", nameof(graph));
        }
    }
}
