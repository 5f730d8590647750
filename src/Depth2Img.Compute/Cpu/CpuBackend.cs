using System.Globalization;
using Depth2Img.Compute.Checkpoints;
using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Gemm;
using Depth2Img.Compute.Cpu.Weights;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// Vectorised, multi-threaded kernels for the processor that the program runs on. Checkpoints' 16-bit weights stay 16 bits
/// wide in memory; arithmetic is in single precision, but for the 16-bit products of tiers that have them
/// (<see cref="NarrowingPolicy"/>). Sessions share the threads and run one op at a time.
/// </summary>
public sealed class CpuBackend : IBackend
{
    private readonly CpuTier _tier;
    private readonly CpuTier _vectors;
    private readonly WorkerPool _pool;
    private readonly bool _ownsPool;
    private readonly MicroKernel _kernel;
    private readonly MicroKernel? _narrow;
    private readonly ScratchPool _scratch;

    /// <summary>Chooses kernels and threads.</summary>
    /// <param name="options">Null for the best that the machine has.</param>
    /// <exception cref="Depth2ImgException">The machine lacks the tier that is asked for.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer threads than 1.</exception>
    public CpuBackend(CpuBackendOptions? options = null)
    {
        _tier = options?.Tier is CpuTier tier ? CpuTiers.Parse(tier.Name()) : CpuTiers.Choose(null, options?.Precision ?? default);
        _vectors = _tier.Vectors();
        _ownsPool = options?.Threads is int threads && threads != ProcessorQuota.Threads;
        _pool = _ownsPool ? new WorkerPool(options!.Threads!.Value) : WorkerPool.Shared;
        _kernel = MicroKernel.For(_tier, options?.Blocks);
        _narrow = MicroKernel.NarrowFor(_tier, options?.Blocks);
        _scratch = new ScratchPool(_pool.Threads);
    }

    /// <summary>Runs given kernels of 16-bit products, which need not be the machine's own.</summary>
    /// <param name="tier">The family that they belong to.</param>
    /// <param name="vectors">The tier that does all else.</param>
    /// <param name="narrow">The kernels.</param>
    /// <param name="threads">How many threads.</param>
    internal CpuBackend(CpuTier tier, CpuTier vectors, MicroKernel narrow, int threads)
    {
        _tier = tier;
        _vectors = vectors;
        _ownsPool = true;
        _pool = new WorkerPool(threads);
        _kernel = MicroKernel.For(vectors);
        _narrow = narrow;
        _scratch = new ScratchPool(threads);
    }

    /// <summary>The family of kernels that run.</summary>
    public CpuTier Tier => _tier;

    /// <summary>The threads that they run on.</summary>
    public WorkerPool Pool => _pool;

    /// <inheritdoc/>
    public string Description =>
        string.Create(CultureInfo.InvariantCulture, $"cpu {_tier.Name()}, {_pool.Threads} {(_pool.Threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public string Precision => _narrow is null ? "float32" : "bfloat16";

    /// <inheritdoc/>
    public LinearWeight CreateLinear(WeightTensor weight, WeightTensor? bias, bool sensitive = false)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return CpuLinearWeight.Pack(weight, bias, _kernel, sensitive ? null : _narrow, _pool);
    }

    /// <inheritdoc/>
    public ConvWeight CreateConv2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        (int outputs, int inputs, int height, int width) = WeightShapes.Conv2d(weight, bias);
        return _narrow is MicroKernelAmx && NarrowingPolicy.NarrowsForTiles(inputs, outputs, height, width)
            ? AmxConvWeight.Pack(weight, bias, _pool)
            : CpuConvWeight.Pack(weight, bias, _kernel, _narrow, _pool);
    }

    /// <inheritdoc/>
    public ConvWeight CreateDepthwiseConv2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return CpuDepthwiseWeight.Pack(weight, bias);
    }

    /// <inheritdoc/>
    public ConvWeight CreateConvTranspose2d(WeightTensor weight, WeightTensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return CpuTransposedConvWeight.Pack(weight, bias, _kernel, _pool);
    }

    /// <inheritdoc/>
    public VectorWeight CreateVector(WeightTensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new CpuVectorWeight(values);
    }

    /// <inheritdoc/>
    public EmbeddingWeight CreateEmbedding(WeightTensor table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return CpuEmbeddingWeight.Create(table);
    }

    /// <inheritdoc/>
    public IOps OpenSession(CancellationToken cancellationToken = default) => new CpuOps(_vectors, _pool, _scratch, _kernel, _narrow, cancellationToken);

    /// <summary>Ends the back end's threads and frees its scratch. Weights and sessions are their owners' to dispose.</summary>
    public void Dispose()
    {
        if (_ownsPool) _pool.Dispose();
        _scratch.Dispose();
    }
}
