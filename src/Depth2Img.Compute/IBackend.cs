using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Compute;

/// <summary>
/// Where networks run. A back end turns a checkpoint's tensors into weights of its own form, once, and opens sessions
/// that run ops on them. Weights are immutable and may be used by several sessions at a time; so may the back end.
/// </summary>
public interface IBackend : IDisposable
{
    /// <summary>What runs, for a person: "cpu avx512, 2 threads".</summary>
    string Description { get; }

    /// <summary>The shortest number type that products are made of: "float32" or "bfloat16".</summary>
    string Precision => "float32";

    /// <summary>Prepares a matrix [out, in], or the filters of a 1x1 convolution [out, in, 1, 1], and its bias [out].</summary>
    /// <param name="weight">The matrix.</param>
    /// <param name="bias">The bias, or null for none.</param>
    /// <param name="sensitive">Whether rounding its operands to 16 bits would harm the whole network; a back end that rounds leaves it alone.</param>
    LinearWeight CreateLinear(WeightTensor weight, WeightTensor? bias, bool sensitive = false);

    /// <summary>Prepares filters [out, in, kh, kw] and their bias [out].</summary>
    ConvWeight CreateConv2d(WeightTensor weight, WeightTensor? bias);

    /// <summary>Prepares one filter a channel, [channels, 1, kh, kw], and their bias [channels].</summary>
    ConvWeight CreateDepthwiseConv2d(WeightTensor weight, WeightTensor? bias);

    /// <summary>Prepares filters [in, out, k, k] of a transposed convolution whose stride is its kernel size, and their bias [out].</summary>
    ConvWeight CreateConvTranspose2d(WeightTensor weight, WeightTensor? bias);

    /// <summary>Prepares a vector or small table; its sizes are flattened.</summary>
    VectorWeight CreateVector(WeightTensor values);

    /// <summary>Prepares a table [rows, width].</summary>
    EmbeddingWeight CreateEmbedding(WeightTensor table);

    /// <summary>Opens a session: one at a time a caller, not thread-safe itself; several may run side by side.</summary>
    /// <param name="cancellationToken">Every op throws <see cref="OperationCanceledException"/> once it is cancelled.</param>
    IOps OpenSession(CancellationToken cancellationToken = default);
}
