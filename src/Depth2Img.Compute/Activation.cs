namespace Depth2Img.Compute;

/// <summary>Functions of one value that networks apply after a sum.</summary>
public enum ActivationKind
{
    /// <summary>The value itself.</summary>
    None,
    /// <summary>x / (1 + exp(-x)).</summary>
    Silu,
    /// <summary>x/2 (1 + erf(x/√2)): the exact form, not the tanh one.</summary>
    Gelu,
    /// <summary>x / (1 + exp(-1.702 x)).</summary>
    QuickGelu,
    /// <summary>max(x, 0).</summary>
    Relu,
    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,
    /// <summary>tanh(x).</summary>
    Tanh,
    /// <summary>min(max(x, Low), High).</summary>
    Clamp,
}

/// <summary>An activation and, for <see cref="ActivationKind.Clamp"/>, its bounds. The default value does nothing.</summary>
/// <param name="Kind">Which function.</param>
/// <param name="Low">The lower bound of a clamp.</param>
/// <param name="High">The upper bound of a clamp.</param>
public readonly record struct Activation(ActivationKind Kind, float Low = 0, float High = 0)
{
    /// <summary>The value itself.</summary>
    public static Activation None => default;
    /// <summary>x / (1 + exp(-x)).</summary>
    public static Activation Silu => new(ActivationKind.Silu);
    /// <summary>The exact GELU.</summary>
    public static Activation Gelu => new(ActivationKind.Gelu);
    /// <summary>x / (1 + exp(-1.702 x)).</summary>
    public static Activation QuickGelu => new(ActivationKind.QuickGelu);
    /// <summary>max(x, 0).</summary>
    public static Activation Relu => new(ActivationKind.Relu);
    /// <summary>1 / (1 + exp(-x)).</summary>
    public static Activation Sigmoid => new(ActivationKind.Sigmoid);
    /// <summary>tanh(x).</summary>
    public static Activation Tanh => new(ActivationKind.Tanh);
    /// <summary>min(max(x, low), high).</summary>
    public static Activation Clamp(float low, float high) => new(ActivationKind.Clamp, low, high);
}
