using Depth2Img.Compute.Checkpoints;

namespace Depth2Img.Adapters;

/// <summary>The networks that adapters are matched against, by the shapes of their weights alone.</summary>
/// <param name="Name">What the model is called.</param>
/// <param name="UNet">Its UNet's modules.</param>
/// <param name="TextEncoder">Its text encoder's modules.</param>
internal sealed record AdapterModel(string Name, ModuleTable UNet, ModuleTable TextEncoder)
{
    /// <summary>The modules of two networks.</summary>
    public static AdapterModel Of(string name, IWeightSource unet, IWeightSource textEncoder) =>
        new(name, ModuleTable.OfUnet(unet), ModuleTable.OfTextEncoder(textEncoder));

    /// <summary>The table and the key that a module of an adapter means; null if the model has no such module.</summary>
    public (ModuleTable Table, string Key)? Find(AdapterModule module)
    {
        if (module.Network != AdapterNetwork.TextEncoder && UNet.KeyOf(module.Name) is { } unetKey) return (UNet, unetKey);
        if (module.Network != AdapterNetwork.UNet && TextEncoder.KeyOf(module.Name) is { } textKey) return (TextEncoder, textKey);
        return null;
    }
}
