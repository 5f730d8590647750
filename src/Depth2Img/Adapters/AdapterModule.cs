namespace Depth2Img.Adapters;

/// <summary>An adapter's change of one module's weight: sizes known, values computed when they are added.</summary>
internal abstract class AdapterModule
{
    /// <summary>Modules whose columns are the width of the text: what tells families of models apart.</summary>
    private static readonly string[] TextReaders = ["attn2_to_k", "attn2_to_v", "self_attn_q_proj", "self_attn_k_proj", "self_attn_v_proj"];

    private protected AdapterModule(AdapterNetwork network, AdapterFactors factors)
    {
        Network = network;
        Factors = factors;
    }

    /// <summary>The network that the file says it is for.</summary>
    public AdapterNetwork Network { get; }

    /// <summary>The module's name as the file writes it.</summary>
    public string Name => Factors.Module;

    /// <summary>Whether it is for a text encoder, by what the file says or, where it does not, by the module's name.</summary>
    public bool IsOfTextEncoder =>
        Network == AdapterNetwork.TextEncoder || (Network == AdapterNetwork.Either && FlatName.Contains("encoder_layers_", StringComparison.Ordinal));

    /// <summary>The width of the text that the module looks at, or null if it looks at none.</summary>
    public long? TextWidth => TextReaders.Any(end => FlatName.EndsWith(end, StringComparison.Ordinal)) ? Columns : null;

    /// <summary>How many tensors of the file it takes.</summary>
    public int TensorCount => Factors.Count;

    /// <summary>How it is written.</summary>
    public abstract AdapterKind Kind { get; }

    /// <summary>The rank of its factors; null where a Kronecker product has none of low rank.</summary>
    public abstract int? Rank { get; }

    /// <summary>What its file multiplies the change by: alpha through rank.</summary>
    public required float Scale { get; init; }

    /// <summary>
    /// The change's sizes, as far as its factors tell them: [out, in] or [out, in, kh, kw]; or [out, in·kh·kw] where a
    /// convolution's kernel is not told apart from its input channels.
    /// </summary>
    public required int[] Dimensions { get; init; }

    /// <summary>Rows of the change, seen as a matrix.</summary>
    public int Rows => Dimensions[0];

    /// <summary>Columns of the change, seen as a matrix.</summary>
    public long Columns => Dimensions.Skip(1).Aggregate(1L, (product, d) => product * d);

    /// <summary>The factors, and which they are, for messages.</summary>
    public abstract string Description { get; }

    protected AdapterFactors Factors { get; }

    private string FlatName => Name.Replace('.', '_');

    /// <summary>Adds the change to a weight, whose sizes must have been compared before.</summary>
    /// <param name="weight">The weight's values, at least <see cref="Rows"/> times <paramref name="stride"/>.</param>
    /// <param name="stride">From one row of the weight to the next; at least <see cref="Columns"/>. What lies between is left as it is.</param>
    /// <param name="strength">Multiplies the change, beside <see cref="Scale"/>.</param>
    /// <exception cref="Depth2ImgException">A factor holds NaN or infinity.</exception>
    public abstract void AddTo(float[] weight, int stride, float strength);
}
