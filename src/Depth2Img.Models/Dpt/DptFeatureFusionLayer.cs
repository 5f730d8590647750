using Depth2Img.Compute;
using Depth2Img.Models.Layers;

namespace Depth2Img.Models.Dpt;

/// <summary>Adds a stage to what was fused so far, and enlarges (transformers' DPTFeatureFusionLayer, Depth Anything's too).</summary>
internal sealed class DptFeatureFusionLayer
{
    public DptFeatureFusionLayer(CheckpointScope scope, int channels, bool bias, bool isFirst)
    {
        Projection = scope.Child("projection").Conv2d(channels, channels, 1);
        // The first layer has nothing to add to; its unit for that is in the file all the same.
        if (isFirst) scope.Ignore("residual_layer1");
        else ResidualLayer1 = new DptPreActResidualLayer(scope.Child("residual_layer1"), channels, bias);
        ResidualLayer2 = new DptPreActResidualLayer(scope.Child("residual_layer2"), channels, bias);
    }

    public ConvWeight Projection { get; }
    public DptPreActResidualLayer? ResidualLayer1 { get; }
    public DptPreActResidualLayer ResidualLayer2 { get; }

    /// <summary>Fuses.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="fused">What was fused so far, [N,H,W,C]; for the first layer, the coarsest stage.</param>
    /// <param name="feature">The next finer stage, [N,h,w,C]; null for the first layer.</param>
    /// <param name="height">Rows out.</param>
    /// <param name="width">Columns out.</param>
    /// <returns>[N,height,width,C].</returns>
    public Tensor Forward(IOps ops, Tensor fused, Tensor? feature, int height, int width)
    {
        using Tensor? sum = feature is null ? null : Sum(ops, fused, feature);                 // [N,H,W,C]
        return ResidualLayer2.Forward(ops, sum ?? fused)                                       // [N,H,W,C]
            .Then(x => ops.ResizeBilinear(x, height, width, alignCorners: true))               // [N,height,width,C]
            .Then(x => ops.Conv2d(x, Projection, Window.Of(1, 0)));                            // [N,height,width,C]
    }

    private Tensor Sum(IOps ops, Tensor fused, Tensor feature)
    {
        using Tensor? resized = feature.Shape == fused.Shape
            ? null
            : ops.ResizeBilinear(feature, fused.Shape[1], fused.Shape[2], alignCorners: false);
        return ResidualLayer1!.Forward(ops, resized ?? feature).Then(residual => ops.Add(fused, residual));
    }
}
