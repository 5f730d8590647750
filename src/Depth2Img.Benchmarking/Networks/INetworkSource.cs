using Depth2Img.Compute.Checkpoints;
using Depth2Img.Models;

namespace Depth2Img.Benchmarking.Networks;

/// <summary>A checkpoint's networks: from files, or from a formula.</summary>
internal interface INetworkSource
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>The longer side of a picture that it is used at.</summary>
    int? PictureSide { get; }

    /// <summary>Whether there is a component: "unet", "vae", "text_encoder", "depth_estimator".</summary>
    bool Has(string component);

    /// <summary>A component's configuration.</summary>
    JsonConfig Config(string component);

    /// <summary>A component's weights. To be disposed, where that can be, once the network is built.</summary>
    IWeightSource Weights(string component);
}
