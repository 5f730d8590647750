namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>
/// Keys and values of every head as right operands of the micro-kernel: keys transposed, [key panel][channel][key], and
/// values as they are, [channel panel][key][channel]; panels are filled up with zeros.
/// </summary>
internal sealed unsafe class PackedHeads : IDisposable
{
    /// <summary>Keys that one task packs.</summary>
    private const int KeysAtATime = 256;

    private readonly AttentionCall _call;
    private readonly int _width;
    private readonly int _keyPanels;
    private readonly int _valuePanels;
    private readonly WorkspaceBlock _keys;
    private readonly WorkspaceBlock _values;

    /// <summary>Packs all heads, on all threads.</summary>
    public PackedHeads(AttentionCall call, int panelWidth, Workspace workspace, WorkerPool pool)
    {
        _call = call;
        _width = panelWidth;
        _keyPanels = (call.Keys + panelWidth - 1) / panelWidth;
        _valuePanels = (call.HeadSize + panelWidth - 1) / panelWidth;
        int heads = call.Batch * call.Heads;
        _keys = workspace.Rent(heads * KeysPerHead);
        _values = workspace.Rent(heads * ValuesPerHead);
        int parts = (call.Keys + KeysAtATime - 1) / KeysAtATime;
        pool.Run(heads * parts, task => Pack(task / parts, task % parts * KeysAtATime));
    }

    /// <summary>Panels of a head's values.</summary>
    public int ValuePanels => _valuePanels;

    private long KeysPerHead => (long)_keyPanels * _call.HeadSize * _width;

    private long ValuesPerHead => (long)_valuePanels * _call.Keys * _width;

    /// <summary>A panel of keys from a channel on. Heads are counted through all pictures.</summary>
    public float* Keys(int head, int panel, int channel) =>
        _keys.Data + head * KeysPerHead + ((long)panel * _call.HeadSize + channel) * _width;

    /// <summary>A panel of values from a key on.</summary>
    public float* Values(int head, int panel, int key) =>
        _values.Data + head * ValuesPerHead + ((long)panel * _call.Keys + key) * _width;

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
            float* target = Values(head, panel, firstKey);
            for (int key = firstKey; key < end; key++, source += _call.Channels, target += _width)
            {
                new ReadOnlySpan<float>(source, channels).CopyTo(new Span<float>(target, channels));
                new Span<float>(target + channels, _width - channels).Clear();
            }
        }
    }

    private void PackKeys(float* source, int keys, float* target)
    {
        if (keys < _width) new Span<float>(target, _call.HeadSize * _width).Clear();
        for (int key = 0; key < keys; key++, source += _call.Channels)
        {
            for (int channel = 0; channel < _call.HeadSize; channel++) target[channel * _width + key] = source[channel];
        }
    }
}
