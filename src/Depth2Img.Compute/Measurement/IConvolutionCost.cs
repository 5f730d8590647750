namespace Depth2Img.Compute.Measurement;

/// <summary>A session that can tell what a convolution will cost it.</summary>
internal interface IConvolutionCost
{
    /// <summary>Products of a convolution of these operands: those of the textbook, and those that the session computes.</summary>
    (double Direct, double Real) MultiplyAdds(Shape input, ConvWeight weight, Window window);
}
