using Depth2Img.Compute;

namespace Depth2Img.Models.Layers;

/// <summary>Small compositions of ops that several networks need.</summary>
internal static class TensorExtensions
{
    /// <summary>
    /// The next op of a chain: passes a tensor on and gives its memory back, also when the op throws (a cancelled
    /// session does). The tensor must not be used afterwards.
    /// </summary>
    public static Tensor Then(this Tensor x, Func<Tensor, Tensor> next)
    {
        using (x) return next(x);
    }

    /// <summary>The next op of a chain if it works in place: gives the tensor's memory back only when the op throws.</summary>
    public static Tensor ThenInPlace(this Tensor x, Action<Tensor> op)
    {
        try
        {
            op(x);
            return x;
        }
        catch
        {
            x.Dispose();
            throw;
        }
    }

    /// <summary>A copy that in-place ops may change.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="x">[N,H,W,C].</param>
    public static Tensor Copy(this IOps ops, Tensor x)
    {
        Shape shape = x.Shape;
        using Tensor tokens = ops.Reshape(x, new Shape(shape[0], shape[1] * shape[2], shape[3]));
        return ops.SliceTokens(tokens, 0, tokens.Shape[1]).Then(copy => ops.Reshape(copy, shape));
    }

    /// <summary>scale x + shift, in place.</summary>
    /// <param name="ops">The session.</param>
    /// <param name="x">[N,H,W,C].</param>
    /// <param name="scale">The factor of every value.</param>
    /// <param name="shift">Added to every value.</param>
    public static void ScaleAndShiftInPlace(this IOps ops, Tensor x, float scale, float shift)
    {
        float[] shifts = new float[x.Shape[0] * x.Shape.Channels];
        Array.Fill(shifts, shift);
        using Tensor vector = ops.Upload(shifts, new Shape(x.Shape[0], x.Shape.Channels));
        ops.Scale(x, scale);
        ops.AddChannelsInPlace(x, vector);
    }

    /// <summary>The pixels of pictures as tokens: [N,H,W,C] to [N,H W,C], sharing memory.</summary>
    public static Tensor AsTokens(this IOps ops, Tensor x) =>
        ops.Reshape(x, new Shape(x.Shape[0], x.Shape[1] * x.Shape[2], x.Shape[3]));
}
