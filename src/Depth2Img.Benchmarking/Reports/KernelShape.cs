using System.Globalization;
using System.Text.RegularExpressions;

namespace Depth2Img.Benchmarking.Reports;

/// <summary>The numbers in a kernel's name: "8192 x 320 x 320", "2 x 64², 320 -> 320".</summary>
/// <param name="Rows">Rows of a product.</param>
/// <param name="Side">The side of a convolution's pictures.</param>
/// <param name="Inputs">Channels in.</param>
/// <param name="Outputs">Channels out.</param>
internal sealed partial record KernelShape(int Rows, int Side, int Inputs, int Outputs)
{
    /// <summary>A kernel's shape.</summary>
    public static KernelShape Of(KernelFigures kernel)
    {
        int[] numbers = [.. Number().Matches(kernel.Name).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
        return kernel.Group.StartsWith("conv", StringComparison.Ordinal)
            ? new KernelShape(0, numbers[1], numbers[2], numbers[3])
            : new KernelShape(numbers[0], 0, numbers[1], numbers[2]);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
