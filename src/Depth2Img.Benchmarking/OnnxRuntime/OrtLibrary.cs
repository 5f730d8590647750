using System.Runtime.InteropServices;

namespace Depth2Img.Benchmarking.OnnxRuntime;

/// <summary>ONNX Runtime's C library, loaded from a path: nothing of the product needs it, it is only measured against.</summary>
internal sealed unsafe class OrtLibrary : IDisposable
{
    /// <summary>How to get the library.</summary>
    public const string HowToGet = "ONNX Runtime is not here: scripts/get-onnxruntime.sh fetches it, and --onnxruntime names its folder.";

    /// <summary>The version of the function table that is asked for; every newer library has it.</summary>
    private const uint ApiVersion = 14;

    private const int LogErrors = 3;

    private readonly nint _handle;
    private readonly nint* _functions;
    private nint _environment;

    private OrtLibrary(nint handle, string path)
    {
        _handle = handle;
        if (!NativeLibrary.TryGetExport(handle, "OrtGetApiBase", out nint export))
            throw new Depth2ImgException($"'{path}' is a library, but not ONNX Runtime: it has no OrtGetApiBase.");
        nint* apiBase = (nint*)((delegate* unmanaged<nint>)export)();
        _functions = (nint*)((delegate* unmanaged<uint, nint>)apiBase[0])(ApiVersion);
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])()) ?? "";
        if (_functions is null) throw new Depth2ImgException($"ONNX Runtime {Version} in '{path}' is too old: version 1.14 or newer is expected.");
        fixed (byte* name = "depth2img\0"u8)
        {
            nint environment;
            Check(((delegate* unmanaged<int, byte*, nint*, nint>)this[OrtFunction.CreateEnv])(LogErrors, name, &environment));
            _environment = environment;
        }
    }

    /// <summary>As in "1.30.0".</summary>
    public string Version { get; }

    /// <summary>The environment that sessions are made in.</summary>
    public nint Environment => _environment;

    /// <summary>A function's address.</summary>
    public nint this[OrtFunction function] => _functions[(int)function];

    /// <summary>Finds and loads the library.</summary>
    /// <param name="path">Its file, or a folder at or below which it lies.</param>
    /// <exception cref="Depth2ImgException">It is not there, or is not what it should be.</exception>
    public static OrtLibrary Load(string path)
    {
        string file = Find(path) ?? throw new Depth2ImgException($"'{path}' holds no libonnxruntime. {HowToGet}");
        if (!NativeLibrary.TryLoad(file, out nint handle)) throw new Depth2ImgException($"'{file}' is no library that this system loads.");
        try
        {
            return new OrtLibrary(handle, file);
        }
        catch
        {
            NativeLibrary.Free(handle);
            throw;
        }
    }

    /// <summary>Throws what a call reports.</summary>
    /// <exception cref="Depth2ImgException">The call failed.</exception>
    public void Check(nint status)
    {
        if (status == 0) return;
        string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)this[OrtFunction.GetErrorMessage])(status)) ?? "no reason given";
        Release(OrtFunction.ReleaseStatus, status);
        throw new Depth2ImgException($"ONNX Runtime {Version} failed: {message}");
    }

    /// <summary>Gives an object back.</summary>
    public void Release(OrtFunction function, nint value)
    {
        if (value != 0) ((delegate* unmanaged<nint, void>)this[function])(value);
    }

    /// <summary>Ends the environment. The library itself stays loaded: it has threads of its own.</summary>
    public void Dispose()
    {
        Release(OrtFunction.ReleaseEnv, _environment);
        _environment = 0;
    }

    private static string? Find(string path)
    {
        if (File.Exists(path)) return Path.GetFullPath(path);
        if (!Directory.Exists(path)) return null;
        string pattern = OperatingSystem.IsWindows() ? "onnxruntime.dll" : "libonnxruntime*";
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        return Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).Contains("providers", StringComparison.Ordinal))
            // A package holds the libraries of several systems, each in a folder named after its processor.
            .OrderByDescending(file => file.Contains($"{Path.DirectorySeparatorChar}{architecture}{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ThenBy(file => file, StringComparer.Ordinal)
            .Select(Path.GetFullPath)
            .FirstOrDefault();
    }
}
