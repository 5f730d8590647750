using Depth2Img.Compute.Cpu.MachineCode;

namespace Depth2Img.Compute.Cpu.Amx;

/// <summary>
/// The assembled kernels of the tile registers. A thread calls <see cref="Configure"/> before its first product and <see cref="Release"/>
/// after its last, so that threads that wait hold no tiles, which the system would save and restore.
/// </summary>
internal sealed unsafe class AmxUnit : IDisposable
{
    private readonly MachineFunction _configure;
    private readonly MachineFunction _release;
    private readonly MachineFunction[] _multiply;
    private readonly MachineFunction[] _convolve;
    private readonly MachineFunction _peak;
    private readonly AlignedBuffer _configuration = new(Tiles.ConfigurationBytes);

    private AmxUnit(MachineFunction[] functions)
    {
        _configure = functions[0];
        _release = functions[1];
        _multiply = functions[2..4];
        _convolve = functions[4..6];
        _peak = functions[6];
        Tiles.WriteConfiguration(new Span<byte>(_configuration.Data, Tiles.ConfigurationBytes));
    }

    /// <summary>The bytes of every function, in the order in which they are loaded.</summary>
    public static IReadOnlyList<byte[]> Programs =>
    [
        TileStatePrograms.Configure(),
        TileStatePrograms.Release(),
        MultiplyProgram.Assemble(tileRows: 1),
        MultiplyProgram.Assemble(tileRows: 2),
        ConvolveProgram.Assemble(tileRows: 1),
        ConvolveProgram.Assemble(tileRows: 2),
        TilePeakProgram.Assemble(),
    ];

    /// <summary>Assembles and loads the kernels.</summary>
    /// <param name="loader">Who makes them callable.</param>
    /// <returns>Null where the system refuses.</returns>
    public static AmxUnit? TryLoad(ICodeLoader loader) => loader.TryLoad(Programs) is MachineFunction[] functions ? new AmxUnit(functions) : null;

    /// <summary>Begins the calling thread's use of tiles.</summary>
    public void Configure() => _configure.Invoke((nint)_configuration.Data);

    /// <summary>Ends it.</summary>
    public void Release() => _release.Invoke();

    /// <summary>A block of <see cref="MultiplyProgram"/>.</summary>
    /// <param name="rows">How many rows count, 1 to 32; 16 or 32 are read and written.</param>
    /// <param name="left">Left operands.</param>
    /// <param name="right">Right operands.</param>
    /// <param name="sums">[16 or 32][32].</param>
    /// <param name="steps">Steps of 32 products, at least 1.</param>
    /// <param name="accumulate">Whether to add to the sums.</param>
    public void Multiply(int rows, void* left, void* right, float* sums, int steps, bool accumulate) =>
        _multiply[rows > Tiles.Rows ? 1 : 0].Invoke((nint)left, (nint)right, (nint)sums, steps, accumulate ? 1 : 0);

    /// <summary>A block of <see cref="ConvolveProgram"/>.</summary>
    /// <param name="upper">The first pixel of 16 outputs.</param>
    /// <param name="lower">That of 16 others, or null for none.</param>
    /// <param name="filters">A panel of filters.</param>
    /// <param name="sums">[16 or 32][32].</param>
    /// <param name="blocks">Blocks of 32 channels, at least 1.</param>
    /// <param name="strides">Distances between pixels.</param>
    public void Convolve(ushort* upper, ushort* lower, ushort* filters, float* sums, int blocks, in ConvolveStrides strides)
    {
        fixed (ConvolveStrides* distances = &strides)
            _convolve[lower == null ? 0 : 1].Invoke((nint)upper, (nint)lower, (nint)filters, (nint)sums, blocks, (nint)distances);
    }

    /// <summary>Makes products of whatever is in the tiles, and nothing else.</summary>
    /// <param name="rounds">Times <see cref="TilePeakProgram.ProductsPerRound"/>, at least 1.</param>
    public void Spin(int rounds) => _peak.Invoke(rounds);

    /// <inheritdoc/>
    public void Dispose() => _configuration.Dispose();
}
