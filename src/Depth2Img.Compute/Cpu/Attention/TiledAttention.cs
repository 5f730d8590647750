using System.Runtime.Intrinsics;
using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>
/// softmax(scale q kᵀ) v without the matrix of scores: blocks of queries walk along blocks of keys, and what was summed up
/// is scaled down whenever a larger score appears (Milakov and Gimelshein, "Online normalizer calculation for softmax",
/// 2018; Dao et al., "FlashAttention", 2022). Both products run in the micro-kernel of matrix products.
/// </summary>
internal sealed unsafe class TiledAttention(MicroKernel kernel, WorkerPool pool, ScratchPool scratch)
{
    /// <summary>The most products of one micro-kernel call.</summary>
    private readonly int _maxProducts = MicroKernel.MaxDepth * kernel.ProductsPerStep;

    /// <summary>The most keys that a block of queries meets at a time.</summary>
    private readonly int _maxKeys = kernel.Blocks.AttentionKeys * kernel.ProductsPerStep;

    /// <summary>Scores are computed in units of ln 2: powers of two take less work than those of e.</summary>
    private const float Log2E = 1.44269504f;

    /// <summary>Floats between panels of scores, so that a row's pieces do not meet in the same cache sets.</summary>
    private const int PanelPadding = 32;

    private readonly SoftmaxKernel _softmax = kernel.CreateSoftmax();

    /// <summary>Keys, or channels, of a panel.</summary>
    private readonly int _width = kernel.Columns;

    /// <summary>Computes all heads of all pictures.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the last task began.</exception>
    public void Run(AttentionCall call, Workspace workspace, CancellationToken cancellationToken)
    {
        if (call.Batch * call.Heads * call.Queries * call.HeadSize == 0) return;
        using PackedHeads packed = new(call, kernel, workspace);
        packed.Pack(pool);
        int blocks = (call.Queries + kernel.Blocks.AttentionQueries - 1) / kernel.Blocks.AttentionQueries;
        int rows = (call.Queries + blocks - 1) / blocks;
        int rowsPerBlock = (rows + kernel.Rows - 1) / kernel.Rows * kernel.Rows;
        blocks = (call.Queries + rowsPerBlock - 1) / rowsPerBlock;
        pool.Run(call.Batch * call.Heads * blocks, new BlockTask(this, call, packed, blocks, rowsPerBlock, cancellationToken));
    }

    private void RunBlock(in AttentionCall call, in PackedHeads packed, int head, int firstQuery, int capacity)
    {
        int rows = Math.Min(capacity, call.Queries - firstQuery);
        int keysPerBlock = Math.Min(_maxKeys, (call.Keys + _width - 1) / _width * _width);
        int group = RowsAtATime(call, keysPerBlock, capacity);
        int channelBlocks = (call.HeadSize + _maxProducts - 1) / _maxProducts;
        int strip = capacity * MicroKernel.RowStride, scorePanel = group * _width + PanelPadding;
        using ScratchPool.Lease lease = scratch.Rent(
            (long)channelBlocks * strip + (long)group * MicroKernel.RowStride + (long)keysPerBlock / _width * scorePanel
            + (long)capacity * packed.ValuePanels * _width + _maxProducts);
        float* queries = lease.Data;
        float* weights = queries + (long)channelBlocks * strip;
        float* scores = weights + (long)group * MicroKernel.RowStride;
        float* sums = scores + (long)keysPerBlock / _width * scorePanel;
        float* exact = sums + (long)capacity * packed.ValuePanels * _width;
        Span<SoftmaxState> states = stackalloc SoftmaxState[capacity];
        states.Fill(SoftmaxState.Empty);
        Span<float> largest = stackalloc float[group];

        long offset = call.HeadOffset(head / call.Heads, head % call.Heads, call.Queries) + (long)firstQuery * call.Channels;
        PackQueries(call, call.Q + offset, rows, strip, exact, queries);
        using MicroKernel.Use use = kernel.Begin();
        int visible = call.Causal ? Math.Min(call.Keys, firstQuery + rows) : call.Keys;
        for (int firstKey = 0; firstKey < visible; firstKey += keysPerBlock)
        {
            int keys = Math.Min(keysPerBlock, visible - firstKey);
            for (int first = 0; first < rows; first += group)
            {
                int count = Math.Min(group, rows - first);
                Score(call, packed, head, firstKey, keys, queries + (long)first * MicroKernel.RowStride, strip, count, scorePanel, scores);
                for (int r = 0; r < count; r++)
                    largest[r] = _softmax.Largest(scores + (long)r * _width, scorePanel, Seen(call, firstQuery + first + r, firstKey, keys), states[first + r]);
                for (int r = 0; r < count; r++)
                {
                    float scale = _softmax.Weigh(
                        scores + (long)r * _width, scorePanel, keys, Seen(call, firstQuery + first + r, firstKey, keys), largest[r], exact,
                        weights + (long)r * MicroKernel.RowStride, ref states[first + r]);
                    if (firstKey > 0 && scale != 1) ScaleRow(sums + (long)(first + r) * _width, capacity * _width, packed.ValuePanels, scale);
                }
                AddValues(packed, head, firstKey, keys, weights, count, capacity, sums + (long)first * _width);
            }
        }
        StoreResult(call, sums, states, rows, capacity, call.Result + offset);
    }

    /// <summary>How many keys of a block a query sees; none if not positive.</summary>
    private static int Seen(in AttentionCall call, int query, int firstKey, int keys) => call.Causal ? Math.Min(keys, query + 1 - firstKey) : keys;

    /// <summary>
    /// How many queries meet a block of keys before the next ones do. A tile's: its scores and weights stay in the first cache
    /// level, as long as the keys and values that every tile then reads again stay in the second. Else all of the block.
    /// </summary>
    private int RowsAtATime(in AttentionCall call, int keys, int capacity)
    {
        const long halfOfTheSecondLevel = 1 << 19;
        long keysAndValues = 2L * keys / kernel.ProductsPerStep * call.HeadSize * sizeof(float);
        return keysAndValues <= halfOfTheSecondLevel ? kernel.Rows : capacity;
    }

    /// <summary>Copies scaled queries, [channel block][query][<see cref="MicroKernel.RowStride"/>].</summary>
    private void PackQueries(in AttentionCall call, float* source, int rows, int strip, float* scaled, float* target)
    {
        for (int r = 0; r < rows; r++, source += call.Channels)
        {
            for (int channel = 0; channel < call.HeadSize; channel += _maxProducts)
            {
                int count = Math.Min(_maxProducts, call.HeadSize - channel);
                Multiply(source + channel, call.Scale * Log2E, scaled, count);
                kernel.PackLeft(scaled, count, target + (long)(channel / _maxProducts) * strip + (long)r * MicroKernel.RowStride);
            }
        }
    }

    /// <summary>Scores of a block of keys, [key panel][query][key].</summary>
    private void Score(in AttentionCall call, in PackedHeads packed, int head, int firstKey, int keys, float* queries, int strip, int rows, int scorePanel, float* scores)
    {
        int panels = (keys + _width - 1) / _width;
        for (int p = 0; p < panels; p++, scores += scorePanel)
        {
            for (int channel = 0; channel < call.HeadSize; channel += _maxProducts)
            {
                int steps = kernel.Steps(Math.Min(_maxProducts, call.HeadSize - channel));
                float* left = queries + (long)(channel / _maxProducts) * strip;
                float* right = packed.Keys(head, firstKey / _width + p, channel / kernel.ProductsPerStep);
                MultiplyStrips(left, right, scores, rows, steps, accumulate: channel > 0);
            }
        }
    }

    /// <summary>Adds weighted values to the sums, [channel panel][query][channel].</summary>
    private void AddValues(in PackedHeads packed, int head, int firstKey, int keys, float* weights, int rows, int capacity, float* sums)
    {
        for (int p = 0; p < packed.ValuePanels; p++, sums += (long)capacity * _width)
            MultiplyStrips(weights, packed.Values(head, p, firstKey / kernel.ProductsPerStep), sums, rows, kernel.Steps(keys), accumulate: firstKey > 0);
    }

    private void MultiplyStrips(float* left, float* right, float* tiles, int rows, int steps, bool accumulate)
    {
        for (int r = 0; r < rows; r += kernel.Rows)
        {
            kernel.Multiply(Math.Min(kernel.Rows, rows - r), left + (long)r * MicroKernel.RowStride, right,
                tiles + (long)r * _width, steps, accumulate);
        }
    }

    private void ScaleRow(float* row, int panelStride, int panels, float scale)
    {
        for (int p = 0; p < panels; p++, row += panelStride) Multiply(row, scale, row, _width);
    }

    private void StoreResult(in AttentionCall call, float* sums, ReadOnlySpan<SoftmaxState> states, int rows, int capacity, float* target)
    {
        for (int r = 0; r < rows; r++, target += call.Channels)
        {
            float factor = 1 / states[r].Sum;
            float* source = sums + (long)r * _width;
            for (int channel = 0; channel < call.HeadSize; channel += _width, source += (long)capacity * _width)
                Multiply(source, factor, target + channel, Math.Min(_width, call.HeadSize - channel));
        }
    }

    private static void Multiply(float* source, float factor, float* target, int count)
    {
        Vector256<float> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count) (Vector256.Load(source + i) * factors).Store(target + i);
        for (; i < count; i++) target[i] = source[i] * factor;
    }

    private readonly struct BlockTask(TiledAttention attention, AttentionCall call, PackedHeads packed, int blocks, int rowsPerBlock,
        CancellationToken cancellationToken) : IParallelTask
    {
        public void Run(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Causal blocks take longer the later their queries are: the longest go first.
            int heads = call.Batch * call.Heads, block = blocks - 1 - index / heads;
            attention.RunBlock(call, packed, index % heads, block * rowsPerBlock, rowsPerBlock);
        }
    }
}
