namespace Depth2Img.Compute.Cpu;

/// <summary>Which number types arithmetic may use.</summary>
public enum Precision
{
    /// <summary>The fastest that the machine has, 16-bit products included.</summary>
    Auto,
    /// <summary>Single precision throughout.</summary>
    Float32,
}
