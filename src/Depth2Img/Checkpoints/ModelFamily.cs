using Depth2Img.Models;
using Depth2Img.Schedulers;

namespace Depth2Img.Checkpoints;

/// <summary>What a pipeline's weights are, told by the shape of its UNet: every fine-tuned model has its parent's.</summary>
/// <param name="Name">"Stable Diffusion 2 depth".</param>
/// <param name="Size">The longer side, in pixels, of the pictures it was trained on; null where it is not known.</param>
internal sealed record ModelFamily(string Name, int? Size)
{
    private const int StableDiffusion1Width = 768;
    private const int StableDiffusion2Width = 1024;

    /// <summary>A checkpoint's family; null where its configurations are missing or of no kind that is known here.</summary>
    public static ModelFamily? Of(Checkpoint checkpoint)
    {
        try
        {
            JsonConfig unet = checkpoint.OpenConfig("unet");
            if (unet.OptionalText("addition_embed_type") == "text_time") return new("Stable Diffusion XL", 1024);
            if (unet.OptionalText("class_embed_type") is not null) return new("Stable unCLIP", 768);
            int channels = unet.Integer("in_channels", 4), width = unet.Integer("cross_attention_dim", 1280);
            return (width, channels) switch
            {
                (StableDiffusion2Width, 4) => PredictsVelocity(checkpoint) ? new("Stable Diffusion 2 or 2.1 (768)", 768) : new("Stable Diffusion 2 base or 2.1 base", 512),
                (StableDiffusion2Width, 5) => new("Stable Diffusion 2 depth", 512),
                (StableDiffusion2Width, 7) => new("Stable Diffusion 2 upscaler", null),
                (StableDiffusion2Width, 9) => new("Stable Diffusion 2 inpainting", 512),
                (StableDiffusion1Width, 4) => new("Stable Diffusion 1", 512),
                (StableDiffusion1Width, 8) => new("InstructPix2Pix", 512),
                (StableDiffusion1Width, 9) => new("Stable Diffusion 1 inpainting", 512),
                (_, 5) => new($"the architecture of Stable Diffusion 2 depth, with a text width of {width}", null),
                _ => new($"unknown: {channels} channels in, a text width of {width}", null),
            };
        }
        catch (Depth2ImgException)
        {
            // Told in full by whoever needs the configuration.
            return null;
        }
    }

    private static bool PredictsVelocity(Checkpoint checkpoint) =>
        SchedulerFactory.CreateOptions(checkpoint.OpenScheduler()).PredictionType == PredictionType.Velocity;
}
