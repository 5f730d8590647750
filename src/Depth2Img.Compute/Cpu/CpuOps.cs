using Depth2Img.Compute.Cpu.Amx;
using Depth2Img.Compute.Cpu.Attention;
using Depth2Img.Compute.Cpu.Convolution;
using Depth2Img.Compute.Cpu.Convolution.Winograd;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu;

/// <summary>
/// The op set on a processor: a session of a <see cref="CpuBackend"/>. Each file of this class checks the operands of some
/// ops and calls kernels, which work on pointers and know no tensors.
/// </summary>
internal sealed unsafe partial class CpuOps : IOps
{
    private readonly Workspace _workspace = new();
    private readonly TensorHandles _handles = new();
    private readonly GemmDriver _gemm;
    private readonly TiledAttention _attention;
    private readonly ConvolutionKernel[] _convolutions;
    private readonly CancellationToken _cancellation;

    /// <summary>Opens a session on a back end's kernels.</summary>
    /// <param name="tier">Which vectors to use.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="scratch">The threads' scratch memory.</param>
    /// <param name="kernel">The micro-kernel of single precision.</param>
    /// <param name="narrow">The micro-kernel of 16-bit products, or null where there is none.</param>
    /// <param name="cancellationToken">Stops ops.</param>
    public CpuOps(CpuTier tier, WorkerPool pool, ScratchPool scratch, MicroKernel kernel, MicroKernel? narrow, CancellationToken cancellationToken)
    {
        Tier = tier;
        Pool = pool;
        _cancellation = cancellationToken;
        _gemm = new GemmDriver(tier, kernel, narrow, pool, scratch);
        _attention = new TiledAttention(narrow ?? kernel, pool, scratch);
        _convolutions =
        [
            .. narrow is MicroKernelAmx amx ? [new AmxConvolution(tier, amx, pool, scratch, _workspace)] : Array.Empty<ConvolutionKernel>(),
            new DepthwiseConvolution(tier, pool),
            new PointwiseConvolution(_gemm),
            new WinogradConvolution(tier, kernel, pool, scratch, _workspace),
            new ImplicitGemmConvolution(_gemm),
        ];
    }

    /// <summary>The session's memory.</summary>
    public Workspace Workspace => _workspace;

    /// <summary>Which kernels run.</summary>
    public CpuTier Tier { get; }

    /// <summary>The threads that kernels run on.</summary>
    public WorkerPool Pool { get; }

    /// <inheritdoc/>
    public Tensor Upload(ReadOnlySpan<float> values, Shape shape)
    {
        OpShapes.Upload(values.Length, shape);
        CpuTensor result = Begin(shape);
        values.CopyTo(new Span<float>(result.Data, values.Length));
        return result;
    }

    /// <inheritdoc/>
    public void Download(Tensor x, Span<float> destination)
    {
        CpuTensor source = Operand(x);
        OpShapes.Download(x.Shape, destination.Length);
        _cancellation.ThrowIfCancellationRequested();
        new ReadOnlySpan<float>(source.Data, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public Tensor Reshape(Tensor x, Shape shape)
    {
        CpuTensor source = Operand(x);
        OpShapes.Reshape(x.Shape, shape);
        return source.View(shape);
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    /// <summary>Begins an op: a new tensor for its result, unless the caller has cancelled.</summary>
    private CpuTensor Begin(Shape shape)
    {
        _cancellation.ThrowIfCancellationRequested();
        return _handles.Open(shape, _workspace.Rent(shape.Count));
    }

    /// <summary>Multiplies into a result, and gives its memory back if that is cancelled or fails.</summary>
    /// <param name="result">Where the output goes.</param>
    /// <param name="rows">The left operand.</param>
    /// <param name="matrix">The right operand.</param>
    /// <param name="output">What is done with the sums.</param>
    /// <param name="weight">What the matrix belongs to: kernels work on bare pointers, which it must outlive.</param>
    private CpuTensor Multiply<TRows, TOutput>(CpuTensor result, TRows rows, PackedMatrix matrix, TOutput output, object weight)
        where TRows : struct, IRowSource
        where TOutput : struct, IGemmOutput
    {
        try
        {
            _gemm.Run(rows, matrix, output, _cancellation);
            GC.KeepAlive(weight);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>The tensor as one of this session.</summary>
    private CpuTensor Operand(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x is CpuTensor tensor && tensor.Workspace == _workspace) return tensor;
        throw new ArgumentException($"The tensor {x.Shape} belongs to another session.");
    }

    /// <summary>The weight as one that this back end made.</summary>
    private static T Operand<T>(object weight) where T : class
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight as T ?? throw new ArgumentException($"A {weight.GetType().Name} belongs to another op or back end than this {typeof(T).Name}.");
    }
}
