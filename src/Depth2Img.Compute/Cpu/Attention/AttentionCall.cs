namespace Depth2Img.Compute.Cpu.Attention;

/// <summary>The operands of one attention.</summary>
/// <param name="q">[batch][queries][heads][head size].</param>
/// <param name="k">[batch][keys][heads][head size].</param>
/// <param name="v">As the keys.</param>
/// <param name="result">As the queries.</param>
internal readonly unsafe struct AttentionCall(float* q, float* k, float* v, float* result)
{
    /// <summary>The queries.</summary>
    public float* Q => q;

    /// <summary>The keys.</summary>
    public float* K => k;

    /// <summary>The values.</summary>
    public float* V => v;

    /// <summary>Where the result goes.</summary>
    public float* Result => result;

    /// <summary>How many pictures.</summary>
    public required int Batch { get; init; }

    /// <summary>How many queries a picture.</summary>
    public required int Queries { get; init; }

    /// <summary>How many keys a picture.</summary>
    public required int Keys { get; init; }

    /// <summary>How many heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Times every score.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether a query sees no later keys.</summary>
    public required bool Causal { get; init; }

    /// <summary>Channels of all heads: floats from one token to the next.</summary>
    public int Channels => Heads * HeadSize;

    /// <summary>Where a head's channels of a picture's tokens begin.</summary>
    public long HeadOffset(int picture, int head, int tokens) => (long)picture * tokens * Channels + (long)head * HeadSize;
}
