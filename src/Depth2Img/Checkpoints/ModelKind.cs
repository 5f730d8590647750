namespace Depth2Img.Checkpoints;

/// <summary>What a model's folder is for.</summary>
public enum ModelKind
{
    /// <summary>Nothing that is known here.</summary>
    Other,

    /// <summary>A pipeline whose UNet takes depth.</summary>
    DepthToImage,

    /// <summary>A pipeline whose UNet takes no depth; a ControlNet can bring it in.</summary>
    TextToImage,

    /// <summary>A network that estimates depth.</summary>
    DepthNetwork,

    /// <summary>A ControlNet for depth.</summary>
    DepthControlNet,

    /// <summary>A ControlNet for something else, or for what its name does not say.</summary>
    ControlNet,

    /// <summary>A pipeline of a kind that is not run here.</summary>
    OtherPipeline,
}
