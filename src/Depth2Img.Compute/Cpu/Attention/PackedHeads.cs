using Depth2Img.Compute.Cpu.Gemm;

namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>
/// Keys and values of every head as right operands of the micro-kernel: keys transposed, [key panel][channel step][key], and
/// values as they are, [channel panel][key step][channel]; panels are filled up with zeros.
/// </summary>
internal readonly unsafe struct PackedHeads : IDisposable
{
    /// <summary>Keys that one task packs: whole steps.</summary>
    private const int KeysAtATime = 256;

    private readonly AttentionCall _call;
    private readonly MicroKernel _kernel;
    private readonly int _width;
    private readonly int _channelSteps;
    private readonly int _keySteps;
    private readonly int _keyPanels;
    private readonly int _valuePanels;
    private readonly WorkspaceBlock _keys;
    private readonly WorkspaceBlock _values;

    /// <summary>Takes the memory.</summary>
    public PackedHeads(AttentionCall call, MicroKernel kernel, Workspace workspace)
    {
        _call = call;
        _kernel = kernel;
        _width = kernel.Columns;
        _channelSteps = kernel.Steps(call.HeadSize);
        _keySteps = kernel.Steps(call.Keys);
        _keyPanels = (call.Keys + _width - 1) / _width;
        _valuePanels = (call.HeadSize + _width - 1) / _width;
        int heads = call.Batch * call.Heads;
        _keys = workspace.Rent(heads * KeysPerHead);
        _values = workspace.Rent(heads * ValuesPerHead);
    }

    /// <summary>Panels of a head's values.</summary>
    public int ValuePanels => _valuePanels;

    private long KeysPerHead => (long)_keyPanels * _channelSteps * _width;

    private long ValuesPerHead => (long)_valuePanels * _keySteps * _width;

    /// <summary>A panel of keys from a step of channels on. Heads are counted through all pictures.</summary>
    public float* Keys(int head, int panel, int step) =>
        _keys.Data + head * KeysPerHead + ((long)panel * _channelSteps + step) * _width;

    /// <summary>A panel of values from a step of keys on.</summary>
    public float* Values(int head, int panel, int step) =>
        _values.Data + head * ValuesPerHead + ((long)panel * _keySteps + step) * _width;

    /// <summary>Packs all heads, on all threads.</summary>
    public void Pack(WorkerPool pool)
    {
        int parts = (_call.Keys + KeysAtATime - 1) / KeysAtATime;
        pool.Run(_call.Batch * _call.Heads * parts, new PackTask(this, parts));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private void Pack(int head, int firstKey)
    {
        long offset = _call.HeadOffset(head / _call.Heads, head % _call.Heads, _call.Keys);
        int end = Math.Min(firstKey + KeysAtATime, _call.Keys);
        for (int key = firstKey; key < end; key += _width)
            PackKeys(_call.K + offset + (long)key * _call.Channels, Math.Min(_width, end - key), Keys(head, key / _width, 0));
        for (int panel = 0; panel < _valuePanels; panel++)
        {
            int channels = Math.Min(_width, _call.HeadSize - panel * _width);
            float* source = _call.V + offset + (long)firstKey * _call.Channels + panel * _width;
            int products = _kernel.ProductsPerStep;
            float* target = Values(head, panel, firstKey / products);
            for (int key = firstKey; key < end; key += products, source += products * _call.Channels, target += _width)
            {
                _kernel.PackRight(source, key + 1 < end ? source + _call.Channels : null, channels, target);
                new Span<float>(target + channels, _width - channels).Clear();
            }
            // Steps that only fill a sum up.
            new Span<float>(target, (int)(Values(head, panel, firstKey / products + _kernel.Steps(end - firstKey)) - target)).Clear();
        }
    }

    private void PackKeys(float* source, int keys, float* target)
    {
        if (keys < _width) new Span<float>(target, _channelSteps * _width).Clear();
        const int piece = 64;
        float* steps = stackalloc float[piece];
        for (int key = 0; key < keys; key++, source += _call.Channels)
        {
            for (int step = 0; step < _channelSteps; step += piece)
            {
                int channel = step * _kernel.ProductsPerStep, count = Math.Min(piece, _channelSteps - step);
                _kernel.PackLeft(source + channel, Math.Min(piece * _kernel.ProductsPerStep, _call.HeadSize - channel), steps);
                for (int i = 0; i < count; i++) target[(step + i) * _width + key] = steps[i];
            }
        }
    }

    private readonly struct PackTask(PackedHeads heads, int parts) : IParallelTask
    {
        public void Run(int index) => heads.Pack(index / parts, index % parts * KeysAtATime);
    }
}
