using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>A module's change of a weight, with the strength that was asked for.</summary>
/// <param name="Module">The change.</param>
/// <param name="Strength">What it is multiplied by.</param>
internal readonly record struct WeightChange(AdapterModule Module, float Strength)
{
    /// <summary>
    /// Whether a change's sizes are those of a weight: 1x1 kernels count as matrices, and the input convolution's channels
    /// may be fewer than the weight's, the last of which then stay as they are.
    /// </summary>
    public static bool Fits(AdapterModule module, WeightTensor weight, string key)
    {
        ReadOnlySpan<int> sizes = weight.Dimensions;
        if (sizes.Length is not (2 or 4) || module.Rows != sizes[0]) return false;
        long columns = weight.Count / sizes[0];
        long kernel = sizes.Length == 4 ? (long)sizes[2] * sizes[3] : 1;
        if (module.Dimensions.Length == 4 && (long)module.Dimensions[2] * module.Dimensions[3] != 1
            && (sizes.Length != 4 || module.Dimensions[2] != sizes[2] || module.Dimensions[3] != sizes[3])) return false;
        return module.Columns == columns || (key == InputConvolution && module.Columns < columns && module.Columns % kernel == 0);
    }

    /// <summary>The weight whose channels a model with a depth map has more of than others of its family.</summary>
    private const string InputConvolution = "conv_in.weight";
}
