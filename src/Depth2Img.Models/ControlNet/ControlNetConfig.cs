using Depth2Img.Models.Unet;

namespace Depth2Img.Models.ControlNet;

/// <summary>The sizes of a <see cref="ControlNetModel"/>, as diffusers' ControlNetModel names them and with its defaults.</summary>
public sealed record ControlNetConfig
{
    /// <summary>The hint is halved once between each two of these, down to the latents' eighth.</summary>
    private const int EmbeddingLevels = 4;

    /// <summary>The half of a UNet that it is a copy of; what is said of the up path means nothing.</summary>
    public required UNet2DConditionConfig Unet { get; init; }

    /// <summary>Channels of the hint, the picture that guides.</summary>
    public int ConditioningChannels { get; init; } = 3;

    /// <summary>Channels of the hint's embedding, from the picture's size down to the latents'.</summary>
    public IReadOnlyList<int> ConditioningEmbeddingOutChannels { get; init; } = [16, 32, 96, 256];

    /// <summary>Reads a ControlNet's config.json.</summary>
    /// <exception cref="Depth2ImgException">It is of another class, or a value is impossible or not supported.</exception>
    public static ControlNetConfig Read(JsonConfig json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.RequireClass(["ControlNetModel"]);
        json.RequireOnly("controlnet_conditioning_channel_order", "rgb");
        json.RequireOnly("global_pool_conditions", false);
        IReadOnlyList<int> embedding = json.Integers("conditioning_embedding_out_channels", [16, 32, 96, 256]);
        if (embedding.Count != EmbeddingLevels)
            throw json.Error("conditioning_embedding_out_channels", $"has {embedding.Count} entries; {EmbeddingLevels}, which make an eighth of the picture's size, were expected");
        return new ControlNetConfig
        {
            Unet = UNet2DConditionConfig.ReadDownPath(json),
            ConditioningChannels = json.Integer("conditioning_channels", 3),
            ConditioningEmbeddingOutChannels = embedding,
        };
    }
}
