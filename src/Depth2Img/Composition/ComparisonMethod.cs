namespace Depth2Img.Composition;

/// <summary>How a row of a comparison was made.</summary>
public enum ComparisonMethod
{
    /// <summary>By a checkpoint that knows no depth, or with its ControlNet switched off.</summary>
    ImageToImage,
    /// <summary>By the depth checkpoint itself, given a flat map: the nearest to image-to-image that it can do.</summary>
    DepthWithheld,
    /// <summary>With the picture's depth.</summary>
    DepthToImage,
}
