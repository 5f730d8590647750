namespace Depth2Img.Adapters;

/// <summary>The network that an adapter's key says it is for.</summary>
internal enum AdapterNetwork
{
    /// <summary>The key does not say: the module's name decides.</summary>
    Either,

    UNet,

    TextEncoder,
}
