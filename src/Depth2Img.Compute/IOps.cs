namespace Depth2Img.Compute;

/// <summary>
/// The op set that every network is written against. Tensors are single precision and channels-last: N pictures,
/// H rows, W columns, C channels; L tokens. Ops return new tensors, which the caller disposes, unless they say "in
/// place". Sums are in single precision, and no result depends on the number of threads.
/// </summary>
public interface IOps : IDisposable
{
    /// <summary>Copies values in.</summary>
    /// <param name="values">As many as the shape has, row-major.</param>
    /// <param name="shape">Any shape.</param>
    Tensor Upload(ReadOnlySpan<float> values, Shape shape);

    /// <summary>Copies values out, row-major; the destination is exactly as long as the tensor.</summary>
    void Download(Tensor x, Span<float> destination);

    /// <summary>The same values seen with another shape of equal count. It shares the memory, which lives until both are disposed.</summary>
    Tensor Reshape(Tensor x, Shape shape);

    /// <summary>activation(x Wᵀ + bias) + residual.</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="activation">Applied after the bias.</param>
    /// <param name="residual">[..., out], added last, or null.</param>
    /// <returns>[..., out].</returns>
    Tensor Linear(Tensor x, LinearWeight weight, Activation activation = default, Tensor? residual = null);

    /// <summary>GEGLU: of the 2 C columns of x Wᵀ + bias, the first C times the exact GELU of the last C.</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[2 C, in].</param>
    /// <returns>[..., C].</returns>
    Tensor LinearGeglu(Tensor x, LinearWeight weight);

    /// <summary>activation(x * W + bias) + residual, the border being zeros.</summary>
    /// <param name="x">[N,H,W,in].</param>
    /// <param name="weight">[out, in, kh, kw]; full or depthwise, as it was created.</param>
    /// <param name="window">Step and border.</param>
    /// <param name="activation">Applied after the bias.</param>
    /// <param name="residual">Added last, or null; the result's shape.</param>
    /// <returns>[N,H',W',out].</returns>
    Tensor Conv2d(Tensor x, ConvWeight weight, Window window, Activation activation = default, Tensor? residual = null);

    /// <summary>
    /// A convolution of the normalised and activated x, the border being zeros, without that ever being a tensor where the session can help it. As networks
    /// that do so normalise the result next as a rule, its statistics may be gathered on the way.
    /// </summary>
    /// <param name="x">[N,H,W,in].</param>
    /// <param name="norm">Applied to x as it is read.</param>
    /// <param name="weight">[out, in, kh, kw].</param>
    /// <param name="window">Step and border.</param>
    /// <param name="shift">[N,out], added to every pixel of its picture, or null.</param>
    /// <param name="residual">Added last, or null; the result's shape.</param>
    /// <returns>[N,H',W',out].</returns>
    Tensor NormConv2d(Tensor x, in GroupNormalization norm, ConvWeight weight, Window window, Tensor? shift = null, Tensor? residual = null);

    /// <summary>A transposed convolution whose stride is its kernel size k: every pixel becomes a k x k block.</summary>
    /// <param name="x">[N,H,W,in].</param>
    /// <param name="weight">Made by <see cref="IBackend.CreateConvTranspose2d"/>.</param>
    /// <returns>[N,kH,kW,out].</returns>
    Tensor ConvTranspose2d(Tensor x, ConvWeight weight);

    /// <summary>Normalises groups of consecutive channels over all pixels of a picture (variance over n, not n-1), scales, shifts, activates.</summary>
    /// <param name="x">[N,H,W,C] or [N,L,C].</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="groups">Divides C.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="activation">Applied last.</param>
    Tensor GroupNorm(Tensor x, VectorWeight weight, VectorWeight bias, int groups, float eps, Activation activation = default);

    /// <summary>What <see cref="GroupNorm(Tensor, VectorWeight, VectorWeight, int, float, Activation)"/> finds before it normalises.</summary>
    /// <param name="x">[1,H,W,C] or [1,L,C], not empty.</param>
    /// <param name="groups">Divides C.</param>
    /// <param name="region">A rectangle of a picture [1,H,W,C], not empty: its pixels alone count. Null for all of x.</param>
    GroupStatistics GroupStatistics(Tensor x, int groups, PixelRegion? region = null);

    /// <summary>The same normalisation by given statistics: those of the picture that x is a piece of.</summary>
    /// <param name="x">[1,H,W,C] or [1,L,C].</param>
    /// <param name="statistics">Their groups divide C.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="activation">Applied last.</param>
    Tensor GroupNorm(Tensor x, GroupStatistics statistics, VectorWeight weight, VectorWeight bias, float eps, Activation activation = default);

    /// <summary>Normalises every row over its channels, scales, shifts.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="eps">Added to the variance.</param>
    Tensor LayerNorm(Tensor x, VectorWeight weight, VectorWeight bias, float eps);

    /// <summary>softmax(scale q kᵀ) v for each picture and head; head h has the channels [h C/heads, (h+1) C/heads).</summary>
    /// <param name="q">[N,L,C].</param>
    /// <param name="k">[N,S,C].</param>
    /// <param name="v">[N,S,C].</param>
    /// <param name="heads">Divides C.</param>
    /// <param name="scale">Times every score; 1/√(C/heads), as a rule.</param>
    /// <param name="causal">Whether token i sees the tokens 0..i only (then S = L).</param>
    /// <returns>[N,L,C].</returns>
    Tensor Attention(Tensor q, Tensor k, Tensor v, int heads, float scale, bool causal = false);

    /// <summary>Applies a function to every value, in place.</summary>
    void Activate(Tensor x, Activation activation);

    /// <summary>x times a factor, in place.</summary>
    void Scale(Tensor x, float factor);

    /// <summary>a + b for tensors of one shape.</summary>
    Tensor Add(Tensor a, Tensor b);

    /// <summary>x += y for tensors of one shape, in place.</summary>
    void AddInPlace(Tensor x, Tensor y);

    /// <summary>Adds a vector to every pixel or token of its picture, in place.</summary>
    /// <param name="x">[N,H,W,C] or [N,L,C].</param>
    /// <param name="vector">[N,C].</param>
    void AddChannelsInPlace(Tensor x, Tensor vector);

    /// <summary>Adds a table to every picture, in place (position embeddings).</summary>
    /// <param name="x">[N,L,C] or [N,H,W,C].</param>
    /// <param name="table">L times C (or H times W times C) values.</param>
    void AddTableInPlace(Tensor x, VectorWeight table);

    /// <summary>The channels of a, then those of b.</summary>
    /// <param name="a">[..., A].</param>
    /// <param name="b">[..., B], the other dimensions as a's.</param>
    /// <returns>[..., A+B].</returns>
    Tensor ConcatChannels(Tensor a, Tensor b);

    /// <summary>The tokens of a, then those of b.</summary>
    /// <param name="a">[N,L,C].</param>
    /// <param name="b">[N,M,C].</param>
    /// <returns>[N,L+M,C].</returns>
    Tensor ConcatTokens(Tensor a, Tensor b);

    /// <summary>A run of tokens of every picture.</summary>
    /// <param name="x">[N,L,C].</param>
    /// <param name="start">The first token.</param>
    /// <param name="count">How many.</param>
    /// <returns>[N,count,C].</returns>
    Tensor SliceTokens(Tensor x, int start, int count);

    /// <summary>One token repeated.</summary>
    /// <param name="x">[N,1,C].</param>
    /// <param name="count">How often.</param>
    /// <returns>[N,count,C].</returns>
    Tensor RepeatToken(Tensor x, int count);

    /// <summary>Gathers rows of a table.</summary>
    /// <param name="table">[rows, C].</param>
    /// <param name="ids">Row numbers, N times L of them.</param>
    /// <param name="batch">N.</param>
    /// <returns>[N,L,C].</returns>
    Tensor Embedding(EmbeddingWeight table, ReadOnlySpan<int> ids, int batch);

    /// <summary>Enlarges by repeating pixels: output (y, x) is input (floor(y H / height), floor(x W / width)).</summary>
    /// <param name="x">[N,H,W,C].</param>
    /// <param name="height">Rows out.</param>
    /// <param name="width">Columns out.</param>
    Tensor ResizeNearest(Tensor x, int height, int width);

    /// <summary>Bilinear interpolation without antialiasing, as torch's interpolate.</summary>
    /// <param name="x">[N,H,W,C].</param>
    /// <param name="height">Rows out.</param>
    /// <param name="width">Columns out.</param>
    /// <param name="alignCorners">Whether corner pixels' centres (true) or outer edges (false) coincide.</param>
    Tensor ResizeBilinear(Tensor x, int height, int width, bool alignCorners);

    /// <summary>The largest value in each window; the border never wins, unless the window's <paramref name="zeroBorder"/> says that it counts as zeros.</summary>
    /// <param name="x">[N,H,W,C].</param>
    /// <param name="kernel">The window's side.</param>
    /// <param name="window">Step and border.</param>
    /// <param name="zeroBorder">True: the border holds zeros (BiT pads before pooling).</param>
    Tensor MaxPool2d(Tensor x, int kernel, Window window, bool zeroBorder = false);
}
