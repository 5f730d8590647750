using System.Runtime.InteropServices;
using System.Text;

namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>A graph in ONNX Runtime with its inputs and its output, which lie in memory that this owns.</summary>
internal sealed unsafe class OrtSession : IDisposable
{
    private const int AllOptimisations = 99;
    private const int ArenaAllocator = 1, DefaultMemory = 0;
    private const int Float32Type = 1, Int64Type = 7;

    private readonly OrtLibrary _library;
    private readonly nint _session;
    private readonly nint _memory;
    private readonly List<nint> _buffers = [];
    private readonly List<nint> _inputNames = [];
    private readonly List<nint> _inputs = [];
    private nint _output;
    private nint _outputName;
    private float* _outputData;
    private int _outputCount;

    /// <summary>Loads a graph, optimised in every way that the library knows.</summary>
    /// <param name="library">The library.</param>
    /// <param name="path">The graph.</param>
    /// <param name="threads">How many threads an op runs on; ops run one after another.</param>
    public OrtSession(OrtLibrary library, string path, int threads)
    {
        _library = library;
        nint options = 0;
        Check(((delegate* unmanaged<nint*, nint>)library[OrtFunction.CreateSessionOptions])(&options));
        try
        {
            Check(((delegate* unmanaged<nint, int, nint>)library[OrtFunction.SetSessionGraphOptimizationLevel])(options, AllOptimisations));
            Check(((delegate* unmanaged<nint, int, nint>)library[OrtFunction.SetIntraOpNumThreads])(options, threads));
            Check(((delegate* unmanaged<nint, int, nint>)library[OrtFunction.SetInterOpNumThreads])(options, 1));
            // Paths are UTF-16 on Windows and the system's bytes elsewhere.
            byte[] pathBytes = OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(path + '\0') : Encoding.UTF8.GetBytes(path + '\0');
            fixed (byte* pathPointer = pathBytes)
            {
                nint session;
                Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)library[OrtFunction.CreateSession])(library.Environment, pathPointer, options, &session));
                _session = session;
            }
            nint memory;
            Check(((delegate* unmanaged<int, int, nint*, nint>)library[OrtFunction.CreateCpuMemoryInfo])(ArenaAllocator, DefaultMemory, &memory));
            _memory = memory;
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            library.Release(OrtFunction.ReleaseSessionOptions, options);
        }
    }

    /// <summary>Gives an input its values.</summary>
    public void AddInput(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) => AddInput(name, MemoryMarshal.AsBytes(values), Float32Type, shape);

    /// <summary>Gives an input its values.</summary>
    public void AddInput(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) => AddInput(name, MemoryMarshal.AsBytes(values), Int64Type, shape);

    /// <summary>Makes room for the output.</summary>
    public void SetOutput(string name, params ReadOnlySpan<long> shape)
    {
        _outputCount = 1;
        foreach (long size in shape) _outputCount = checked(_outputCount * (int)size);
        byte* data = Allocate(_outputCount * sizeof(float));
        _outputData = (float*)data;
        _outputName = Name(name);
        _output = Tensor(data, _outputCount * sizeof(float), Float32Type, shape);
    }

    /// <summary>Runs the graph.</summary>
    public void Run()
    {
        fixed (nint* names = CollectionsMarshal.AsSpan(_inputNames))
        fixed (nint* inputs = CollectionsMarshal.AsSpan(_inputs))
        {
            nint outputName = _outputName, output = _output;
            Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_library[OrtFunction.Run])(
                _session, 0, names, inputs, (nuint)_inputs.Count, &outputName, 1, &output));
        }
    }

    /// <summary>What the last run computed.</summary>
    public ReadOnlySpan<float> Output => new(_outputData, _outputCount);

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        foreach (nint input in _inputs) _library.Release(OrtFunction.ReleaseValue, input);
        _library.Release(OrtFunction.ReleaseValue, _output);
        _library.Release(OrtFunction.ReleaseMemoryInfo, _memory);
        _library.Release(OrtFunction.ReleaseSession, _session);
        foreach (nint buffer in _buffers) NativeMemory.AlignedFree((void*)buffer);
        _buffers.Clear();
    }

    private void AddInput(string name, ReadOnlySpan<byte> values, int type, ReadOnlySpan<long> shape)
    {
        byte* data = Allocate(values.Length);
        values.CopyTo(new Span<byte>(data, values.Length));
        _inputNames.Add(Name(name));
        _inputs.Add(Tensor(data, values.Length, type, shape));
    }

    private nint Tensor(byte* data, int bytes, int type, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* sizes = shape)
        {
            Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_library[OrtFunction.CreateTensorWithDataAsOrtValue])(
                _memory, data, (nuint)bytes, sizes, (nuint)shape.Length, type, &value));
        }
        return value;
    }

    private nint Name(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name + '\0');
        byte* data = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(data, bytes.Length));
        return (nint)data;
    }

    private byte* Allocate(int bytes)
    {
        byte* data = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        _buffers.Add((nint)data);
        return data;
    }

    private void Check(nint status) => _library.Check(status);
}
