using Depth2Img.Compute;
using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Models.DepthAnything;

/// <summary>
/// The factor that each channel of a branch is multiplied by before it is added (Touvron et al., "Going deeper with
/// Image Transformers", 2021). It always follows a linear layer, so it is multiplied into that layer when it is loaded.
/// </summary>
internal static class LayerScale
{
    /// <summary>`weight` [out,in] and `bias` [out], each row times its factor.</summary>
    /// <param name="scope">The linear layer.</param>
    /// <param name="inFeatures">What `in` must be.</param>
    /// <param name="outFeatures">What `out` must be.</param>
    /// <param name="factors">[out].</param>
    public static LinearWeight Linear(CheckpointScope scope, int inFeatures, int outFeatures, WeightTensor factors)
    {
        float[] scale = factors.ToFloats();
        return scope.Linear(ScaleRows(scope.Tensor("weight", outFeatures, inFeatures), scale), ScaleRows(scope.Tensor("bias", outFeatures), scale));
    }

    private static WeightTensor ScaleRows(WeightTensor tensor, float[] scale)
    {
        float[] values = tensor.ToFloats();
        int length = values.Length / scale.Length;
        for (int row = 0; row < scale.Length; row++)
        {
            foreach (ref float value in values.AsSpan(row * length, length)) value *= scale[row];
        }
        return WeightTensor.FromFloats(tensor.Name, tensor.Dimensions, values);
    }
}
